"""How people are written, in one way: e-mail addresses, telephone numbers and names.

An e-mail address is the same when its normalised spelling is the same (:func:`insights.cleaning.normal_email`). The
*match key* below goes further and guesses what mail providers do; it only ever suggests a pair, and joins nobody.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from insights.conf import settings
from insights.identity.calling import CALLING, trunk_of
from insights.places import country_code

_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_EXTENSION = re.compile(r"(?:ext\.?|extension|x|#|分机|转)\s*\d+\s*$", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]")
_TITLES = frozenset("mr mrs ms miss dr prof sir mme herr frau sr sra".split())
_HAN_TITLES = ("先生", "女士", "小姐")
_SHORTEST = 6
"""Digits below which a number is an extension, or a slip."""
_WHOLE = 12
"""Digits from which on a number that begins with the country's code has it already, though no plus stands before."""


def email_match_key(address: str) -> str:
    """One key for addresses that may reach one mailbox: without a plus-tag, and for Gmail without dots."""
    local, at, host = address.rpartition("@")
    if not at:
        return ""
    local = local.partition("+")[0] or local
    if host in _GMAIL:
        local, host = local.replace(".", ""), "gmail.com"
    return f"{local}@{host}"


def phone_key(number: str, country: str = "") -> str:
    """A telephone number as digits from the country's code on, without plus; empty for what is none.

    Args:
        country: of the person, as code or name; by default the shop's (``INSIGHTS["COUNTRY"]``). Where neither is
            known, a number that is not written internationally stays as it was dialled.
    """
    written = _EXTENSION.sub("", unicodedata.normalize("NFKC", number)).strip()
    abroad = written.lstrip("( ").startswith("+")
    digits = _digits(written)
    if digits.startswith("00"):
        digits, abroad = digits[2:], True
    if len(digits) < _SHORTEST:
        return ""
    if abroad:
        # +44 (0)20 …: the 0 in brackets is dialled from within alone.
        return _digits(written.replace("(0)", "")).removeprefix("00")[:32]
    home = country_code(country) or settings.COUNTRY or ""
    code = CALLING.get(home)
    if code is None or (len(digits) >= _WHOLE and digits.startswith(code)):
        return digits[:32]
    return (code + digits.removeprefix(trunk_of(home)))[:32]


def name_key(name: str) -> str:
    """A name without case, accents, titles and order: its words, sorted; of Chinese ones the simplified script."""
    return " ".join(sorted(name_words(name)))


@lru_cache(maxsize=10_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, folded. A Chinese name is one word, with or without a blank in it."""
    plain = name.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).casefold()
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if _HAN.search(plain):
        plain = _simplifier().convert(plain)
        for title in _HAN_TITLES:
            plain = plain.removesuffix(title) or plain
        plain = re.sub(r"(?<=[\u3400-\u9fff])[\s·•]+(?=[\u3400-\u9fff])", "", plain)
    words = re.findall(r"[^\W\d_]+", plain.replace("'", "").replace("’", ""))
    return tuple([word for word in words if word not in _TITLES] or words)


def is_han(name: str) -> bool:
    """Whether a name is written in Chinese characters."""
    return _HAN.search(name) is not None


@cache
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _digits(written: str) -> str:
    return "".join(str(unicodedata.decimal(letter)) for letter in written if letter.isdecimal())
