"""Single stretches of days as people name them: a day, a month, a feast, the last so many weeks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from insights.assistant.language import calendar, feasts
from insights.assistant.language.calendar import Days
from insights.assistant.language.numbers import EN_NUMBER, ZH_NUMBER, read_number
from insights.conf import settings

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|oct october|"
        "nov november|dec december".split("|"),
        1,
    )
    for name in names.split()
}
MONTH_EN = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_MONTH = rf"(?P<month>{MONTH_EN})\b\.?"
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        "monday mon 一|tuesday tue tues 二|wednesday wed 三|thursday thu thur thurs 四|friday fri 五|saturday sat 六|sunday 日 天".split("|")
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAY = (
    "(?P<weekday>" + "|".join(sorted((name for name in _WEEKDAYS if name.isascii()), key=len, reverse=True)) + r")\b"
)
_EN_UNIT = r"(?P<unit>day|week|month|quarter|year)s?\b"
_ZH_UNIT = r"(?P<unit>天|日|周|星期|礼拜|月|季度?|年)"
_UNITS = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "季": "quarter", "季度": "quarter", "年": "year",
}  # fmt: skip
_PLACES = {
    name: number
    for number, names in {"1": "first 1st", "2": "second 2nd", "3": "third 3rd", "4": "fourth 4th"}.items()
    for name in names.split()
}


@dataclass(frozen=True)
class Context:
    """The shop's day, and the first day of its weeks."""

    today: date
    week_start: str


Make = Callable[[re.Match[str], Context], Days | None]
Rule = tuple[re.Pattern[str], Make]


def rule(pattern: str, make: Make) -> Rule:
    """A pattern with what it stands for."""
    return re.compile(pattern), make


def _count(text: str | None) -> float:
    value = read_number(text) if text else 1.0
    if value is None or value <= 0:
        raise ValueError(text)
    return value


def _last_n(match: re.Match[str], context: Context) -> Days:
    unit = match["unit"]
    return calendar.last_units(_UNITS.get(unit, unit), _count(match["n"]), context.today)


def _relative(offset: int) -> Make:
    def make(match: re.Match[str], context: Context) -> Days:
        unit = match["unit"]
        return calendar.whole_units(_UNITS.get(unit, unit), offset, context.today, context.week_start)

    return make


def _ago(match: re.Match[str], context: Context) -> Days:
    unit, count = match["unit"], _count(match["n"])
    if count != int(count):
        raise ValueError(match[0])
    return calendar.whole_units(_UNITS.get(unit, unit), -int(count), context.today, context.week_start)


def _until_now(match: re.Match[str], context: Context) -> Days:
    unit = match["unit"] or _UNITS[match["zh"]]
    return calendar.whole_units(unit, 0, context.today, context.week_start).until(context.today)


def _last_whole(match: re.Match[str], context: Context) -> Days:
    """The last three full months: without the running one."""
    named, count = match["unit"] or match["zh"], int(_count(match["n"] or match["m"]))
    unit = _UNITS.get(named, named)
    first, last = (calendar.whole_units(unit, -back, context.today, context.week_start) for back in (count, 1))
    return Days(first.start, last.end)


def _named_day(offset: int) -> Make:
    return lambda match, context: calendar.day(context.today + timedelta(days=offset))


def _year_of(match: re.Match[str], context: Context) -> int | None:
    text = match.groupdict().get("year")
    if not text:
        return None
    relative = {"今年": 0, "去年": -1, "前年": -2, "this year": 0, "last year": -1}.get(text)
    if relative is not None:
        return context.today.year + relative
    digits = "〇一二三四五六七八九"
    number = int("".join(str(digits.index(c)) if c in digits else c for c in text if c.isdigit() or c in digits))
    return number + 2000 if number < 100 else number


def _yearly(match: re.Match[str], context: Context, make: Callable[[int], Days]) -> Days:
    """Of the year that is named, else the most recent one that has begun."""
    year = _year_of(match, context)
    return make(year) if year is not None else calendar.most_recent(make, context.today)


def _month_number(text: str) -> int:
    return _MONTHS[text] if text in _MONTHS else int(_count(text))


