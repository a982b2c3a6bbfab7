from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from merchant.views import book

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("salesman.urls")),
    *([path("insights/", include("insights.urls"))] if settings.WITH_INSIGHTS else []),
    path("books/<int:pk>/", book, name="book"),
]
