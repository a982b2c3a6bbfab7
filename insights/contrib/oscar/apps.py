"""The application that a host with django-oscar installs beside ``insights``."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightsOscarConfig(AppConfig):
    """Oscar's dashboard gets an entry; placed before Oscar's apps, its pages get the widgets too."""

    name = "insights.contrib.oscar"
    label = "insights_oscar"
    verbose_name = _("Insights for Oscar")

    def ready(self) -> None:
        from insights.contrib.oscar.dashboard import add_entry

        add_entry()
