"""Single values that a browser sends: cut to size, and turned into what a column takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from insights.cleaning import campaign_of, is_denied
from insights.masking import without_addresses

_LARGEST = Decimal(10) ** 9
_MOST_PROPERTIES = 20
_LONGEST_VALUE = 200
_OWN = frozenset(
    {
        "currency",
        "items",
        "list_id",
        "page",
        "quantity",
        "query",
        "referrer",
        "search_term",
        "shown",
        "transaction_id",
        "value",
    }
)
"""Parameters that have columns of their own."""
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
Place = tuple[str, str, str, str, str]
"""Page, referrer, and the three words of a campaign."""


@lru_cache(maxsize=4096)
def place_of(page: str, referrer: str, host: str) -> Place:
    """Path of the page without its query, in which people leave secrets; a foreign referrer; the campaign, or
    that of an ad network's click id."""
    here, came = _split(page), _split(referrer)
    foreign = came.scheme in ("http", "https") and came.netloc and came.netloc != host
    query = parse_qs(here.query) if here.query else {}
    source, medium, campaign = (text(said, 100) for said in campaign_of(query))
    return (
        without_addresses(text(here.path, 500)),
        without_addresses(text(f"{came.scheme}://{came.netloc.rpartition('@')[2]}{came.path}", 500)) if foreign else "",
        source,
        medium,
        campaign,
    )


def _split(address: str) -> Any:
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def properties_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """What has no column of its own: short, flat, and without e-mail addresses."""
    kept: dict[str, Any] = {}
    for key, value in params.items():
        if key in _OWN or not _KEY.fullmatch(key) or is_denied(key):
            continue
        if len(kept) == _MOST_PROPERTIES:
            break
        if isinstance(value, str):
            kept[key] = without_addresses(text(value, _LONGEST_VALUE))
        elif isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 1e15):
            kept[key] = value
    return kept


def amount(said: object) -> Decimal | None:
    """A number of a believable size; None for anything else."""
    if said is None or isinstance(said, bool) or not isinstance(said, int | float | str | Decimal):
        return None
    try:
        number = said if isinstance(said, Decimal) else Decimal(str(said)[:40])
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and abs(number) < _LARGEST else None


def moment(said: object) -> datetime | None:
    """From milliseconds since 1970."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 < said < 4e12:
        return None
    return datetime.fromtimestamp(said / 1000, UTC)


def text(said: object, limit: int) -> str:
    """One line without characters that cannot be seen; empty for what is no text or number."""
    if isinstance(said, str):
        found = said[: 4 * limit]
    elif isinstance(said, int | float) and not isinstance(said, bool) and abs(said) < 1e30:
        found = str(said)
    else:
        return ""
    # Most texts are as they should be, and are looked at once.
    if not found.isprintable() or "  " in found or found[:1] == " " or found[-1:] == " ":
        found = " ".join("".join(c for c in found if c.isprintable() or c.isspace()).split())
    return found[:limit]
