"""By what a person is found in any text: addresses, numbers, names, keys and hashes, as whole words in any case."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from insights.contacts import digits
from insights.masking import GAP
from insights.privacy.subjects import Subject

_CJK = re.compile(r"[\u3400-\u9fff]")
_FEWEST_DIGITS = 7
_SHORTEST = 5


@dataclass(frozen=True)
class Traces:
    """What a person is searched for.

    Attributes:
        texts: each of them in the spelling of the tables.
        pattern: finds any of them as a whole word.
    """

    texts: tuple[str, ...]
    pattern: re.Pattern[str]

    @property
    def needles(self) -> tuple[str, ...]:
        """What a database looks for: every spelling that its search without case does not cover."""
        found = set()
        for text in self.texts:
            spellings = {text} if text.isascii() else {text, text.lower(), text.upper(), text.title()}
            found |= spellings | {json.dumps(one)[1:-1] for one in spellings}
        return tuple(sorted(found))

    def found_in(self, value: Any) -> bool:
        """Whether plain data name the person anywhere."""
        return self.without(value) != value

    def without(self, value: Any) -> Any:
        """Plain data in which the person is not named any more."""
        if isinstance(value, str):
            return self.pattern.sub(GAP, value)
        if isinstance(value, int) and not isinstance(value, bool):
            return GAP if self.pattern.fullmatch(str(value)) else value
        if isinstance(value, Mapping):
            return {self.pattern.sub(GAP, str(key)): self.without(item) for key, item in value.items()}
        return [self.without(item) for item in value] if isinstance(value, list) else value


def traces_of(subject: Subject) -> Traces:
    """What to search for.

    Names of one short word and short numbers are left out: as a text they are a thousand other things. Rows are found
    by them where they stand as a name or key.
    """
    texts = {*subject.emails, *subject.hashes, *subject.visitor_keys}
    texts |= {quote(address, safe="") for address in subject.emails}
    texts |= {name for name in subject.names if _is_telling(name)}
    texts |= {key for key in subject.external_ids if _is_telling_key(key)}
    for phone in subject.phones:
        if len(digits(phone)) >= _FEWEST_DIGITS:
            texts |= {phone, digits(phone)}
    ordered = sorted(texts, key=lambda text: (-len(text), text))
    return Traces(tuple(ordered), re.compile("|".join(map(_word, ordered)) or r"(?!)", re.IGNORECASE))


def _is_telling(name: str) -> bool:
    return len(name.split()) > 1 or len(name) >= _SHORTEST or len(_CJK.findall(name)) > 1


def _is_telling_key(key: str) -> bool:
    return len(key) >= _SHORTEST and (not key.isdigit() or len(key) > _FEWEST_DIGITS)


def _word(text: str) -> str:
    """As a whole word, so that a longer address or name is somebody else."""
    inner = r"\s+".join(map(re.escape, text.split()))
    if _CJK.search(text):
        return inner
    return rf"(?<![\w.+-]){inner}(?![\w-]|\.\w)" if "@" in text else rf"(?<!\w){inner}(?!\w)"
