from __future__ import annotations

from django.apps import AppConfig


class KioskConfig(AppConfig):
    name = "tests.insights.sources.host"
    label = "kiosk"
    default_auto_field = "django.db.models.BigAutoField"
