"""The addresses of the API, under the one that the host mounts."""

from __future__ import annotations

from django.urls import path

from insights.api import hooks, views

urlpatterns = [
    path("query/", views.QueryView.as_view(), name="api_query"),
    path("metrics/", views.MetricsView.as_view(), name="api_metrics"),
    path("ask/", views.AskView.as_view(), name="api_ask"),
    path("recommendations/", views.RecommendationsView.as_view(), name="api_recommendations"),
    path("customers/<path:external_id>/", views.CustomerView.as_view(), name="api_customer"),
    path("hooks/<slug:platform>/", hooks.HookView.as_view(), name="api_hook"),
    path("runs/", views.RunsView.as_view(), name="api_runs"),
    path("runs/<uuid:uid>/", views.RunView.as_view(), name="api_run"),
]
