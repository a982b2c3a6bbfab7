"""The date grammar: phrases of both languages to stretches of days.

Each rule is a pattern and a function from its match to :class:`Days`. Rules are tried in order, and
none may overlap what an earlier one took, so that "last 3 months" is not read as "3 months".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from insights.assistant.language import calendar
from insights.assistant.language.calendar import Days
from insights.assistant.language.date_parts import (
    MONTH_EN,
    POINTS,
    RULES,
    Context,
    Rule,
    rule,
)
from insights.assistant.language.feasts import FEAST_EN, FEAST_ZH
from insights.assistant.language.text import HAN

_STOP = r"(?=$|[?,.;!]|\s(?:by|per|in|for|with|compared|against|versus|vs|but|and|who|which|that)\b)"
_POINT_EN = r"[a-z0-9][a-z0-9 ,./'-]*?"
_POINT_ZH = r"[0-9〇零一二三四五六七八九十年月日号去今前上个周季度双春夏秋冬天国庆节./-]+?"
_NOW = ("now", "today", "今天", "现在", "今", "至今")
_EN_TWO_YEARS = re.compile(
    rf"\b(?P<point>(?:\d{{1,2}} )?{MONTH_EN}|q[1-4]|{FEAST_EN}) (?P<one>(?:this|last) year|(?:19|20)\d\d) "
    r"(?P<and>and|vs\.?|versus|against|compared with|compared to) (?P<two>(?:this|last) year|(?:19|20)\d\d)\b"
)
_ZH_YEAR = r"[今去前]年|(?:19|20)\d\d年"
_ZH_TWO_YEARS = re.compile(
    rf"(?P<one>{_ZH_YEAR})(?P<and>[和与跟及、比])(?P<two>{_ZH_YEAR})的?(?P<point>{FEAST_ZH}|(?:\d{{1,2}}|十[一二]?|[一二三四五六七八九])月(?:份)?|第?[一二三四1-4]季度)"
)
_JOINED = re.compile(
    r"(?:\s|,|、|&|/|\band\b|\bin\b|\bwith\b|\bto\b|\bvs\b\.?|\bversus\b|\bagainst\b|[和与及跟同比的]|以及|相比|对比)+"
)
_TO = re.compile(r"\s*(?:\bto\b|\buntil\b|\btill\b|\bthrough\b|[-–—~到至])\s*")
OPENING = date(2000, 1, 1)
"""From when "until May" counts: no web shop is older."""


@dataclass(frozen=True)
class DateMatch:
    """A stretch of days found at ``span`` of the text.

    ``days`` is None for a day that no calendar has, such as 31 February. ``guess`` says what was taken for
    granted, as a key; ``year`` whether a year was named; ``ends`` are the first and the last part of a
    stretch that was named by them.
    """

    span: tuple[int, int]
    days: Days | None
    guess: str = ""
    year: bool = False
    ends: tuple[Days, Days] | None = None


def spell_out(text: str) -> str:
    """A text in which a day, a month or a feast that is named once for two years is named twice."""

    def twice(match: re.Match[str]) -> str:
        # "March 2025 compared with last year": no March of its own is meant by the second.
        alike = match["one"][0].isdigit() is match["two"][0].isdigit()
        return f"{match['point']} {match['one']} {match['and']} {match['point']} {match['two']}" if alike else match[0]

    text = _EN_TWO_YEARS.sub(twice, text)
    return _ZH_TWO_YEARS.sub(r"\g<one>\g<point>\g<and>\g<two>\g<point>", text)


def find_dates(text: str, today: date, week_start: str = "monday") -> list[DateMatch]:
    """All stretches of days in a normalised text, left to right, not overlapping."""
    context = Context(today, week_start)
    found: list[DateMatch] = []
    for pattern, make in [*_SPANS, *RULES]:
        for match in pattern.finditer(text):
            if any(match.start() < item.span[1] and item.span[0] < match.end() for item in found):
                continue
            try:
                days = make(match, context)
            except (ValueError, OverflowError):
                found.append(DateMatch(match.span(), None))
                continue
            if days is not None and days.start < days.end:
                year = bool(match.groupdict().get("year"))
                found.append(DateMatch(match.span(), days, _guess(match, days), year, _ends(match, context)))
    return _from_to(_of_one_year(sorted(found, key=lambda item: item.span), text), text)


def _from_to(found: list[DateMatch], text: str) -> list[DateMatch]:
    """Two stretches with a "to" between them as the one that they begin and end: March to May revenue."""
    joined: list[DateMatch] = []
    for item in found:
        first = joined[-1] if joined else None
        if first and first.days and item.days and first.days.start < item.days.start:
            match = _TO.fullmatch(text, first.span[1], item.span[0])
            if match:
                whole = Days(first.days.start, item.days.end)
                joined[-1] = DateMatch((first.span[0], item.span[1]), whole, ends=(first.days, item.days))
                continue
        joined.append(item)
    return joined


def _of_one_year(found: list[DateMatch], text: str) -> list[DateMatch]:
    """A year that is named once holds for all: May and June 2025, 去年五月和六月."""
    chinese = HAN.search(text) is not None
    walk = list(found) if chinese else found[::-1]
    for index, bare in enumerate(walk[1:], 1):
        named = walk[index - 1]
        first, second = (named, bare) if chinese else (bare, named)
        joined = _JOINED.fullmatch(text, first.span[1], second.span[0])
        if joined and named.year and named.days and bare.days and bare.guess == "most_recent":
            years = bare.days.start.year - named.days.start.year
            start, end = (day.replace(year=day.year - years) for day in (bare.days.start, bare.days.end))
            walk[index] = DateMatch(bare.span, Days(start, end, bare.days.unit), year=True)
    return walk if chinese else walk[::-1]


def _guess(match: re.Match[str], days: Days) -> str:
    named = match.groupdict()
    if named.get("slashed"):
        return "read_day"
    if named.get("from") and days.unit == "crossed":
        return "crossed"
    return (
        "most_recent"
        if "bare" in named and not named.get("year") and days.unit in ("month", "quarter", "half", "week")
        else ""
    )


def _between(match: re.Match[str], context: Context) -> Days | None:
    ends = _ends(match, context)
    if ends is None:
        return None
    first, last = ends
    if first.start >= last.end and first.unit == last.unit:
        # "from November to February" crosses the turn of the year.
        return Days(first.start.replace(year=last.end.year - 1), last.end, "crossed")
    return Days(first.start, last.end)


def _with_year(text: str, other: str) -> str:
    """``text`` with the year of the other end, where only that one names a year: 2025年1月至3月, May to June 2025."""
    year = re.search(r"(?:19|20)\d\d", other)
    if year is None or re.search(r"\d{4}|[今去前]年|last|this|ago|now|day\b|今|现在", text):
        return text
    return f"{year[0]}年{text}" if re.search(r"[月季日号]", text) else f"{text} {year[0]}"


def _ends(match: re.Match[str], context: Context) -> tuple[Days, Days] | None:
    named = match.groupdict()
    if not (named.get("from") and named.get("to")):
        return None
    first = _single(_with_year(named["from"], named["to"]), context)
    last = _single(_with_year(named["to"], named["from"]), context)
    return (first, last) if first and last else None


def _since(match: re.Match[str], context: Context) -> Days | None:
    first = _single(match["from"], context)
    return Days(first.start, context.today + timedelta(days=1)) if first else None


def _after(match: re.Match[str], context: Context) -> Days | None:
    first = _single(match["from"], context)
    return Days(first.end, context.today + timedelta(days=1)) if first else None


def _before(match: re.Match[str], context: Context) -> Days | None:
    last = _single(match["to"], context)
    return Days(OPENING, last.start) if last else None


def _single(text: str, context: Context) -> Days | None:
    text = text.strip()
    if text in _NOW:
        return calendar.day(context.today)
    for pattern, make in [*POINTS, *RULES]:
        match = pattern.fullmatch(text)
        if match:
            return make(match, context)
    return None


_SPANS: list[Rule] = [
    rule(rf"\b(?:from|between) (?P<from>{_POINT_EN}) (?:to|until|till|and|through) (?P<to>(?:now|today|{_POINT_EN})){_STOP}", _between),
    rule(r"(?P<from>(?:19|20)\d\d-\d\d-\d\d) ?(?:to|-|–|until|/) ?(?P<to>(?:19|20)\d\d-\d\d-\d\d)", _between),
    rule(rf"(?:从|自)?(?P<from>{_POINT_ZH})(?:到|至|-|—|~)(?P<to>今天|现在|今|[0-9〇零一二三四五六七八九十年月日号去今前季度]*[年月日号季度])", _between),
    rule(rf"\b(?:since|starting(?: from)?) (?P<from>{_POINT_EN}){_STOP}", _since),
    rule(rf"(?:从|自)?(?P<from>{_POINT_ZH})(?:以来|至今|开始|起)", _since),
    rule(rf"\bafter (?P<from>{_POINT_EN}){_STOP}", _after),
    rule(rf"(?P<from>{_POINT_ZH})(?:之后|以后)", _after),
    rule(rf"(?<!day )(?<!week )(?<!month )(?<!period )(?<!year )\b(?:before|until|till|up to) (?P<to>{_POINT_EN}){_STOP}", _before),
    rule(rf"(?P<to>{_POINT_ZH})(?:之前|以前)", _before),
]  # fmt: skip
