"""One pass over a question: its dates, its numbers, its phrases, its names, and what is left over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from insights.assistant.language.calendar import Days
from insights.assistant.language.conditions import NumberCondition, find_conditions
from insights.assistant.language.dates import find_dates, spell_out
from insights.assistant.language.lexicon import Lexicon, Meaning, Span, stop_words
from insights.assistant.language.numbers import EN_NUMBER, ZH_NUMBER, read_number
from insights.assistant.language.text import HAN, normalise
from insights.assistant.language.typos import correct

_TAKEN = "\x00"
_CUSTOMER = re.compile(
    r"(?:(?:customer|client|shopper|buyer|user)(?: (?:number|no\.?|id))?|客户|顾客|用户|会员)(?:编号|号)?[ :#]*"
    r"(?P<id>[a-z]*[-_:]?\d[\w.:-]*|[\w.+-]+@[\w-]+\.[\w.-]+|[\"“'「](?P<quoted>[^\"”'」]+)[\"”'」])",
    re.ASCII,
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w", re.ASCII)
_HORIZON = re.compile(
    rf"(?:with)?in (?:the )?(?:next|coming|following) (?:{EN_NUMBER} )?(?:day|week|month)s?|"
    rf"(?:over |during )?the (?:next|coming) {EN_NUMBER} (?:day|week|month)s?|"
    rf"在?(?:未来|接下来|今后)的?(?:{ZH_NUMBER})个?(?:天|日|周|月)(?:之?内|里)?|(?<![近去])在(?:{ZH_NUMBER})个?(?:天|日|周|月)(?:之?内|里)"
)
_QUOTED = re.compile(r"[\"“「『《](?P<quoted>[^\"”」』》]{1,120})[\"”」』》]")
_COUNT = re.compile(
    rf"\b(?:top|best|first|bottom|worst|last|leading|biggest|largest|weakest|slowest)[ -](?P<en>{EN_NUMBER})(?= |$)"
    rf"|(?:前|排名前|top|后|末|倒数第?)(?P<zh>{ZH_NUMBER})(?:名|个|位|款|件|大|的)?"
    rf"|(?P<many>{ZH_NUMBER})(?:个|位|名|款|件|种|样)(?=[^月]|$)"
    rf"|\b(?P<plain>{EN_NUMBER})(?= (?:[\w-]+ ){{0,3}}?(?:customers|products|items|countries|cities|categories|people|clients|brands|recommendations|suggestions|spenders|buyers|teas)\b)"
    rf"|\b(?P<worded>{EN_NUMBER})(?= (?:best|worst|biggest|top|largest|slowest|weakest|strongest)\b)"
)
_NEGATED = re.compile(r"[^\x00]{0,3}(?:除外|以外|之外)")
_BUT = re.compile(r"\bbut\b|\byet\b|\bhowever\b|但|却")
# Where a name belongs to several dimensions: Berlin is a region too, Green tea begins the names of products.
_FIRST = ("category", "brand", "country", "city", "region", "coupon", "traffic_source", "product")


@dataclass(frozen=True)
class Period:
    """A stretch of days that the question names, where, what was taken for granted, and by which ends it was named."""

    days: Days
    span: tuple[int, int]
    guess: str = ""
    ends: tuple[Days, Days] | None = None


@dataclass
class Scan:
    """The parts of a question, each found once."""

    text: str
    language: str
    dates: list[Period] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)
    conditions: list[NumberCondition] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    ahead: bool = False
    count: int | None = None
    customer: str | None = None
    quoted: list[str] = field(default_factory=list)
    corrected: list[tuple[str, str]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def all(self, kind: str) -> list[Meaning]:
        """The meanings of a kind, in the order of the question, each once."""
        found = (span.get(kind) for span in self.spans)
        return list(dict.fromkeys(meaning for meaning in found if meaning))

    def keys(self, kind: str) -> list[str]:
        """The keys of :meth:`all`."""
        return list(dict.fromkeys(meaning.key for meaning in self.all(kind)))

    def has(self, kind: str, *keys: str) -> bool:
        """Whether any of the keys of a kind was said."""
        return any(key in keys for span in self.spans for key in (one.key for one in span.all(kind)))

    def values(self, *, negated: bool | None = None) -> list[Meaning]:
        """The shop's own names that were said; all, or only those with or without a "not" before them."""
        found: list[Meaning] = []
        for span in self.spans:
            meant = span.all("value")
            if meant and (negated is None or negated is self.negated(span.start, span.end)):
                kinds = {meaning.key for meaning in meant}
                said = [key for key in self.keys("dimension") if key in kinds]
                kind = (said or sorted(kinds, key=lambda key: _FIRST.index(key) if key in _FIRST else 99))[0]
                found += [meaning for meaning in meant if meaning.key == kind]
        return list(dict.fromkeys(found))

    def negated(self, start: int, end: int) -> bool:
        """Whether what stands there is denied: "not X", "but not X", 没买过X, X除外."""
        if _NEGATED.match(self.text, end):
            return True
        before = [span.end for span in self.spans if span.end <= start and span.get("word") and span.has("word", "not")]
        return bool(before) and not _BUT.search(self.text, max(before), start)


