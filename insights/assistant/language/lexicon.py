"""Phrases to meanings: the closed lexicon, the semantic layer's names and the shop's own values.

A text is read by longest match. What is left over is named in the answer, so that no word is
dropped in silence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from insights import places, vocabulary
from insights.analytics import DIMENSIONS, METRICS
from insights.assistant.language.text import HAN, normalise

_LETTERS = "a-z0-9à-öø-ÿ"


@dataclass(frozen=True)
class Meaning:
    """What a phrase stands for: a kind (metric, dimension, value, condition, intent, word …) and a key."""

    kind: str
    key: str
    value: str = ""


@dataclass(frozen=True)
class Span:
    """A phrase found in the text, with all of its meanings."""

    start: int
    end: int
    text: str
    meanings: tuple[Meaning, ...]

    def get(self, kind: str) -> Meaning | None:
        """The meaning of a kind, if the phrase has one."""
        return next((meaning for meaning in self.meanings if meaning.kind == kind), None)

    def all(self, kind: str) -> list[Meaning]:
        """The meanings of a kind: a short name may stand for several products."""
        return [meaning for meaning in self.meanings if meaning.kind == kind]

    def has(self, kind: str, key: str) -> bool:
        """Whether the phrase means something."""
        return any(meaning.kind == kind and meaning.key == key for meaning in self.meanings)


@dataclass
class Lexicon:
    """Phrases with their meanings. Later additions join earlier ones."""

    phrases: dict[str, list[Meaning]] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None
    _words: frozenset[str] | None = None

    def add(self, phrase: str, meaning: Meaning) -> None:
        """Teach one phrase."""
        phrase = normalise(phrase)
        if phrase:
            meanings = self.phrases.setdefault(phrase, [])
            if meaning not in meanings:
                meanings.append(meaning)
            self._pattern = self._words = None

    def extended(self, values: Mapping[str, Iterable[str]]) -> Lexicon:
        """A copy that knows the shop's own values too: dimension key → values, or values with their other names.

        A name that is a word of the questions already ("Orders", "Best") is left out, or it would change their meaning.
        """
        copy = Lexicon({phrase: list(meanings) for phrase, meanings in self.phrases.items()})
        for dimension, names in values.items():
            for name in names:
                besides = names[name] if isinstance(names, Mapping) else ()
                for phrase in _names_of(dimension, name, besides):
                    if normalise(phrase) not in self.phrases:
                        copy.add(phrase, Meaning("value", dimension, name))
        return copy

    @property
    def words(self) -> frozenset[str]:
        """All Latin words of all phrases."""
        if self._words is None:
            self._words = frozenset(word for phrase in self.phrases for word in re.findall("[a-z]+", phrase))
        return self._words

    def find(self, text: str) -> list[Span]:
        """The phrases in a normalised text: the longest at each place, left to right."""
        if self._pattern is None:
            self._pattern = re.compile("|".join(map(_as_pattern, sorted(self.phrases, key=len, reverse=True))))
        return [
            Span(match.start(), match.end(), match[0], tuple(self._meanings(match[0])))
            for match in self._pattern.finditer(text)
        ]

    def _meanings(self, found: str) -> list[Meaning]:
        for form in (found, *_singulars(found)):
            if form in self.phrases:
                return self.phrases[form]
        return []


def _singulars(word: str) -> list[str]:
    forms = [word[:-1]] if word.endswith("s") else []
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    return forms


def _as_pattern(phrase: str) -> str:
    escaped = re.escape(phrase)
    if HAN.search(phrase):
        return escaped
    if phrase[-1] == "y" and len(phrase) > 3:
        escaped = f"{re.escape(phrase[:-1])}(?:y|ies)"
    elif phrase[-1].isalpha() and phrase[-1] != "s":
        escaped += "(?:s|es)?"
    start = rf"(?<![{_LETTERS}])" if phrase[0].isalnum() else ""
    end = rf"(?![{_LETTERS}])" if phrase[-1].isalnum() else ""
    return f"{start}{escaped}{end}"


@cache
def stop_words(language: str) -> frozenset[str]:
    """Words that carry no meaning of their own in a question."""
    return frozenset(_data(language)["stop"]["words"])


@cache
def base_lexicon() -> Lexicon:
    """All that is known without looking at the shop, in both languages at once."""
    lexicon = Lexicon()
    for language in ("en", "zh"):
        for kind, entries in _data(language).items():
            if kind == "stop":
                continue
            for key, phrases in entries.items():
                for phrase in phrases:
                    lexicon.add(phrase, Meaning(kind, key))
    for kind, things in (("metric", METRICS), ("dimension", DIMENSIONS)):
        for key, thing in things.items():
            for phrase in (thing.label_en, thing.label_zh, *thing.synonyms_en, *thing.synonyms_zh):
                for part in _spellings(phrase):
                    lexicon.add(part, Meaning(kind, key))
    for kind, terms in vocabulary.KINDS.items():
        if kind in ("segment", "rfm_type"):
            for term in terms.values():
                lexicon.add(term.en, Meaning("condition", f"{kind}:{term.key}"))
                lexicon.add(term.zh, Meaning("condition", f"{kind}:{term.key}"))
    for term in vocabulary.TRAFFIC.values():
        # "Direct" or "other" alone may mean anything.
        if term.key.startswith(("organic_", "paid_s", "paid_v", "ai_")):
            lexicon.add(term.en, Meaning("value", "last_channel", term.key))
            lexicon.add(term.zh, Meaning("value", "last_channel", term.key))
    return lexicon


def _names_of(dimension: str, name: str, besides: Iterable[str]) -> list[str]:
    """Everything that one value of the shop is called in questions."""
    names = [name, *besides]
    if dimension == "product":
        # "Sencha" stands for all its sizes: Sencha, 50 g; Sencha, 100 g.
        names += [part for full in (name, *besides) if len(part := short_name(full)) > 3 or HAN.search(part)]
    elif dimension == "category":
        names += [single for each in (name, *besides) for single in _singulars(each)]
    elif dimension in ("country", "region", "city"):
        names += places.other_names(dimension, name)
    # The code of a country may be a word of its own: in, it, no, us.
    return [each for each in dict.fromkeys(names) if len(each) > 1 and normalise(each) not in stop_words("en")]


def short_name(name: str) -> str:
    """A name without what follows a comma or stands in brackets: a product's without its size."""
    return re.split("[,，(（]", name)[0].strip()


def _spellings(label: str) -> list[str]:
    """A label such as "Average order value (AOV)" is said in three ways, "Days (mean)" in two."""
    match = re.fullmatch(r"(.+?)\s*[（(](.+)[)）]", label)
    if not match:
        return [label]
    return [label, match[1], *([match[2]] if match[2].isascii() and match[2].isupper() else [])]


@cache
def _data(language: str) -> dict[str, dict[str, list[str]]]:
    text = files("insights.assistant.language").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
