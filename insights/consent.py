"""May we record, profile and write to this person? The only place that knows.

The visitor's own choices come from cookies of the shop's origin; a host with a consent manager
names a function in ``INSIGHTS["CONSENT"]`` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple, TypeVar, cast

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from insights.batches import batches
from insights.conf import settings
from insights.contacts import contact, secrets
from insights.models import Customer, Suppression

Mode = Literal["full", "cookieless", "none"]

MAY_BE_PROFILED = Q(objects_to_profiling=False) & ~Q(merged__objects_to_profiling=True)
"""Customers who do not object to profiling, under none of the names that were joined with them."""
_Who = TypeVar("_Who")
BROWSER, CONTACT = "@visitor", "@contact"
"""Stand in the place of a channel, and are no name of one: an address or a browser is the same person everywhere."""
_MOST = 500


class Named(NamedTuple):
    """By what a row names a person.

    Attributes:
        key: in the channel.
        email: normalised.
        phone: says who it is where there is no address.
    """

    key: str = ""
    email: str = ""
    phone: str = ""


PERSONAL_COOKIE = "insights_personal"
"""Set to ``off`` by a visitor who wants no personal suggestions."""


def tracking_mode(request: HttpRequest) -> Mode:
    """The most that may be recorded of this request.

    A Global Privacy Control or Do-Not-Track signal and a refusal give ``none``; no answer yet
    gives ``cookieless`` at most, where one day cannot be joined to the next.
    """
    if request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1":
        return "none"
    ceiling = cast(Mode, settings.TRACKING)
    answer = _answer(request)
    if answer is False or ceiling == "none":
        return "none"
    return ceiling if answer is True else "cookieless"


def may_personalise(request: HttpRequest | None, customer: Customer | None = None) -> bool:
    """Whether suggestions may lean on what this person did."""
    if customer is not None and objects_to_profiling(customer):
        return False
    if request is None:
        return True
    return request.COOKIES.get(PERSONAL_COOKIE) != "off" and tracking_mode(request) != "none"


def objects_to_profiling(customer: Customer) -> bool:
    """Whether the person objects, under any of the names that were joined with this one."""
    return customer.objects_to_profiling or customer.merged.filter(objects_to_profiling=True).exists()


def switch_personal(response: HttpResponse, *, on: bool, secure: bool) -> None:
    """Remember the visitor's wish for, or against, personal suggestions, for a year."""
    response.set_cookie(
        PERSONAL_COOKIE, "on" if on else "off", max_age=365 * 86400, samesite="Lax", httponly=True, secure=secure
    )


def may_write_to(customer: Customer) -> bool:
    """Whether marketing may be sent; silence is no consent."""
    return bool(customer.accepts_marketing) and not customer.is_test


def subject_hash(channel: str, identifier: str, secret: str | None = None) -> str:
    """The keyed hash under which a forgotten person's identifier is remembered, and nothing else of them.

    Args:
        channel: in which the identifier is one, or ``BROWSER`` or ``CONTACT``.
        secret: an earlier SECRET_KEY; by default that of now.
    """
    said = f"{channel}\n{identifier}"
    return salted_hmac("insights.suppression", said, secret=secret, algorithm="sha256").hexdigest()


def forgotten(channel: str, people: Mapping[_Who, Named]) -> set[_Who]:
    """Those of the people who were forgotten, by their key in the channel or by their address anywhere.

    One who was forgotten before SECRET_KEY changed is known as long as SECRET_KEY_FALLBACKS has the key of then.
    """
    sought: dict[str, set[_Who]] = {}
    for who, named in people.items():
        by = [(channel, named.key)] if named.key else []
        if reached := contact(named.email, named.phone):
            by.append((CONTACT, reached))
        for place, identifier in by:
            for secret in secrets():
                sought.setdefault(subject_hash(place, identifier, secret), set()).add(who)
    found = set[_Who]()
    for some in batches(sorted(sought), _MOST):
        known = Suppression.objects.filter(subject_hash__in=some)
        for value in known.values_list("subject_hash", flat=True):
            found |= sought[value]
    return found


def suppressed(channel: str, identifiers: Iterable[str]) -> set[str]:
    """Those of the identifiers of a channel, or the keys of browsers, whose person was forgotten."""
    return forgotten(channel, {identifier: Named(identifier) for identifier in identifiers if identifier})


def _answer(request: HttpRequest) -> bool | None:
    if settings.CONSENT is None:
        return None
    ask = cast(Callable[[HttpRequest], bool | None], import_string(settings.CONSENT))
    return ask(request)