def scan(question: str, lexicon: Lexicon, today: date, language: str, week_start: str = "monday") -> Scan:
    """Find everything in a question. Longer names of the shop win over dates within them."""
    if not question.isupper():
        question = re.sub(r"\bUS\b", "U.S.", question)
    text = normalise(question)
    found = Scan(text, language)
    if ahead := _HORIZON.search(text):
        # Cut out and not masked, so that what it stands between is read as one phrase: 最可能在30天内购买.
        text = text[: ahead.start()] + text[ahead.end() :]
        found.ahead = True
    text, found.corrected = correct(spell_out(text), lexicon)
    found.text = text
    names = [span for span in lexicon.find(text) if span.get("value")]
    taken = [(name.start, name.end) for name in names]
    conditions = [item for item in find_conditions(text) if not _inside(item.span, taken)]
    taken += [item.span for item in conditions]
    dates = [item for item in find_dates(text, today, week_start) if not _inside(item.span, taken)]
    found.conditions = conditions
    found.dates = [Period(item.days, item.span, item.guess, item.ends) for item in dates if item.days is not None]
    found.impossible = [text[slice(*item.span)] for item in dates if item.days is None]
    rest = _without(text, [item.span for item in dates] + [item.span for item in conditions])
    rest = _person(rest, question, found)
    rest, spans = _in_quotes(rest, lexicon, found)
    rest = _number(rest, found)
    found.spans = sorted([*spans, *lexicon.find(rest)], key=lambda span: span.start)
    rest = _without(rest, [(span.start, span.end) for span in found.spans])
    _left_over(rest, found)
    return found


def _inside(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    letters = list(text)
    for start, end in spans:
        letters[start:end] = _TAKEN * (end - start)
    return "".join(letters)


def _person(text: str, question: str, found: Scan) -> str:
    """Take out who is named by key, e-mail address or in quotation marks, as it was typed."""
    match = _CUSTOMER.search(text) or _EMAIL.search(text)
    if match:
        named = match.groupdict().get("quoted") or match.groupdict().get("id") or match[0]
        # Keys are compared byte for byte, so the spelling of the question counts and not the folded one.
        typed = re.search(re.escape(named), question, re.IGNORECASE)
        found.customer = (typed[0] if typed else named).strip(".,;:?!")
        text = _without(text, [match.span()])
    return text


def _in_quotes(text: str, lexicon: Lexicon, found: Scan) -> tuple[str, list[Span]]:
    """Read what stands in quotation marks as one name; what is no name known is kept as it is."""
    spans = []
    for match in list(_QUOTED.finditer(text)):
        meanings = lexicon.phrases.get(match["quoted"].strip(" ,.，。"))
        if meanings:
            spans.append(Span(*match.span(), match["quoted"], tuple(meanings)))
        else:
            found.quoted.append(match["quoted"])
        text = _without(text, [match.span()])
    return text, spans


def _number(text: str, found: Scan) -> str:
    for match in _COUNT.finditer(text):
        value = read_number(next(part for part in match.groups() if part))
        if value and 1 <= value <= 1000 and value == int(value):
            found.count = int(value)
            group = next(name for name in ("en", "zh", "many", "plain", "worded") if match[name])
            return _without(text, [match.span(group)])
    return text


def _left_over(text: str, found: Scan) -> None:
    for word in re.findall(r"[a-zà-öø-ÿ]+\d\w*|[a-zà-öø-ÿ][a-zà-öø-ÿ'-]+|\d[\d.,%]*", text):
        if word not in stop_words("en") and word.rstrip("s'") not in stop_words("en"):
            found.unused.append(word)
    stops = sorted(stop_words("zh"), key=len, reverse=True)
    for piece in re.findall(HAN.pattern + "+", text):
        remainder = re.sub("|".join(map(re.escape, stops)), " ", piece)
        found.unused.extend(part for part in remainder.split() if part)


def values_of_the_shop(values: Mapping[str, Iterable[str]]) -> dict[str, Iterable[str]]:
    """Names worth recognising: no numbers, no single letters; with what they are called besides, where that is given."""
    found: dict[str, Iterable[str]] = {}
    for dimension, names in values.items():
        kept = [name for name in names if len(name) > 1 and not name.replace(".", "").isdigit()]
        found[dimension] = {name: names[name] for name in kept} if isinstance(names, Mapping) else kept
    return found
