"""Single values of access logs: points in time, durations, and addresses cut so that they name no machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from ipaddress import ip_address, ip_network

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_VERSION_4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_MONTHS = {name: at for at, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}


@lru_cache(maxsize=8192)
def network_of(address: str) -> str:
    """An address without what names a machine: three of its four numbers, or 48 bits of version 6.

    Of several, as proxies write them, the first is meant. What is no address, such as a name, is left out altogether.
    """
    first = address.split(",", 1)[0].strip().strip('"[]')
    # Nearly all are of version 4, and the library takes five times as long.
    if _VERSION_4.fullmatch(first):
        return first.rpartition(".")[0] + ".0"
    try:
        found = ip_address(first)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((mapped, 24 if mapped.version == 4 else 48), strict=False).network_address)


@lru_cache(maxsize=4096)
def moment(said: str | float) -> datetime | None:
    """A point in time as servers write it: ``10/Oct/2026:13:55:36 +0200``, ISO 8601, or seconds since 1970."""
    if not isinstance(said, str):
        return _since_1970(float(said))
    text = said.strip()
    try:
        if len(text) == 26 and text[2] == "/":
            offset = timedelta(hours=int(text[21:24]), minutes=int(text[21] + text[24:26]))
            return datetime(
                int(text[7:11]), _MONTHS[text[3:6]], int(text[:2]), int(text[12:14]), int(text[15:17]),
                int(text[18:20]), tzinfo=timezone(offset),
            ).astimezone(UTC)  # fmt: skip
        if text.replace(".", "", 1).isdigit():
            return _since_1970(float(text))
        found = datetime.fromisoformat(text)
    except (ValueError, KeyError, OverflowError):
        return None
    if found.tzinfo is None:
        return None
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None


def _since_1970(number: float) -> datetime | None:
    seconds = number / 1000 if number > 1e11 else number
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 4e9 else None


def seconds_of(text: str, unit: float = 1.0) -> float | None:
    """A duration in seconds; None where there is none."""
    try:
        number = float(text) * unit
    except ValueError:
        return None
    return number if 0 <= number < 1e6 else None
