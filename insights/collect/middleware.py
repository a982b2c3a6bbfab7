"""Page views, products looked at and searches, counted on the server: for shops that want no script.

    MIDDLEWARE = [..., "insights.collect.middleware.PageViews"]
    INSIGHTS = {"COLLECT": {"PAGES": {"shop:product": "view_item sku", "shop:search": "search q"}}}

A key of ``PAGES`` is the name of a view, or the beginning of an address with a slash. Its value is an event and where
what it is about is found: a part of the address by its name, a parameter behind it, ``object`` of a
``TemplateResponse``, or ``pk``: the part of that name is the primary key of the shop's product, and not its key.
Behind the beginning of an address the next part is meant. A view may also say it: ``request.insights_product = product``.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from insights.conf import settings

from . import inbox, limits
from .browser import address_of
from .hosts import host_key, product_key
from .sender import remember_sender, sender_of
from .uuid7 import uuid7

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_SEARCHES = frozenset({"search", "view_search_results"})
_SKIPPED = frozenset({"admin", "insights"})


class PageViews:
    """Writes one batch into the inbox for each whole page that was shown. It never fails a page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # The tag of the beacon sees it, and does not count the page a second time.
        request._insights_counted = True  # type: ignore[attr-defined]
        response = self.get_response(request)
        try:
            if _is_page(request, response):
                _count(request, response)
        except Exception as error:
            logger.warning("A page view could not be counted: %s", type(error).__name__)
        return response


def _count(request: HttpRequest, response: HttpResponseBase) -> None:
    sender = sender_of(request)
    if sender.mode != "none":
        if limits.seconds_to_wait(sender.session_key, address_of(request)):
            return
        if inbox.is_full():
            logger.warning("The inbox is full; page views are not counted until it is read.")
            return
        at = time.time_ns() // 1_000_000
        events = [
            {"id": str(uuid7()), "name": name, "at": at, "params": said} for name, said in _events(request, response)
        ]
        batch = {
            "sent_at": at,
            "page": request.build_absolute_uri(),
            "referrer": request.headers.get("Referer", ""),
            "events": events,
        }
        inbox.accept(json.dumps(batch).encode(), sender)
    remember_sender(response, request, sender)  # type: ignore[arg-type]


def _is_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether somebody was shown a whole page of the shop."""
    said = request.headers
    match = request.resolver_match
    return (
        request.method == "GET"
        and response.status_code == 200
        and response.headers.get("Content-Type", "").startswith("text/html")
        and match is not None
        and not _SKIPPED & set(match.app_names)
        and said.get("Sec-Fetch-Dest", "document") == "document"
        and "prefetch" not in f"{said.get('Sec-Purpose', '')}{said.get('Purpose', '')}"
        and "X-Requested-With" not in said
        and "HX-Request" not in said
    )


def _events(request: HttpRequest, response: HttpResponseBase) -> list[tuple[str, dict[str, Any]]]:
    events: list[tuple[str, dict[str, Any]]] = [("page_view", {})]
    match = request.resolver_match
    assert match is not None
    for page, said in settings.COLLECT.PAGES.items():
        if not (page in (match.view_name, match.url_name) or (page[:1] == "/" and request.path.startswith(page))):
            continue
        name, _, where = said.partition(" ")
        about = _about(request, response, page, where, match.kwargs)
        if name in _SEARCHES:
            if about:
                events.append((name, {"search_term": about}))
        else:
            events.append((name, {"items": [{"item_id": about}]} if about else {}))
        break
    return events


def _about(request: HttpRequest, response: HttpResponseBase, page: str, where: str, parts: dict[str, Any]) -> str:
    """The key of the product, or what was searched for."""
    shown = getattr(request, "insights_product", None)
    if where == "object" and shown is None:
        shown = (getattr(response, "context_data", None) or {}).get("object")
    if isinstance(shown, Model):
        key = host_key("products", shown)
        return key[1] if key else ""
    if shown is not None:
        return str(shown)
    if where == "pk":
        return product_key(str(parts.get("pk", "")))
    if where in parts:
        return str(parts[where])
    if where:
        return request.GET.get(where, "")
    return request.path[len(page) :].partition("/")[0] if page[:1] == "/" else ""
