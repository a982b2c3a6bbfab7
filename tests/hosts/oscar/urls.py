from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    *([path("insights/", include("insights.urls"))] if settings.WITH_INSIGHTS else []),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
