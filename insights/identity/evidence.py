"""How likely two customers are one person, and why.

After Fellegi and Sunter, A Theory for Record Linkage (1969): each thing that agrees or differs adds or takes bits, the
binary logarithm of how much more often it is so among rows of one person than among two that came side by side by
chance. The sum is the logarithm of the odds, from which the score follows. The weights are set by hand, and the test of
this module measures what they find among made-up duplicates.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from insights.identity.keys import email_match_key, is_han, name_words

PRIOR = -4.0
"""Bits of any two rows that share a block: one pair in sixteen or so is a person."""
WEIGHTS: dict[str, float] = {
    "same_email": 11.0,
    "same_mailbox": 9.0,
    "email_typo": 6.0,
    "same_local": 4.0,
    "other_email": -1.0,
    "same_phone": 7.0,
    "phone_ending": 5.0,
    "other_phone": -1.0,
    "same_name": 4.0,
    "same_name_han": 3.0,
    "name_alike": 3.0,
    "initials": 2.0,
    "name_within": 1.5,
    "other_name": -4.0,
    "same_city": 1.5,
    "other_country": -2.0,
}
"""Bits by reason; those that are kept with a pair."""
GENERIC = frozenset("info sales contact admin mail office hello shop support service order orders kontakt team".split())
"""Names before the at-sign that say nothing of a person."""
_ENDING = 8
_ALIKE = 0.9
_SHORT, _LONG = 5, 8
"""Letters before the at-sign from which on the same ones are no chance, and one slip is more likely than another name."""


class Known(NamedTuple):
    """What is compared of a customer."""

    pk: int
    name: str
    email: str
    phone_key: str
    country: str
    city: str


def weigh(one: Known, other: Known) -> tuple[int, list[str]]:
    """Score from 0 to 99, and the reasons for and against, the heaviest first."""
    reasons = [
        reason
        for reason in (
            _email(one.email, other.email),
            _phone(one.phone_key, other.phone_key),
            _name(one.name, other.name),
            "same_city" if one.city and one.city.casefold() == other.city.casefold() else "",
            "other_country" if one.country and other.country and one.country != other.country else "",
        )
        if reason
    ]
    bits = PRIOR + sum(WEIGHTS[reason] for reason in reasons)
    return min(round(100 / (1 + 2**-bits)), 99), sorted(reasons, key=lambda reason: -abs(WEIGHTS[reason]))


def ending(number: str) -> str:
    """The end of a telephone number, by which one that lacks its country is found."""
    return number[-_ENDING:] if len(number) >= _ENDING else ""


def _email(one: str, other: str) -> str:
    if not one or not other:
        return ""
    if one == other:
        return "same_email"
    if email_match_key(one) == email_match_key(other):
        return "same_mailbox"
    (local, _, host), (other_local, _, other_host) = one.partition("@"), other.partition("@")
    if local == other_local and len(local) >= _SHORT and local not in GENERIC:
        return "email_typo" if _slips(host, other_host) <= 2 else "same_local"
    # anna.berg7 and anna.berg8 are two people; annaberg and annabrg are not.
    one_slip = len(local) >= _LONG and _letters(local) != _letters(other_local) and _slips(local, other_local) <= 1
    return "email_typo" if host == other_host and one_slip else "other_email"


def _slips(one: str, other: str) -> int:
    """Letters that were left out, added, changed or swapped."""
    return int(_distances().OSA.distance(one, other))


def _alike(one: str, other: str) -> bool:
    return bool(_distances().JaroWinkler.similarity(one, other) >= _ALIKE)


@cache
def _distances() -> Any:
    # The web process has no use for it.
    from rapidfuzz import distance

    return distance


def _letters(local: str) -> str:
    return "".join(letter for letter in local if letter.isalpha())


def _phone(one: str, other: str) -> str:
    if not one or not other:
        return ""
    if one == other:
        return "same_phone"
    return "phone_ending" if ending(one) and ending(one) == ending(other) else "other_phone"


def _name(one: str, other: str) -> str:
    if not one or not other or is_han(one) != is_han(other):
        return ""
    words, others = sorted((name_words(one), name_words(other)), key=len)
    if not words:
        return ""
    if sorted(words) == sorted(others):
        return "same_name_han" if is_han(one) else "same_name"
    if is_han(one):
        return "other_name"
    how = {_closest(word, others) for word in words}
    if "" in how:
        return "other_name"
    if "initial" in how:
        return "initials"
    return "name_alike" if "alike" in how else "name_within"


def _closest(word: str, others: tuple[str, ...]) -> str:
    """How a word of one name is in the other: the same, alike, as an initial, or not at all."""
    if word in others:
        return "same"
    if any(len(word) > 1 and len(other) > 1 and _alike(word, other) for other in others):
        return "alike"
    return "initial" if any(1 in (len(word), len(other)) and word[0] == other[0] for other in others) else ""
