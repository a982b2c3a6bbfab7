"""Who is behind a request, as far as the visitor agreed to be recognised.

With consent a first-party cookie names the browser, and a sign-in joins it to a customer. Without an answer a hash
of address and browser that changes each day holds a visit together and leads nowhere. After a refusal there is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import blake2b
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from insights.cleaning import bot_reason, device_of, hinted_reason, normal_email, settle_touches
from insights.consent import BROWSER, Mode, Named, forgotten, subject_hash, suppressed, tracking_mode
from insights.models import (
    Customer,
    Event,
    IdentityLink,
    InboxBatch,
    Suppression,
    Visit,
    Visitor,
    atomically,
)

from .hosts import customer_of, key_of_user, session_of

VISITOR_COOKIE = "insights_visitor"
"""Holds the signed key of the browser; set with consent alone."""
COOKIE_SECONDS = 395 * 86_400
"""Thirteen months: the longest that data protection authorities accept."""
_SALT = "insights.visitor"
_SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Recognised:
    """Who is behind a request.

    Attributes:
        mode: what may be recorded.
        visitor: the browser; with full consent alone.
        customer: who is signed in. It says nothing of whether that may be recorded.
        session_key: holds the events of a day together; empty where nothing may be recorded.
        bot: why it is taken for a machine; empty for people.
        staff: whether somebody of the shop is signed in.
    """

    mode: Mode
    visitor: Visitor | None = None
    customer: Customer | None = None
    session_key: str = ""
    bot: str = ""
    device: str = ""
    staff: bool = False


def recognise(request: HttpRequest) -> Recognised:
    """Who is behind a request, without writing anything."""
    agent = request.headers.get("User-Agent", "")[:500]
    user = getattr(request, "user", None)
    mode: Mode = "none" if _was_forgotten(user) else tracking_mode(request)
    customer = customer_of(user)
    staff = bool(getattr(user, "is_staff", False))
    visitor = _visitor(request, customer) if mode == "full" else None
    key = ""
    if mode == "cookieless":
        key = session_key(_daily_key(request, agent))
    elif mode == "full":
        key = session_of(request) or (session_key(visitor.key) if visitor else "")
    return Recognised(mode, visitor, customer, key, _bot(request, agent), device_of(agent), staff)


def greet(request: HttpRequest, *, automated: bool = False) -> Recognised:
    """As :func:`recognise`, but a browser that agreed and is new gets a row, and one that signed in its customer.

    It is called within the transaction that writes what was done, so that nobody is forgotten in between.

    Args:
        automated: whether the browser says that a program drives it.
    """
    known = recognise(request)
    if automated and not known.bot:
        known = replace(known, bot="automated")
    if known.mode != "full" or known.bot:
        return known
    visitor, now = known.visitor, timezone.now()
    # Of two people at one browser each gets a name of their own; two known people are never made one.
    if visitor is None or (known.customer and visitor.customer_id not in (None, known.customer.pk)):
        visitor, _ = Visitor.objects.get_or_create(
            key=_next_key(request), defaults={"first_seen": now, "last_seen": now}
        )
    elif now - visitor.last_seen > _SEEN_EVERY:
        Visitor.objects.filter(pk=visitor.pk).update(last_seen=now)
    if known.customer is not None and visitor.left_at is not None:
        Visitor.objects.filter(pk=visitor.pk).update(left_at=None)
    if known.customer is not None and visitor.customer_id is None:
        stitch(visitor, known.customer, how="login")
    return replace(known, visitor=visitor, session_key=session_of(request) or session_key(visitor.key))


@atomically
def signed_out(request: HttpRequest) -> None:
    """Note that somebody signs out: who comes next from this browser may be anybody."""
    key, now = _cookie_key(request), timezone.now()
    if key is None or tracking_mode(request) != "full":
        return
    # What they sent may still lie in the inbox.
    if not Visitor.objects.filter(key=key).update(left_at=now):
        Visitor.objects.get_or_create(key=key, defaults={"first_seen": now, "last_seen": now, "left_at": now})


def key_after(visitor: Visitor) -> str:
    """The key of whoever uses a browser after its customer signed out there, the same on each way to ask."""
    return blake2b(f"{visitor.key}\n{visitor.left_at}".encode(), digest_size=16).hexdigest()


def _keep(response: HttpResponse, request: HttpRequest, mode: Mode, key: str) -> None:
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
    mode = tracking_mode(request)
    user = getattr(request, "user", None)
    if mode == "none" or _was_forgotten(user):
        return Sender("none")
    agent = request.headers.get("User-Agent", "")[:500]
    bot = _bot(request, agent)
    said: dict[str, Any] = {
        "host": request.get_host()[:255],
        "device": device_of(agent),
        "bot": bot,
        "staff": bool(getattr(user, "is_staff", False)),
    }
    if mode == "cookieless" or bot:
        return Sender(mode, session_key=session_key(_daily_key(request, agent)), **said)
    customer, key = key_of_user(user), _cookie_key(request)
    if key is None:
        key = uuid4().hex
    elif customer:
        key = _key_for(key, user)
    return Sender(mode, key, customer, session_of(request) or session_key(key), **said)


def remember_sender(response: HttpResponse, request: HttpRequest, sender: Sender) -> None:
    """Set the cookie of a browser that agreed; take it from one that does not agree any more."""
    _keep(response, request, sender.mode, sender.visitor_key)


@atomically
def stitch(visitor: Visitor, customer: Customer, *, how: str) -> IdentityLink:
    """Join a browser to a customer: what it did so far, while nobody was signed in, becomes theirs.

    Args:
        visitor: of nobody yet.
        customer: who it turned out to be.
        how: ``login``, ``checkout`` and the like, for the record.

    Raises:
        ValueError: the browser is another customer's; two known people are never made one.
    """
    if not Visitor.objects.filter(pk=visitor.pk, customer=None).update(customer=customer):
        visitor.refresh_from_db(fields=["customer"])
        if visitor.customer_id != customer.pk:
            raise ValueError("The visitor belongs to another customer; make a new visitor instead.")
    visitor.customer = customer
    for model in (Event, Visit):
        model._default_manager.filter(visitor=visitor, customer=None).update(customer=customer)
    settle_touches([customer.pk])
    there = IdentityLink.objects.filter(visitor=visitor, customer=customer, undone_at=None).first()
    return there or IdentityLink.objects.create(visitor=visitor, customer=customer, how=how, linked_at=timezone.now())


@atomically
def unstitch(link: IdentityLink) -> None:
    """Undo a stitch: what came from it is nobody's again; what was done after it, signed in, stays theirs."""
    if link.undone_at is not None:
        return
    before = {"visitor": link.visitor_id, "customer": link.customer_id}
    Event.objects.filter(**before, recorded_at__lt=link.linked_at).update(customer=None)
    Visit.objects.filter(**before, ended_at__lt=link.linked_at).update(customer=None)
    Visitor.objects.filter(pk=link.visitor_id, customer=link.customer_id).update(customer=None)
    settle_touches([link.customer_id], anew=True)
    link.undone_at = timezone.now()
    link.save(update_fields=["undone_at"])