def _month(match: re.Match[str], context: Context) -> Days:
    number = _month_number(match["month"])
    return _yearly(match, context, lambda year: calendar.month(year, number))


def _last_month_called(match: re.Match[str], context: Context) -> Days:
    """ "Last November", said in November, is that of the year before."""
    return calendar.most_recent(
        lambda year: calendar.month(year, _MONTHS[match["month"]]), context.today.replace(day=1) - timedelta(days=1)
    )


def _quarter(match: re.Match[str], context: Context) -> Days:
    number = int(_count(_PLACES.get(match["q"], match["q"])))
    return _yearly(match, context, lambda year: calendar.quarter(year, number))


def _half(match: re.Match[str], context: Context) -> Days:
    number = 1 if match["half"] in ("1", "first", "1st", "上") else 2
    return _yearly(match, context, lambda year: calendar.half(year, number))


def _week_number(match: re.Match[str], context: Context) -> Days:
    number = int(_count(match["week"]))
    return _yearly(match, context, lambda year: calendar.numbered_week(year, number))


def _date(match: re.Match[str], context: Context) -> Days:
    number, day = _month_number(match["month"]), int(_count(match["day"]))
    return _yearly(match, context, lambda year: calendar.day(date(year, number, day)))


def _days_of_month(match: re.Match[str], context: Context) -> Days:
    number, first, last = _month_number(match["month"]), int(_count(match["day"])), int(_count(match["last"]))
    return _yearly(
        match, context, lambda year: Days(date(year, number, first), date(year, number, last) + timedelta(days=1))
    )


def _week_of_month(match: re.Match[str], context: Context) -> Days:
    """The first seven days of a month, the next seven …, or the last."""
    whole = _month(match, context)
    if match["which"] in ("last", "最后一"):
        return Days(whole.end - timedelta(days=7), whole.end)
    place = (
        ("first", "second", "third", "fourth").index(match["which"])
        if match["which"].isascii()
        else "一二三四".index(match["which"][-1])
    )
    first = whole.start + timedelta(days=7 * place)
    return Days(first, first + timedelta(days=7))


def _slashed(match: re.Match[str], context: Context) -> Days:
    """5/10/2026: the day comes first, but in the United States."""
    one, two = int(match["one"]), int(match["two"])
    american = two > 12 or (settings.COUNTRY == "US" and one <= 12)
    month, day = (one, two) if american else (two, one)
    return calendar.day(date(int(match["year"]), month, day))


def _day_of_week(match: re.Match[str], context: Context) -> Days:
    number = _WEEKDAYS[match["weekday"]]
    which = match.groupdict().get("which") or ""
    if which in ("上", "上上", "本", "这"):
        monday = calendar.week(context.today).start
        weeks = {"上": 1, "上上": 2}.get(which, 0)
        return calendar.day(monday + timedelta(days=number - 7 * weeks))
    return calendar.weekday(number, context.today, before=which == "last")


def _weekend(match: re.Match[str], context: Context) -> Days:
    which = match["which"] or match["zh"] or ""
    running = context.today.weekday() >= 5
    return calendar.weekend(2 if which == "上上" else int(running and which in ("last", "上")), context.today)


def _feast(names: dict[str, str]) -> Make:
    def make(match: re.Match[str], context: Context) -> Days:
        days = _yearly(match, context, calendar.FEASTS[names[match["feast"]]])
        return calendar.week(days.start, context.week_start) if match["week"] else days

    return make


