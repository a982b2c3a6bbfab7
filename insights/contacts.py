"""E-mail addresses and telephone numbers as keyed hashes: what joins the orders of one person without spelling it out.

A plain hash of an address is no secret, since all addresses can be tried; these are keyed with the shop's SECRET_KEY.
With ``INSIGHTS["CONTACTS"] = "hashed"`` no table holds more of them than that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.conf import settings as django_settings
from django.utils.crypto import salted_hmac

from insights.conf import settings

GUEST = "guest:"
"""What the key of a guest begins with; behind it stands the hash of the address or number."""
_MARK = "hash:"
_MARKED = re.compile(rf"{_MARK}([0-9a-f]{{24}}|[0-9a-f]{{64}})")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SHORT = 24
_UNREADABLE = "…"


def email_hash(address: str) -> str:
    """The keyed SHA-256 of a normalised address, or the hash that a text stands for; empty without one."""
    return address.removeprefix(_MARK) if is_hash(address) else _hash("insights.email", address)


def phone_hash(number: str) -> str:
    """The keyed SHA-256 of the digits of a number; empty without one."""
    return number.removeprefix(_MARK) if is_hash(number) else _hash("insights.phone", digits(number))


def contact(email: str, phone: str) -> str:
    """Who somebody without an account is: by the address, or else by the number; empty without both."""
    return (email_hash(email) or phone_hash(phone))[:_SHORT]


def guest_key(email: str, phone: str) -> str:
    """The key of a customer without an account; empty where nothing says who it is."""
    reached = contact(email, phone)
    return f"{GUEST}{reached}" if reached else ""


def short(hashed: str) -> str:
    """A whole hash as :func:`contact` has it."""
    return hashed[:_SHORT]


def digits(number: str) -> str:
    """The digits of a telephone number, however it is written."""
    return "".join(c for c in number if c.isdigit())


def is_hash(text: str) -> bool:
    """Whether a text stands for an address or number that is kept as a hash."""
    return text.startswith(_MARK) and _MARKED.fullmatch(text) is not None


def are_hashed() -> bool:
    """Whether addresses and numbers are kept as hashes alone."""
    hashed: bool = settings.CONTACTS == "hashed"
    return hashed


def secrets() -> tuple[str, ...]:
    """The keys by which hashes of today and before were made."""
    return (django_settings.SECRET_KEY, *cast(list[str], django_settings.SECRET_KEY_FALLBACKS))


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a customer as they may be stored; the hash stands in a column of its own."""
    hidden = are_hashed()
    return {**values, **{name: "" for name in ("email", "phone") if hidden or is_hash(values.get(name, ""))}}


def stored_key(key: str) -> str:
    """The key of a customer as it may be stored: one that is an e-mail address becomes one that is its hash."""
    address = key.strip().lower()
    return f"email:{email_hash(address)[:_SHORT]}" if are_hashed() and _ADDRESS.fullmatch(address) else key


def marked(row: Mapping[str, Any], normal: Callable[[str], str]) -> dict[str, Any]:
    """A row of a source, as it came, with hashes that can be read again in place of addresses and numbers.

    A row that is marked already stays as it is.

    Args:
        normal: brings an address into its one spelling; gives an empty text where it is none.
    """
    if not are_hashed():
        return dict(row)
    kept = dict(row)
    if address := str(row.get("email") or ""):
        clean = address if is_hash(address) else normal(address)
        kept["email"] = f"{_MARK}{email_hash(clean)}" if clean else _UNREADABLE
    if number := str(row.get("phone") or ""):
        kept["phone"] = f"{_MARK}{short(phone_hash(number))}" if is_hash(number) or digits(number) else _UNREADABLE
    for name in ("id", "customer"):
        if isinstance(kept.get(name), str):
            kept[name] = stored_key(kept[name])
    return kept


def _hash(salt: str, value: str) -> str:
    return salted_hmac(salt, value, algorithm="sha256").hexdigest() if value else ""
