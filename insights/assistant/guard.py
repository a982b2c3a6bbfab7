"""Who may ask, and what an outside model may see of a person: pseudonyms only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models.functions import Lower

from insights.models import Customer

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TOKEN = re.compile(r"[A-Za-z0-9][\w:.-]*")
_WORDS = re.compile(r"[^\W\d_\u4e00-\u9fff][\w'’.-]*")
_NUMBER = re.compile(r"\d+")
_NUMBERED = re.compile(
    r"((?:\b(?:customer|client|shopper|buyer|user)s?(?: (?:number|no\.?|id))?|客户|顾客|用户|会员)(?:编号|号)?[ :#“\"']*)"
    r"(\d+(?:(?:, ?| and | or | & |、|和|与|或)\d+)*)(?![\w.]*\w)",
    re.IGNORECASE,
)
"""Customers by number: "customers 3, 17 and 20"."""
_LONGEST_NAME = 4
"""Words, or Chinese characters, of the longest name that is looked for."""


def may_ask(user: Any) -> bool:
    """Whether a user may ask; no user at all is the command line, which its owner may use."""
    return user is None or (user.is_active and user.has_perm("insights.ask_insights"))


@dataclass
class Pseudonyms:
    """Stand-ins for people, for the length of one conversation with an outside model.

    ``hide`` is for what goes out, ``show`` for what comes back.
    """

    by_name: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """Replace each known person in a text, longest names first.

        An id that is a mere number is one only after a word for customers: "top 3" stays as it is.
        """
        text = _NUMBERED.sub(lambda match: match[1] + _NUMBER.sub(self._stand_in, match[2]), text)
        for name in sorted((name for name in self.by_name if not name.isdigit()), key=len, reverse=True):
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", self.by_name[name], text)
        return text

    def alias(self, name: str) -> str:
        """The stand-in of a person who stands alone, as in a cell of a table."""
        self.learn(name)
        return self.by_name.get(name, name)

    def _stand_in(self, match: re.Match[str]) -> str:
        return self.by_name.get(match[0], match[0])

    def show(self, value: Any) -> Any:
        """Put the people back into a text, or into the arguments of a tool."""
        if isinstance(value, dict):
            return {key: self.show(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.show(item) for item in value]
        if isinstance(value, str):
            for name, pseudonym in self.by_name.items():
                value = re.sub(rf"{pseudonym}(?![0-9])", name.replace("\\", r"\\"), value)
        return value

    def learn(self, *names: str) -> None:
        """Give a stand-in to each name that has none yet."""
        for name in names:
            if name and name not in self.by_name:
                self.by_name[name] = f"person_{len(self.by_name) + 1}"

    def learn_from_question(self, text: str) -> None:
        """Find the people that a question names: e-mail addresses, ids and names of customers."""
        self.learn(*_EMAIL.findall(text))
        tokens = {token.rstrip(".:-") for token in _TOKEN.findall(text) if any(letter.isdigit() for letter in token)}
        tokens = {token for token in tokens if not token.isdigit()}
        tokens |= {number for match in _NUMBERED.finditer(text) for number in _NUMBER.findall(match[2])}
        self.learn(*Customer.objects.filter(external_id__in=tokens).values_list("external_id", flat=True))
        parts = _runs(_WORDS.findall(text), " ", 1) | {
            name for run in re.findall(r"[\u4e00-\u9fff]+", text) for name in _runs(list(run), "", 2)
        }
        known = Customer.objects.annotate(folded=Lower("name")).filter(folded__in={name.casefold() for name in parts})
        folded = set(known.values_list("folded", flat=True))
        self.learn(*sorted(name for name in parts if name.casefold() in folded))


def _runs(words: list[str], space: str, shortest: int) -> set[str]:
    """All stretches of up to four words in a row, since nobody says where a name begins."""
    return {
        space.join(words[start : start + size]).rstrip(".")
        for size in range(shortest, _LONGEST_NAME + 1)
        for start in range(len(words) - size + 1)
    }
