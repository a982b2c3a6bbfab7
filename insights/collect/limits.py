"""Who may send, and how much."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from insights.conf import settings

logger = logging.getLogger(__name__)

_MINUTE = 60


def is_foreign(request: HttpRequest) -> bool:
    """Whether a site sent it that may not. A browser too old to say where it comes from is let in."""
    origin = request.headers.get("Origin", "")
    if origin:
        return urlsplit(origin).netloc != request.get_host() and origin not in settings.COLLECT.ORIGINS
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "same-site", "none")


def allow_origin(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Let a further origin of the shop's read the answer."""
    origin = request.headers.get("Origin", "")
    if origin in settings.COLLECT.ORIGINS:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        response.headers["Vary"] = "Origin"
    return response


def seconds_to_wait(session_key: str, address: str) -> int:
    """How long a sender has to wait who sent too much in this minute; 0 where it did not.

    Counted in the default cache, and not at all where the cache fails.
    """
    now = int(time.time())
    most = ((session_key, settings.COLLECT.RATE), (_network(address), settings.COLLECT.ADDRESS_RATE))
    if any(_count(_name(who, now // _MINUTE)) > allowed for who, allowed in most if who):
        return _MINUTE - now % _MINUTE
    return 0


def forget(session_keys: Iterable[str]) -> int:
    """Forget how much senders sent in the last minutes; gives the number of counts that were there."""
    now = int(time.time()) // _MINUTE
    return sum(cache.delete(_name(key, minute)) for key in session_keys for minute in range(now - 2, now + 1))


def _name(who: str, minute: int) -> str:
    return f"insights:beacon:{who}:{minute}"


def _count(name: str) -> int:
    try:
        cache.add(name, 0, 2 * _MINUTE)
        return int(cache.incr(name))
    except Exception as error:
        # A value that the cache dropped in between, or a cache that is gone: no reason to lose an event.
        if not isinstance(error, ValueError):
            logger.warning("The cache cannot count (%s); nobody is turned away.", type(error).__name__)
        return 0


def _network(address: str) -> str:
    """A keyed hash of the sender's network, which leads to no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    network = ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False)
    return salted_hmac("insights.network", str(network)).hexdigest()[:20]
