"""The tags of a shop's pages: ``{% recommendations "for_you" %}`` and ``{% insights_beacon %}``.

Neither can break a page: what goes wrong is logged, and nothing is shown.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode

from django import template
from django.db import connections, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from insights.collect import FILES, SCRIPT, VISITOR_COOKIE, host_key
from insights.conf import settings
from insights.consent import may_personalise, tracking_mode
from insights.exceptions import UnknownKeyError
from insights.models import Product
from insights.serving import TYPES, Card, Recommendations, bundle_of, cards_of, recommend

register = template.Library()
logger = logging.getLogger(__name__)

OPTIONS = ("lists", "tags", "engagement", "history", "offline")
"""What the script of the beacon does besides page views and what the shop's own code tells it."""
LAYOUTS = ("grid", "slide", "set")
NOTHING = mark_safe("")


@register.simple_tag(takes_context=True)
def recommendations(
    context: template.Context,
    type: str = "for_you",  # noqa: A002 - the word that everybody uses
    product: Product | Model | str | int | None = None,
    customer: Any = None,
    limit: int | None = None,
    title: str = "",
    layout: str = "grid",
    add_to: str = "",
) -> SafeString:
    """A list of products, each with its picture, price and reason.

    Args:
        type: ``for_you``, ``similar``, ``bought_together`` or ``trending``.
        product: what the page is about: the shop's own object, or its key.
        customer: whom it is for; by default who is signed in.
        limit: the most products.
        title: the heading; by default that of the type.
        layout: ``grid``, ``slide`` for one row that scrolls, or ``set`` for the product of the page with what is
            bought together with it.
        add_to: for a set: the shop's own address that puts the keys in ``product`` into the basket.
    """

    def draw() -> SafeString:
        if layout not in LAYOUTS:
            raise template.TemplateSyntaxError(f"The layout is {layout!r}; choose one of {', '.join(LAYOUTS)}.")
        request: HttpRequest | None = context.get("request")
        found = recommend(customer, product or None, type, limit, request, _shown(request))
        return _drawn("insights/widgets/list.html", _list(found, request, title, layout, add_to))

    return _guarded(f"recommendations “{type}”", draw)


@register.simple_tag(takes_context=True)
def insights_beacon(
    context: template.Context,
    product: Product | Model | str | int | None = None,
    page_views: bool = True,
    options: str = " ".join(OPTIONS),
) -> SafeString:
    """The script that counts views, impressions and clicks; nothing where nothing may be recorded.

    Args:
        product: what the page is about; a look at it is counted.
        page_views: False where the shop records its own, and widgets alone are to be counted.
        options: what the script does besides, by name; all of it unless some are named, and nothing for ``""``.
    """

    def draw() -> SafeString:
        request: HttpRequest | None = context.get("request")
        if request is None:
            raise template.TemplateSyntaxError(
                "insights_beacon needs the request; add “django.template.context_processors.request” to TEMPLATES."
            )
        mode = tracking_mode(request)
        # A visitor who agreed once and does not any more: the script calls once, and the cookie goes.
        if mode == "none" and VISITOR_COOKIE not in request.COOKIES:
            return NOTHING
        for option in options.split():
            if option not in OPTIONS:
                raise UnknownKeyError("option of insights_beacon", option, OPTIONS)
        # Where the middleware counts the page, the script counts what happens on it.
        counted = bool(getattr(request, "_insights_counted", False))
        values = {
            **_scripts(bool(options)),
            "endpoint": reverse("insights:beacon"),
            "mode": mode,
            "product": "" if counted else _key(product),
            "page_views": page_views and not counted,
            "options": options,
        }
        return _drawn("insights/widgets/beacon.html", values)

    return _guarded("insights_beacon", draw)


def _scripts(optional: bool) -> dict[str, str]:
    """Addresses of the script: two static files, or one of the shop's choice that holds both."""
    if settings.COLLECT.SCRIPT_PATH:
        return {"source": f"{reverse('insights:beacon_script')}?v={SCRIPT.version}"}
    core, more = FILES
    return {"source": static(core), **({"more": static(more)} if optional else {})}


def _guarded(name: str, draw: Callable[[], SafeString]) -> SafeString:
    try:
        # Inside a transaction of the host's, an error of the database must not spoil what the page does next.
        with ExitStack() as savepoints:
            for connection in connections.all(initialized_only=True):
                if connection.in_atomic_block:
                    savepoints.enter_context(transaction.atomic(using=connection.alias))
            return draw()
    except Exception:
        logger.exception("The tag %s shows nothing, because of this:", name)
        return NOTHING


def _drawn(template_name: str, context: dict[str, Any]) -> SafeString:
    """Without the blank lines around it, so that a shop can hide its frame by ``:empty``."""
    return mark_safe(render_to_string(template_name, context).strip())  # noqa: S308 - templates escape


def _list(found: Recommendations, request: HttpRequest | None, title: str, layout: str, add_to: str) -> dict[str, Any]:
    recorded = request is not None and tracking_mode(request) != "none"
    heading, items = found.widget()
    bundle = None
    if layout == "set" and found.product is not None:
        together = [item for item in found.items if item.source == "together"]
        bundle = bundle_of(found.product, cards_of(together, found.list_id, recorded=recorded), gettext("This one"))
    if bundle is None:
        cards = cards_of(items, found.list_id, recorded=recorded)
    else:
        heading, cards = str(TYPES[found.type].title), bundle.cards
    _note(request, found.product, cards)
    return {
        "id": f"ins-recs-{secrets.token_hex(3)}",
        "title": title or heading,
        "type": found.type,
        "strategy": found.strategy,
        "layout": layout,
        "cards": cards,
        "total": bundle.total if bundle else "",
        "add_to": add_to,
        "next": request.get_full_path() if request is not None else "",
        "csrf_token": get_token(request) if bundle and add_to and request is not None else "",
        "why": _why(request) if found.type == "for_you" else "",
        "on": request is not None and may_personalise(request),
        "style": static("insights/widgets.css") if _first(request) else "",
    }


def _why(request: HttpRequest | None) -> str:
    """Address of the page that explains, and has the switch; empty where the host has not mounted ours."""
    try:
        address = reverse("insights:personal")
    except NoReverseMatch:
        return ""
    return address if request is None else f"{address}?{urlencode({'next': request.get_full_path()})}"


def _first(request: HttpRequest | None) -> bool:
    """Whether the page has no list yet, and so needs the style sheet."""
    if getattr(request, "_insights_styled", False):
        return False
    if request is not None:
        request._insights_styled = True  # type: ignore[attr-defined]
    return True


def _shown(request: HttpRequest | None) -> frozenset[int]:
    """What the lists above on the same page show, and what the page is about."""
    return getattr(request, "_insights_shown", frozenset())


def _note(request: HttpRequest | None, product: Product | None, cards: list[Card]) -> None:
    if request is not None:
        about = {product.pk} if product else set()
        now = _shown(request) | about | {card.product.pk for card in cards}
        request._insights_shown = now  # type: ignore[attr-defined]


def _key(product: Product | Model | str | int | None) -> str:
    if product is None or product == "":
        return ""
    if isinstance(product, Product):
        return product.external_id
    if isinstance(product, Model):
        named = host_key("products", product)
        return named[1] if named else ""
    return str(product)
