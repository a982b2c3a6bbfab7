"""The entry in Oscar's dashboard, which leads to the panel."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from insights.panel.access import VIEW

PANEL = "admin:insights_overview"


def may_see(user: Any, url_name: str | None = PANEL, url_args: Any = None, url_kwargs: Any = None) -> bool:
    """Whether the entry is shown: to those who may open the panel, where the admin is mounted.

    Oscar's own rule knows the addresses of its dashboard only, and fails on every page of it for any other.
    """
    if not (user.is_active and user.is_staff and user.has_perm(VIEW)):
        return False
    try:
        reverse(PANEL)
    except NoReverseMatch:
        return False
    return True


def add_entry() -> None:
    """Append the entry to Oscar's navigation, once; a shop that has placed it itself keeps its place."""
    navigation = getattr(settings, "OSCAR_DASHBOARD_NAVIGATION", None)
    if not isinstance(navigation, list):
        return
    for item in navigation:
        if PANEL in (item.get("url_name"), *(child.get("url_name") for child in item.get("children", ()))):
            return
    navigation.append({"label": _("Insights"), "icon": "fas fa-chart-line", "url_name": PANEL, "access_fn": may_see})
