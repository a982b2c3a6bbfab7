"""What may have been meant by words that were not understood: the shop's own names that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from insights.assistant.language.lexicon import short_name
from insights.assistant.language.text import HAN, normalise

_MOST = 3


def asked_otherwise(question: str, words: Iterable[str], values: Mapping[str, Iterable[str]]) -> list[str]:
    """The question with a name of the shop in the place of a word: "a teapot" as "a Family teapot"."""
    words = list(dict.fromkeys(words))[:_MOST]
    names = {short: normalise(short) for short in map(short_name, _all_names(values))} if words else {}
    for word in words:
        found = [name for name, spelling in names.items() if _holds(spelling, word)][:_MOST]
        said = re.search(re.escape(word), question, re.IGNORECASE)
        if found and said:
            return [question[: said.start()] + name + question[said.end() :] for name in found]
    return []


def _all_names(values: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for names in values.values():
        for name in names:
            yield name
            yield from names[name] if isinstance(names, Mapping) else ()


def _holds(name: str, word: str) -> bool:
    if HAN.search(word):
        return len(word) > 1 and word in name
    single = re.escape(word.removesuffix("s"))
    return len(word) > 3 and re.search(rf"(?<!\w){single}s?(?!\w)", name) is not None
