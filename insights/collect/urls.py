"""Addresses that pages call. They are short and plain, since filter lists block what calls itself a tracker."""

from __future__ import annotations

from django.urls import path

from insights.conf import settings

from .views import Beacon, Personal, Script

urlpatterns = [
    path(settings.COLLECT.PATH, Beacon.as_view(), name="beacon"),
    path("personal/", Personal.as_view(), name="personal"),
]
if settings.COLLECT.SCRIPT_PATH:
    urlpatterns.append(path(settings.COLLECT.SCRIPT_PATH, Script.as_view(), name="beacon_script"))
