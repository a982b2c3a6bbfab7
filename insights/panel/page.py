"""What a page hands over to be shown, and the addresses of pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class Page:
    """A page that is ready to be rendered.

    Attributes:
        template: its template below ``insights/panel/``.
        title: its title, shown in the window and as the last breadcrumb.
        context: what the template needs besides.
        crumbs: (label, address) between the section and this page.
    """

    template: str
    title: str
    context: Mapping[str, object] = field(default_factory=dict)
    crumbs: tuple[tuple[str, str], ...] = ()


def link(request: HttpRequest, name: str, *args: object, **query: object) -> str:
    """The address of a page of the panel in the admin site that serves this request.

    Args:
        name: as in ``admin:insights_<name>``.
        args: parts of the address.
        query: parameters behind it; empty ones are left out.
    """
    path = reverse(f"admin:insights_{name}", args=args, current_app=getattr(request, "current_app", None))
    return with_query(path, **query)


def with_query(path: str, **query: object) -> str:
    """An address with parameters; those that are empty are left out."""
    there = {key: str(value) for key, value in query.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(there)}" if there else path