def _bot(request: HttpRequest, agent: str) -> str:
    return bot_reason(agent) or hinted_reason(request.headers.get("Sec-CH-UA", "")[:500])


def is_known(request: HttpRequest) -> bool:
    """Whether the browser bears a name of ours."""
    return _cookie_key(request) is not None


@atomically
def forget_browser(response: HttpResponse, request: HttpRequest) -> None:
    """Unlink what a browser did: it is still counted, and is nobody's; the browser loses its name for good."""
    key = _cookie_key(request)
    response.delete_cookie(VISITOR_COOKIE, samesite="Lax")
    if key is None:
        return
    InboxBatch.objects.filter(visitor_key=key).delete()
    visitor = Visitor.objects.filter(key=key).first()
    if visitor is not None:
        for model in (Event, Visit):
            model._default_manager.filter(visitor=visitor).update(visitor=None, customer=None, session_key="")
        visitor.delete()
    Suppression.objects.get_or_create(subject_hash=subject_hash(BROWSER, key))


def _visitor(request: HttpRequest, customer: Customer | None) -> Visitor | None:
    key = _cookie_key(request)
    found = None if key is None else Visitor.objects.filter(key=key).first()
    if found is not None and found.left_at is not None and customer is None:
        return Visitor.objects.filter(key=key_after(found)).first()
    return found


def _next_key(request: HttpRequest) -> str:
    """The key of a browser of which nothing is known yet, or whose customer signed out."""
    key = _cookie_key(request)
    left = None if key is None else Visitor.objects.filter(key=key).exclude(left_at=None).first()
    return uuid4().hex if left is None else key_after(left)


def _cookie_key(request: HttpRequest) -> str | None:
    """The key of the browser; None also where its person was forgotten, so that it gets another one."""
    try:
        key = Signer(salt=_SALT).unsign(request.COOKIES.get(VISITOR_COOKIE, ""))[:64]
    except BadSignature:
        return None
    return None if suppressed(BROWSER, [key]) else key


def _was_forgotten(user: Any) -> bool:
    """Whether who is signed in asked to be forgotten; nothing of them is recorded then, whatever the browser allows."""
    key = key_of_user(user)
    if key is None:
        return False
    named = Named(key[1], normal_email(str(getattr(user, "email", "") or "")))
    return bool(forgotten(key[0], {0: named}))


def _key_for(key: str, user: object) -> str:
    """The key of a browser for who is signed in: another one, where it is somebody else's.

    Of two people at one browser each gets a name of their own; two known people are never made one.
    """
    found = Visitor.objects.filter(key=key).first()
    if found is None or found.customer_id is None:
        return key
    customer = customer_of(user)
    if customer is None or customer.pk == found.customer_id:
        return key
    return uuid4().hex if found.left_at is None else key_after(found)


def session_key(visitor_key: str, day: date | None = None) -> str:
    """A new key each day of the shop, so that a day's events can be drawn into visits without the years before."""
    return salted_hmac("insights.session", f"{visitor_key}\n{day or timezone.localdate()}").hexdigest()


def _daily_key(request: HttpRequest, agent: str) -> str:
    said = f"{timezone.localdate()}\n{address_of(request)}\n{agent}\n{request.get_host()}"
    return salted_hmac("insights.cookieless", said, algorithm="sha256").hexdigest()


def address_of(request: HttpRequest) -> str:
    """Where the request came from; from behind a proxy of one's own, what that proxy says."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    try:
        inside = ip_address(direct).is_private
    except ValueError:
        inside = True
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    return forwarded if inside and forwarded else direct
