"""The panel inside an admin site: entries in its list of apps, pages below ``insights/``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps.registry import Apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path

from insights.panel.access import may
from insights.panel.page import Page, link
from insights.panel.pages import ROUTES
from insights.panel.sections import SECTIONS, Section

View = Callable[..., Page | HttpResponseBase]


def register(site: AdminSite) -> None:
    """Add the panel to an admin site.

    The default site gets it by itself; a host with further sites calls this for each of them.
    """
    for section in SECTIONS:
        site.register(_entry(section), type(f"{section.key.title()}Page", (SectionAdmin,), {"section": section}))
    ordinary = site.get_urls

    def get_urls() -> list[URLResolver | URLPattern]:
        return [*_overview(site), *ordinary()]

    # The section's own address, where Django would list our entries, shows the overview.
    site.get_urls = get_urls  # type: ignore[method-assign]


class SectionAdmin(ModelAdmin):
    """Stands in the admin's list of apps for a section of the panel, and serves its pages."""

    section: Section

    def get_urls(self) -> list[URLPattern]:
        """The pages of the section; its first one also under the name that the list of apps looks for."""
        if self.section.key == "overview":
            return []
        pages = [
            path(route, _serve(self.admin_site, self.section, view), name=f"insights_{name}")
            for route, view, name in ROUTES[self.section.key]
        ]
        return [*pages, path("", pages[0].callback, name=f"insights_{self.section.key}_changelist")]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the section is listed for the one who asks."""
        return may(request, self.section.permission)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """A section can be looked at; there is nothing to add, change or delete."""
        return {"add": False, "change": False, "delete": False, "view": may(request, self.section.permission)}


def _entry(section: Section) -> type[models.Model]:
    """A model without a table in a registry of its own, so that no migration ever sees it."""
    meta = type(
        "Meta",
        (),
        {
            "app_label": "insights",
            "apps": Apps(),
            "managed": False,
            "default_permissions": (),
            "verbose_name": section.label,
            "verbose_name_plural": section.label,
        },
    )
    return type(section.key.title(), (models.Model,), {"__module__": __name__, "Meta": meta})


def _overview(site: AdminSite) -> list[URLPattern]:
    section = SECTIONS[0]
    view = _serve(site, section, ROUTES[section.key][0][1])
    return [path("insights/", view, name=f"insights_{name}") for name in ("overview", "overview_changelist")]


def _serve(site: AdminSite, section: Section, view: View) -> Callable[..., HttpResponseBase]:
    """A view of an admin site: permission, one call, the page in the admin's frame."""

    def page(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        request.current_app = site.name
        if not may(request, section.permission):
            raise PermissionDenied
        result = view(request, **parts)
        if isinstance(result, HttpResponseBase):
            return result
        context = {
            **site.each_context(request),
            "is_nav_sidebar_enabled": False,
            "title": result.title,
            "section": section,
            "section_url": link(request, section.key),
            "sections": [(item, link(request, item.key)) for item in SECTIONS if may(request, item.permission)],
            "crumbs": result.crumbs,
            **result.context,
        }
        return TemplateResponse(request, f"insights/panel/{result.template}", context)

    return site.admin_view(page)
