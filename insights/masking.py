"""Who may see names, addresses and numbers of people, and what all others see in their place: the only place that knows."""

from __future__ import annotations

import re
from typing import Any

PERSONAL = "insights.see_personal_data"
HIDDEN = "•••"
"""Stands where something is that may not be seen."""
GAP = "…"
"""Stands where something was that is not kept."""
_ADDRESS = re.compile(r"[\w.+'-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.IGNORECASE)
_NUMBER = re.compile(r"\+[\d ()./-]{7,24}|0[1-9][\d ()./-]{7,22}|1[3-9]\d{9}")
"""International, with the zero of a country's own numbers, and mobile in China; other digits are anything."""
_QUOTED = re.compile(r"“[^”]*”")
_HANDLE = re.compile(r"row:([0-9]{1,18})")


def may_see(user: Any) -> bool:
    """Whether people may be named to a user; no user at all is the command line, whose owner may see everything."""
    return user is None or bool(user.is_active and user.has_perm(PERSONAL))


def mask(value: str) -> str:
    """A name, an address or a number that shows its first letter and what kind of thing it is, no more."""
    if not value:
        return ""
    name, at, host = value.partition("@")
    return f"{name[:1]}{HIDDEN}{at}{host}" if at else f"{value[:1]}{HIDDEN}"


def named(value: str, *, personal: bool) -> str:
    """A name, an address or a number as it may be shown.

    Args:
        personal: whether the one who looks may see it.
    """
    return value if personal else mask(value)


def is_personal_key(key: str) -> bool:
    """Whether a customer's key says who it is, since it is an e-mail address or a telephone number."""
    return "@" in key or "%40" in key or _NUMBER.fullmatch(key) is not None


def shown_key(key: str, *, personal: bool) -> str:
    """A customer's key as it may be shown."""
    return mask(key) if not personal and is_personal_key(key) else key


def handle(pk: int, key: str) -> str:
    """By what a customer is named in addresses of pages, and to those who may not see people.

    It is the key, unless that says who it is: what stands in an address ends up in histories and logs.
    """
    return f"row:{pk}" if is_personal_key(key) else key


def pk_of(name: str) -> int:
    """The primary key that a handle stands for; 0, which no row has, for a key."""
    found = _HANDLE.fullmatch(name)
    return int(found[1]) if found else 0


def key_for(pk: int, key: str, *, personal: bool) -> str:
    """By what a customer is named to somebody, where the name must lead to the customer again."""
    return key if personal else handle(pk, key)


def without_addresses(text: str, instead: str = GAP) -> str:
    """A text of which e-mail addresses are taken out, encoded ones too."""
    return _ADDRESS.sub(lambda _: instead, text) if "@" in text or "%40" in text else text


def reason(text: str, *, personal: bool) -> str:
    """Why something went wrong, without the values that it quotes where these may not be seen."""
    return text if personal else without_addresses(_QUOTED.sub(f"“{HIDDEN}”", text))
