"""What a request says of the browser it comes from: its signed name, its address, its agent, the keys of its visits."""

from __future__ import annotations

from datetime import date
from hashlib import blake2b
from ipaddress import ip_address
from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from insights.cleaning import normal_email
from insights.consent import BROWSER, Mode, Named, forgotten, suppressed, tracking_mode
from insights.models import Visitor

from .hosts import key_of_user

VISITOR_COOKIE = "insights_visitor"
"""Holds the signed key of the browser; set with consent alone."""
COOKIE_SECONDS = 395 * 86_400
"""Thirteen months: the longest that data protection authorities accept."""
_SALT = "insights.visitor"


def mode_of(request: HttpRequest) -> Mode:
    """What may be recorded; nothing where who is signed in was forgotten, whatever the browser allows."""
    return "none" if _was_forgotten(getattr(request, "user", None)) else tracking_mode(request)


def agent_of(request: HttpRequest) -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")[:500]


def address_of(request: HttpRequest) -> str:
    """Where the request came from; from behind a proxy of one's own, what that proxy says."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    try:
        inside = ip_address(direct).is_private
    except ValueError:
        inside = True
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    return forwarded if inside and forwarded else direct


def is_known(request: HttpRequest) -> bool:
    """Whether the browser bears a name of ours."""
    return cookie_key(request) is not None


def cookie_key(request: HttpRequest) -> str | None:
    """The key of the browser; None also where its person was forgotten, so that it gets another one."""
    try:
        key = Signer(salt=_SALT).unsign(request.COOKIES.get(VISITOR_COOKIE, ""))[:64]
    except BadSignature:
        return None
    return None if suppressed(BROWSER, [key]) else key


def keep_cookie(response: HttpResponse, request: HttpRequest, mode: Mode, key: str) -> None:
    """Set the cookie of a browser that agreed; take it from one that does not agree any more."""
    if key:
        value = Signer(salt=_SALT).sign(key)
        # The thirteen months run from the consent; coming back does not prolong them.
        if request.COOKIES.get(VISITOR_COOKIE) == value:
            return
        response.set_cookie(
            VISITOR_COOKIE,
            value,
            max_age=COOKIE_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
    elif mode != "full" and VISITOR_COOKIE in request.COOKIES:
        response.delete_cookie(VISITOR_COOKIE, samesite="Lax")


def session_key(visitor_key: str, day: date | None = None) -> str:
    """A new key each day of the shop, so that a day's events can be drawn into visits without the years before."""
    return salted_hmac("insights.session", f"{visitor_key}\n{day or timezone.localdate()}").hexdigest()


def daily_key(request: HttpRequest) -> str:
    """A key of the visit that leads nowhere: of the day, the address and what the browser calls itself."""
    said = f"{timezone.localdate()}\n{address_of(request)}\n{agent_of(request)}\n{request.get_host()}"
    return session_key(salted_hmac("insights.cookieless", said, algorithm="sha256").hexdigest())


def key_after(visitor: Visitor) -> str:
    """The key of whoever uses a browser after its customer signed out there, the same on each way to ask."""
    return blake2b(f"{visitor.key}\n{visitor.left_at}".encode(), digest_size=16).hexdigest()


def key_beside(visitor: Visitor, customer: int) -> str:
    """The key of a second customer at somebody's browser, the same on each way to ask.

    Of two people at one browser each gets a name of their own; two known people are never made one.
    """
    return blake2b(f"{visitor.key}\n{customer}".encode(), digest_size=16).hexdigest()


def _was_forgotten(user: Any) -> bool:
    key = key_of_user(user)
    if key is None:
        return False
    named = Named(key[1], normal_email(str(getattr(user, "email", "") or "")))
    return bool(forgotten(key[0], {0: named}))
