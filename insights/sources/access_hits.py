"""From the hits of an access log to events: pages, products by their addresses, searches; no identifier is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings as django_settings
from django.utils.crypto import salted_hmac

from insights.cleaning import bot_reason, campaign_of
from insights.models import Product
from insights.sources.access_formats import Hit
from insights.sources.settle import local

NAMES = (
    "id", "name", "occurred_at", "session", "product", "query", "page", "referrer", "utm_source", "utm_medium",
    "utm_campaign", "user_agent", "properties",
)  # fmt: skip
"""The fields of the events, in their order."""
SEARCHES = ("q", "query", "search", "s", "search_term", "keyword", "keywords")
"""Parameters in which shops have what was searched for."""
_ASSET = re.compile(
    r"\.(?:css|js|mjs|map|json|xml|txt|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|otf|eot|mp4|webm|mp3|pdf|zip|gz|"
    r"webmanifest|php|aspx?|cgi)$",
    re.IGNORECASE,
)
_LOADED = re.compile(r"\.(?:css|m?js|png|jpe?g|gif|svg|webp|avif|woff2?|ttf|otf)$", re.IGNORECASE)
"""What browsers load for a page by themselves."""
_SEEN = frozenset({"200", "203", "206", "304"})
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_BROWSER = re.compile(r"(?:Mozilla|Opera|Dalvik)/.*", re.DOTALL)
_MACHINE = re.compile(
    r"\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE
)


@dataclass
class Reading:
    """How hits of one shop are read.

    Attributes:
        products: external id by path of the product's page.
        hosts: names of the shop; a referrer of its own is no referrer.
        searches: parameters that hold what was searched for.
        ignore: beginnings of paths that are no pages.
        since: hits before are left out.
        until: hits from then on are left out.
        left_out: how many hits were left out, by reason.
        loaded: sessions of people whose pages loaded what belongs to them.
        days: the shop's days of the hits that were read.
    """

    products: Mapping[str, str]
    hosts: frozenset[str] = frozenset()
    searches: Sequence[str] = SEARCHES
    ignore: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    loaded: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)

    def events(self, hit: Hit, line: bytes) -> Iterator[list[Any]]:
        """The events of a hit: the page, and the product on it or what was searched for; none where it is no page."""
        reason = self._no_page(hit)
        if reason:
            self.left_out[reason] += 1
            if reason == "asset" and _LOADED.search(hit.path) and not bot_reason(hit.agent):
                self.loaded.add(session_of(hit.network, hit.agent, hit.host, local(hit.at).date()))
            return
        path = unquote(hit.path)[:2000]
        asked = parse_qs(hit.query[:4000], max_num_fields=50) if hit.query and hit.query.count("&") < 50 else {}
        key = line_key(line)
        # Machines make no visits, and one may come a hundred thousand times a day.
        person = not bot_reason(hit.agent)
        day = local(hit.at).date()
        self.days.add(day)
        session = session_of(hit.network, hit.agent, hit.host, day) if person else ""
        common = [
            path,
            self._referrer(hit.referrer),
            *(said[:100] for said in campaign_of(asked)),
            hit.agent,
            None if hit.seconds is None else {"seconds": round(hit.seconds, 3)},
        ]
        yield [key, "page_view", hit.at, session, "", "", *common]
        product = self.product_of(path)
        if product:
            yield [f"{key}p", "view_item", hit.at, session, product, "", *common]
        term = next((asked[name][0] for name in self.searches if name in asked), "").strip()
        if term:
            yield [f"{key}s", "search", hit.at, session, "", _ADDRESS.sub("…", term)[:200], *common]

    def product_of(self, path: str) -> str:
        """Key of the product whose page it is; with a language before the path too. Empty for other pages."""
        found = self.products.get(path.rstrip("/") or "/", "")
        if not found:
            first, _, rest = path.lstrip("/").partition("/")
            if first.lower() in _languages():
                found = self.products.get("/" + rest.rstrip("/"), "")
        return found

    def _no_page(self, hit: Hit) -> str:
        if hit.refused:
            return "refused"
        if hit.method != "GET":
            return "method"
        if hit.status not in _SEEN:
            return "status"
        if _ASSET.search(hit.path) or hit.path.startswith(self.ignore):
            return "asset"
        if (self.since and hit.at < self.since) or (self.until and hit.at >= self.until):
            return "time"
        return ""

    def _referrer(self, said: str) -> str:
        return _referrer(said[:2000], self.hosts)


def product_paths(channel: str) -> dict[str, str]:
    """External id by path, of the channel's products that have an address. A parent comes before its variants."""
    rows = Product.objects.filter(channel=channel).exclude(url="").order_by("parent_id", "pk")
    found: dict[str, str] = {}
    for key, url in rows.values_list("external_id", "url").iterator(chunk_size=2_000):
        path = unquote(urlsplit(url).path).rstrip("/")
        if path:
            found.setdefault(path, key)
    return found


def own_hosts(channel: str, more: Iterable[str] = ()) -> frozenset[str]:
    """Names of the shop: those of its products' addresses, and those that are given."""
    urls = Product.objects.filter(channel=channel, url__startswith="http").values_list("url", flat=True)[:200]
    return frozenset({urlsplit(url).netloc.lower() for url in urls} | {name.lower() for name in more})


def ignored_paths(more: Iterable[str] = ()) -> tuple[str, ...]:
    """Beginnings of paths that are no pages: static files, uploads, and those that are given."""
    known = (django_settings.STATIC_URL, django_settings.MEDIA_URL)
    paths = {"/" + urlsplit(url).path.lstrip("/") for url in known if url} - {"/"}
    return tuple(sorted(paths | set(more)))


def line_key(line: bytes) -> str:
    """The key of a line: the same for the same line, and telling nothing to those who lack the secret of the site."""
    return blake2b(line.rstrip(b"\r\n"), digest_size=15, key=_secret("line")).hexdigest()


@lru_cache(maxsize=16_384)
def session_of(network: str, agent: str, host: str, day: date) -> str:
    """What holds a visitor's hits of one day together; of another day it is another, and it leads nowhere."""
    said = f"{day}\n{network}\n{agent}\n{host}".encode(errors="surrogateescape")
    return blake2b(said, digest_size=20, key=_secret("session")).hexdigest()


def without_machines(text: str) -> str:
    """A text with its addresses and what follows the name of a browser left out, fit to be kept."""
    return _ADDRESS.sub("…", _MACHINE.sub("…", _BROWSER.sub("…", text)))


@lru_cache(maxsize=4096)
def _referrer(said: str, hosts: frozenset[str]) -> str:
    """Where a visitor came from, without what the address asks; empty for the shop itself."""
    try:
        came = urlsplit(said)
    except ValueError:
        return ""
    if came.scheme not in ("http", "https") or not came.netloc or "@" in came.netloc or came.netloc.lower() in hosts:
        return ""
    return f"{came.scheme}://{came.netloc}{came.path}"[:500]


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    codes = {code.lower() for code, _ in django_settings.LANGUAGES}
    return frozenset(codes | {code.partition("-")[0] for code in codes})


def _secret(what: str) -> bytes:
    return _derived(what, django_settings.SECRET_KEY)


@lru_cache(maxsize=8)
def _derived(what: str, secret: str | bytes) -> bytes:
    return salted_hmac("insights.access_log", what, secret=secret, algorithm="sha256").digest()
