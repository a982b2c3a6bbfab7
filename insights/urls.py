"""The addresses that a host mounts, usually at ``insights/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

app_name = "insights"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("insights.api.urls")),
    path("", include("insights.collect.urls")),
]
