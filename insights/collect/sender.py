"""Who is behind a request, as far as the visitor agreed to be recognised.

With consent a first-party cookie names the browser, and a sign-in joins it to a customer. Without an answer a hash
of address and browser that changes each day holds a visit together and leads nowhere. After a refusal there is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from insights.cleaning import bot_reason, device_of, from_data_centre, hinted_reason
from insights.consent import Mode
from insights.models import Customer, Visitor

from .browser import (
    address_of,
    agent_of,
    cookie_key,
    daily_key,
    keep_cookie,
    key_after,
    key_beside,
    mode_of,
    session_key,
)
from .hosts import customer_of, key_of_user, session_of


@dataclass(frozen=True)
class Recognised:
    """Who is behind a request.

    Attributes:
        mode: what may be recorded.
        visitor: the browser; with full consent alone.
        customer: who is signed in. It says nothing of whether that may be recorded.
        session_key: holds the events of a day together; empty where nothing may be recorded.
    """

    mode: Mode
    visitor: Visitor | None = None
    customer: Customer | None = None
    session_key: str = ""


def recognise(request: HttpRequest) -> Recognised:
    """Who is behind a request, without writing anything."""
    mode, customer = mode_of(request), customer_of(getattr(request, "user", None))
    if mode != "full":
        return Recognised(mode, None, customer, daily_key(request) if mode == "cookieless" else "")
    visitor = _visitor(request, customer)
    return Recognised(mode, visitor, customer, session_of(request) or (session_key(visitor.key) if visitor else ""))


@dataclass(frozen=True)
class Sender:
    """Who sent a batch, in keys: nothing is looked up or written that can be looked up and written later.

    Attributes:
        mode: what may be recorded; with ``none`` there is nothing else.
        visitor_key: of the browser; with full consent alone.
        customer: channel and key of who is signed in; with full consent alone.
        session_key: holds the events of a day together.
    """

    mode: Mode
    visitor_key: str = ""
    customer: tuple[str, str] | None = None
    session_key: str = ""
    host: str = ""
    device: str = ""
    bot: str = ""
    staff: bool = False


def sender_of(request: HttpRequest) -> Sender:
    """Who sends this request. A browser that agreed and is new gets a key, which :func:`remember_sender` keeps there."""
    mode = mode_of(request)
    if mode == "none":
        return Sender("none")
    user, agent = getattr(request, "user", None), agent_of(request)
    customer = key_of_user(user)
    bot = bot_reason(agent) or hinted_reason(request.headers.get("Sec-CH-UA", "")[:500])
    # Who is signed in is a person, behind a company's proxy perhaps.
    if not bot and customer is None and from_data_centre(address_of(request)):
        bot = "data_centre"
    said: dict[str, Any] = {
        "host": request.get_host()[:255],
        "device": device_of(agent),
        "bot": bot,
        "staff": bool(getattr(user, "is_staff", False)),
    }
    if mode == "cookieless" or bot:
        return Sender(mode, session_key=daily_key(request), **said)
    key = cookie_key(request)
    if key is None:
        key = uuid4().hex
    elif customer:
        key = _key_for(key, user)
    return Sender(mode, key, customer, session_of(request) or session_key(key), **said)


def remember_sender(response: HttpResponse, request: HttpRequest, sender: Sender) -> None:
    """Set the cookie of a browser that agreed; take it from one that does not agree any more."""
    keep_cookie(response, request, sender.mode, sender.visitor_key)


def _visitor(request: HttpRequest, customer: Customer | None) -> Visitor | None:
    key = cookie_key(request)
    found = None if key is None else Visitor.objects.filter(key=key).first()
    if found is not None and found.left_at is not None and customer is None:
        return Visitor.objects.filter(key=key_after(found)).first()
    return found


def _key_for(key: str, user: object) -> str:
    """The key of a browser for who is signed in: another one, where it is somebody else's."""
    found = Visitor.objects.filter(key=key).first()
    if found is None or found.customer_id is None:
        return key
    customer = customer_of(user)
    if customer is None or customer.pk == found.customer_id:
        return key
    return key_beside(found, customer.pk) if found.left_at is None else key_after(found)
