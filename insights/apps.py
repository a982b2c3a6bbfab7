"""The Django application."""

from __future__ import annotations

import sys
from pathlib import Path

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class InsightsConfig(AppConfig):
    """Insights: gathers, trains, shows and answers."""

    name = "insights"
    verbose_name = _("Insights")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.checks import register
        from django.db.models.signals import post_migrate

        from insights.checks import check_adapters, check_settings
        from insights.receivers import connect, grant

        register(check_settings, "insights")
        register(check_adapters, "insights")
        try:
            connect()
        except ImproperlyConfigured:
            # The checks of manage.py say it in one line; a server or a worker runs none, and must not start.
            if Path(sys.argv[0]).name not in ("manage.py", "django-admin"):
                raise
        post_migrate.connect(grant, sender=self)
