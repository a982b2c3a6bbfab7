"""Latin words with a letter or two wrong, put right before anything else is read."""

from __future__ import annotations

import re

from insights.assistant.language.lexicon import Lexicon, stop_words
from insights.assistant.language.numbers import WORDS

_WORD = re.compile(r"(?<![\w@.-])(?:[a-z]{4,}|[a-z]{3}(?= (?:day|week|month|quarter|year)s?\b))(?![\w@-]|\.\w)")
_IN_FULL = {
    "avg": "average",
    "qty": "quantity",
    "rev": "revenue",
    "cust": "customer",
    "custs": "customers",
    "wk": "week",
    "yr": "year",
}
_SHORT = re.compile(rf"\b({'|'.join(_IN_FULL)})\b\.?")
_BEFORE_UNITS = ("last", "this", "past")
"""What three letters may stand for, before a unit of time: lst month."""
_CALENDAR = frozenset(
    "today yesterday tomorrow day days week weeks weekend month months quarter quarters year years fortnight half last "
    "this previous past full whole complete completed since between until before after with from january february march april june july august "
    "september october november december monday tuesday wednesday thursday friday saturday sunday christmas halloween "
    "valentine valentines spring summer autumn winter first second third fourth "
    "more less than least most over under above below exactly between customer product".split()
)


def correct(text: str, lexicon: Lexicon) -> tuple[str, list[tuple[str, str]]]:
    """The text with its typing errors put right, and what was read as what.

    A word is only replaced where one known word is nearer than any other: one error in up to six
    letters, two in longer ones; two letters that changed places are one error.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    known = lexicon.words.union(_CALENDAR, WORDS, stop_words("en"))
    made: list[tuple[str, str]] = []

    def better(match: re.Match[str]) -> str:
        word = match[0]
        if word in known or any(
            word.removesuffix(ending) in known for ending in ("s", "es", "'s", "ed", "ing", "ly", "d")
        ):
            return word
        most = 1 if len(word) <= 6 else 2
        # The first letter is hardly ever the wrong one, and it keeps names of places from being "corrected".
        whole = known if len(word) > 3 else _BEFORE_UNITS
        candidates = [other for other in whole if other[0] == word[0] and len(other) > 3]
        near = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=most, limit=2)
        if not near or (len(near) > 1 and near[0][1] == near[1][1] and not _same(near[0][0], near[1][0])):
            return word
        made.append((word, near[0][0]))
        return near[0][0]

    return _WORD.sub(better, _SHORT.sub(lambda match: _IN_FULL[match[1]], text)), made


def _same(one: str, other: str) -> bool:
    """Whether two words are forms of one: month and months."""
    return one.rstrip("s") == other.rstrip("s")
