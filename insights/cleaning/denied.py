"""What says who somebody is, or opens a door, is thrown away before it is stored: by name, and addresses wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import translate
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from insights.conf import settings
from insights.masking import without_addresses

_DEEPEST = 20
_PAIRS = re.compile(r"(?<=[?&;#])([^=&;#?]*)=([^&;#]*)")


def is_denied(name: str) -> bool:
    """Whether ``INSIGHTS["COLLECT"]["DENY"]`` names a property or a parameter, in any case, with or without dashes."""
    return _meets(name, tuple(settings.COLLECT.DENY))


def allowed(value: Any, depth: int = 0) -> Any:
    """What remains of plain data: without denied names at any depth, and without e-mail addresses in its texts."""
    if isinstance(value, str):
        return address_without(value) if "://" in value else without_addresses(value)
    if depth > _DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {key: allowed(item, depth + 1) for key, item in value.items() if not is_denied(str(key))}
    return [allowed(item, depth + 1) for item in value] if isinstance(value, list) else value


def address_without(address: str) -> str:
    """An address of a page without the denied ones of its parameters, and without e-mail addresses."""
    if "=" in address:
        address = _PAIRS.sub(lambda pair: "" if is_denied(unquote_plus(pair[1])) else pair[0], address)
        address = re.sub(r"[&;]{2,}", "&", address)
        address = re.sub(r"([?#])[&;]+", r"\1", address).rstrip("?&;#")
    return without_addresses(address)


@lru_cache(maxsize=4096)
def _meets(name: str, names: tuple[str, ...]) -> bool:
    return _pattern(names).fullmatch(name.strip().lower().replace("-", "_")) is not None


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(name.strip().lower().replace("-", "_")) for name in names) or r"(?!)")