_EN_YEAR = r"(?:,?\s(?:of\s|in\s)?(?P<year>(?:19|20)\d\d\b|this year\b|last year\b))?"
_ZH_YEAR = r"(?:(?P<year>(?:19|20)?\d\d年|[〇零一二三四五六七八九]{4}年|今年|去年|前年)的?)?"
_ORDINAL = r"(?:st|nd|rd|th)?"
_ZH_MONTH = r"(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])"
_YEARS: list[Rule] = [
    rule(r"\b(?P<year>(?:19|20)\d\d)\b(?![-/.年\d])", lambda match, context: calendar.year(int(match["year"]))),
    rule(
        r"(?P<year>(?:19|20)\d\d|[〇零一二三四五六七八九]{4})年(?:全年)?",
        lambda match, context: calendar.year(_year_of(match, context) or 0),
    ),
]
POINTS: list[Rule] = [
    rule(r"(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:日)?", _date),
    rule(r"(?P<slashed>\b(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?P<year>(?:19|20)\d\d))\b", _slashed),
    rule(r"(?P<year>(?:19|20)\d\d)[-/](?P<month>\d{1,2})\b", _month),
    rule(rf"(?:\b(?:from|between) )?\b(?P<day>\d{{1,2}}){_ORDINAL}(?: of)? ?(?:to|and|until|-|–) ?(?P<last>\d{{1,2}}){_ORDINAL}(?: of)? {_MONTH}{_EN_YEAR}", _days_of_month),
    rule(rf"(?:\b(?:from|between) )?\b{_MONTH} (?P<day>\d{{1,2}}){_ORDINAL} ?(?:to|and|until|-|–) ?(?P<last>\d{{1,2}}){_ORDINAL}\b(?! (?:{'|'.join(_MONTHS)})){_EN_YEAR}", _days_of_month),
    rule(rf"\b(?P<day>\d{{1,2}}){_ORDINAL}(?: of)? {_MONTH}{_EN_YEAR}", _date),
    rule(rf"\b{_MONTH} (?:the )?(?P<day>\d{{1,2}}){_ORDINAL}\b(?!\d){_EN_YEAR}", _date),
    rule(rf"{_ZH_YEAR}{_ZH_MONTH}月(?P<day>{ZH_NUMBER})[日号]?(?:到|至|-|—|~)(?P<last>{ZH_NUMBER})[日号]", _days_of_month),
    rule(rf"{_ZH_YEAR}{_ZH_MONTH}月(?P<day>{ZH_NUMBER})[日号]", _date),
    rule(rf"\b(?:the )?(?P<which>first|second|third|fourth|last) week (?:of|in) {_MONTH}{_EN_YEAR}", _week_of_month),
    rule(rf"{_ZH_YEAR}{_ZH_MONTH}月份?的?(?P<which>最后一|第[一二三四])个?(?:周|星期)", _week_of_month),
    rule(rf"{_ZH_YEAR}(?P<bare>){_ZH_MONTH}月份?", _month),
    rule(rf"\blast {_MONTH}(?! \d)", _last_month_called),
    rule(rf"\b(?P<bare>){_MONTH}{_EN_YEAR}", _month),
    rule(rf"\b(?:the )?(?P<bare>)q(?P<q>[1-4])\b{_EN_YEAR}", _quarter),
    rule(rf"\b(?:the )?(?P<bare>)(?P<q>{'|'.join(_PLACES)}) quarter\b{_EN_YEAR}", _quarter),
    rule(rf"{_ZH_YEAR}(?P<bare>)第?(?P<q>[1-4一二三四])季度?", _quarter),
    rule(rf"{_ZH_YEAR}(?P<bare>)q(?P<q>[1-4])", _quarter),
    rule(rf"\b(?P<bare>)h(?P<half>[12])\b{_EN_YEAR}", _half),
    rule(rf"\b(?:the )?(?P<bare>)(?P<half>first|second|1st|2nd) half(?: of the year)?\b{_EN_YEAR}", _half),
    rule(rf"{_ZH_YEAR}(?P<bare>)(?P<half>[上下])半年", _half),
    rule(rf"\b(?:calendar )?(?P<bare>)week (?:number )?(?P<week>\d{{1,2}})\b{_EN_YEAR}", _week_number),
    rule(rf"{_ZH_YEAR}(?P<bare>)第(?P<week>{ZH_NUMBER})个?(?:周|星期)", _week_number),
]  # fmt: skip
RULES: list[Rule] = [
    rule(rf"\b(?:the )?(?:last|past|previous) (?P<n>{EN_NUMBER}) (?:full|whole|complete|completed) {_EN_UNIT}|(?:最近|过去|近|前)(?P<m>{ZH_NUMBER})个?(?:完整的?|整)(?P<zh>周|月|季度?|年)", _last_whole),
    rule(r"\b(?:since|from) the (?:beginning|start) of (?:the |this )?(?P<unit>week|month|quarter|year)\b|(?:自|从)?(?P<zh>[年月周季])初(?:到现在|到今天|到今|至今|以来|开始|起)", _until_now),
    rule(r"\b(?:so far this year|year to date|ytd|this year so far)\b|今年以来|今年至今|年初至今", lambda m, c: calendar.year(c.today.year).until(c.today)),
    rule(r"\b(?:so far this month|month to date|mtd|this month so far)\b|本月至今|这个月以来|月初至今", lambda m, c: calendar.whole_units("month", 0, c.today).until(c.today)),
    rule(rf"\b(?:in |over |during |within |for )?(?:the )?(?:last|past|previous|recent) (?P<n>{EN_NUMBER})[ -]{_EN_UNIT}", _last_n),
    rule(r"\b(?:in |over |during |within |for )?(?:the )?(?:last|past|previous) fortnight\b", lambda m, c: calendar.last_days(14, c.today)),
    rule(rf"(?:最近|过去|近|前|这)(?:的)?(?P<n>{ZH_NUMBER})个?{_ZH_UNIT}(?:以?内|以来|里)?", _last_n),
    rule(r"\b(?:in |over |during )?the past (?P<unit>week|month|quarter|year)\b", lambda m, c: calendar.last_units(m["unit"], 1, c.today)),
    rule(rf"\b(?P<n>{EN_NUMBER}|a) {_EN_UNIT} ago\b", lambda m, c: None if m["n"] == "a" and m["unit"] == "year" else _ago(m, c)),
    rule(rf"(?P<n>{ZH_NUMBER})个?{_ZH_UNIT}之?前", _ago),
    rule(r"\b(?:the )?week before last\b", lambda m, c: calendar.whole_units("week", -2, c.today, c.week_start)),
    rule(r"\b(?:the )?day before yesterday\b|前天", _named_day(-2)),
    rule(r"\b(?:the )?(?P<unit>month|quarter|year) before last\b", _relative(-2)),
    rule(r"\b(?:today)\b|今天|今日|当天", _named_day(0)),
    rule(r"\byesterday\b|昨天|昨日|昨晚", _named_day(-1)),
    rule(rf"\b(?:last )?(?P<feast>{feasts.FEAST_EN})(?!\w)(?P<week> week\b)?{_EN_YEAR}", _feast(feasts.IN_ENGLISH)),
    rule(rf"{_ZH_YEAR}(?P<feast>{feasts.FEAST_ZH})(?:(?P<week>那?一?周)|期间|当天|那天)?", _feast(feasts.IN_CHINESE)),
    rule(rf"\b(?P<which>last|this|on)? ?{_WEEKDAY}(?!s)", _day_of_week),
    rule(r"(?P<which>上上|上|本|这)?个?(?<![每各一二两三四五六七八九十\d])(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?![个次])", _day_of_week),
    rule(r"\b(?:at |on |over )?(?:the )?(?P<which>last|this|past)? ?weekend\b|(?P<zh>上上|上|本|这)?个?周末", _weekend),
    rule(r"上上个?(?P<unit>周|星期|礼拜|月|季度?)", _relative(-2)),
    rule(r"上一?个?(?P<unit>周|星期|礼拜|月|季度?)(?:份)?(?!同)", _relative(-1)),
    rule(r"(?<!回)(?:本|这|当)一?个?(?P<unit>周|星期|礼拜|月|季度?|年)(?:份|度)?", _relative(0)),
    *POINTS,
    rule(r"(?<!same day )(?<!same period )(?<!same time )(?<!same week )(?<!same month )\b(?:the )?(?:last|past|previous) (?P<unit>week|month|quarter|year)\b", _relative(-1)),
    rule(r"\b(?:this|the current) (?P<unit>week|month|quarter|year)\b", _relative(0)),
    *_YEARS,
    rule(r"去年(?!同期)全?年?", lambda m, c: calendar.year(c.today.year - 1)),
    rule(r"前年", lambda m, c: calendar.year(c.today.year - 2)),
    rule(r"今年", lambda m, c: calendar.year(c.today.year)),
    rule(r"(?<![上下])(?:过去|最近|近|这)?半年(?:内|来|以来)?", lambda m, c: calendar.last_units("month", 6, c.today)),
]  # fmt: skip
