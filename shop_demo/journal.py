"""Writing the shop's own log of events.

Nothing that could tell one visitor from another is written without consent: such an event has a name,
a product and a time, but no session, account, order, source or browser.
"""

from __future__ import annotations

import logging
import uuid
from decimal import Decimal
from urllib.parse import urlsplit

from django.db import DatabaseError, transaction
from django.http import HttpRequest

from shop_demo import consent
from shop_demo.models import Event, Order, Product

logger = logging.getLogger(__name__)

UTM = ("utm_source", "utm_medium", "utm_campaign")


def record(
    request: HttpRequest,
    name: str,
    *,
    product: Product | None = None,
    order: Order | None = None,
    query: str = "",
    value: Decimal | None = None,
    quantity: int | None = None,
) -> None:
    """Write down that a visitor did something.

    Args:
        name: GA4's name for it, such as ``view_item``.
        value: in the shop's currency.

    A log that cannot be written never stops a sale: the error is logged, and the page goes on.
    """
    event = Event(
        name=name, product=product, query=query[:200], value=value, quantity=quantity, path=_public_path(request)
    )
    if consent.choice(request):
        event.session_key = visitor_key(request)
        event.user_id = request.user.pk
        event.order = order
        event.referrer = _without_query(request.headers.get("Referer", ""))
        event.user_agent = request.headers.get("User-Agent", "")[:300]
        event.device = _device(event.user_agent)
        for key, text in source(request).items():
            if key in UTM:
                setattr(event, key, text)
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except DatabaseError:
        logger.exception("The event %s could not be written", name)


def visitor_key(request: HttpRequest) -> str:
    """A random key that lasts as long as the session, across sign-in, when Django changes its own."""
    if "visitor" not in request.session:
        request.session["visitor"] = uuid.uuid4().hex
    return str(request.session["visitor"])


def note_source(request: HttpRequest) -> None:
    """Keep where a visit came from, on its first page with a campaign or a foreign referrer."""
    if not consent.choice(request):
        return
    found = {key: request.GET[key][:100] for key in UTM if request.GET.get(key)}
    referrer = request.headers.get("Referer", "")
    if referrer and urlsplit(referrer).netloc not in ("", request.get_host()):
        found["referrer"] = _without_query(referrer)
    if found:
        request.session["source"] = found


def source(request: HttpRequest) -> dict[str, str]:
    """What ``note_source`` kept: ``utm_source``, ``utm_medium``, ``utm_campaign``, ``referrer``, where known."""
    return dict(request.session.get("source", {})) if consent.choice(request) else {}


def _without_query(address: str) -> str:
    return urlsplit(address)._replace(query="", fragment="").geturl()[:500]


def _public_path(request: HttpRequest) -> str:
    """The path of the page. Those of an account hold order numbers and keys, so only that it was one is kept."""
    return "/account/" if request.path.startswith("/account/") else request.path[:300]


def _device(user_agent: str) -> str:
    if "iPad" in user_agent or "Tablet" in user_agent:
        return "tablet"
    return "mobile" if "Mobi" in user_agent else "desktop"
