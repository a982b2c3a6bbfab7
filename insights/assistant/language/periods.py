"""Which stretches of time a question asks about, and against which it sets them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

from insights.analytics import GRAINS
from insights.assistant.language.calendar import Days, whole_units
from insights.assistant.language.said import Note, rivals
from insights.assistant.language.scan import Period, Scan

# After these comes what something is set against: "up on last year", 和去年比.
_AGAINST = re.compile(
    r"(?:\bcompar(?:ed|ison) (?:with|to)|\bcompare (?:with|to)|\bagainst|\bversus|\bvs\.?|\bthan|\bdifference to|\b(?:up|down) on)"
    r"(?: (?:in|on|for|of|the|those of|that of|during))*\s*$|(?:比起|相比于?|对比|较|比)\s*$"
)
# What changed from one month to another is told by the two, and not by all days between.
_CHANGED = re.compile(
    r"\b(?:grow|grew|growth|change[ds]?|difference|increased?|decreased?|r[io]se|f[ae]ll|drop(?:ped)?|up|down)\b|变化|增长|增加|减少|下降|上升|涨|跌|差"
)
_SET_BESIDE = (re.compile(r"[和跟与同]\s*$"), re.compile(r"的?(?:相比|对比|比较|比)"))


@dataclass(frozen=True)
class Asked:
    """The period of a question.

    Attributes:
        days: what is asked about; None is all time.
        against: what it is compared with: ``previous_period``, ``previous_year``, or a stretch of its own.
        unit: in what several periods are told apart, "May and June" by month.
        notes: what the reader should know.
    """

    days: Days | None
    against: str | Days | None = None
    unit: str | None = None
    notes: list[Note] = field(default_factory=list)

    @property
    def compare_to(self) -> str | dict[str, str] | None:
        """``against`` as the semantic layer takes it."""
        return as_range(self.against) if isinstance(self.against, Days) else self.against


def asked(
    found: Scan, today: date, default: Days | None, *, base: Days | None = None, side_by_side: bool = False
) -> Asked:
    """The period that is asked about.

    Args:
        default: taken where none is named; None is all time.
        base: the period of the question before, which "compared with last year?" leaves as it is.
        side_by_side: two periods are compared rather than told apart, since the rows are broken down already.
    """
    about, others = sides(found, leaning=base is not None)
    notes: list[Note] = []
    if not about:
        days = base or (running_unit(others[0].days, today) if others else default)
        if days is None:
            return Asked(None)
        if base is None:
            notes.append(("default_period", {"start": days.start, "end": days.end}))
        return Asked(days, _against(found, days, others[0].days if others else None, today), None, notes)
    days, unit, beside = _joined(found, about, notes, side_by_side=side_by_side and not others)
    named = days
    days = days.until(today)
    first = next(period for period in about if period.days.start <= days.start < period.days.end)
    if first.guess:
        notes.append((first.guess, {"start": days.start, "end": days.end}))
    if days.end < named.end:
        notes.append(("so_far", {"start": days.start, "end": days.end}))
    return Asked(days, _against(found, days, others[0].days if others else beside, today), unit, notes)


def sides(found: Scan, *, leaning: bool = False) -> tuple[list[Period], list[Period]]:
    """The periods that are asked about, and those that they are set against.

    Args:
        leaning: whether a question before has a period, so that a single one is what it is compared with.
    """
    dates = found.dates
    if len(dates) == 1 and dates[0].ends and _CHANGED.search(found.text):
        first, last = (replace(dates[0], days=days, ends=None) for days in dates[0].ends)
        if first.days.unit == last.days.unit and first.days.unit in GRAINS:
            return [last], [first]
    named = [period for period in dates if _is_set_against(found.text, period)]
    compares = bool(named) or found.has("word", "compare")
    if len(dates) < 2:
        # Days that only a number tells ("the last 30 days") have no running counterpart.
        alone = bool(named) and dates[0].days.unit in GRAINS
        return ([], dates) if dates and (alone or (leaning and compares)) else (dates, [])
    if not compares:
        return dates, []
    if named and named[0] is dates[0]:
        return dates[1:], dates[:1]
    if len(dates) == 2:
        return dates[:1], dates[1:]
    place = dates.index(named[0]) if named else len(dates)
    return dates[:place], dates[place:]


def set_against(days: Days, other: Days, today: date) -> str | Days:
    """``other`` as that with which ``days`` are compared: the same part of the unit before where that is meant."""
    overlaps = other.start < days.end and days.start < other.end
    if other.unit == "year" and days.unit != "year":
        years = days.start.year - other.start.year
        if years == 1 or overlaps:
            return "previous_year"
        return Days(_years_before(days.start, years), _years_before(days.end, years))
    if not overlaps and other.unit == days.unit and other.start == _years_before(days.start, 1):
        return "previous_year"
    # "November against last month", asked in December: the month before November is meant.
    if overlaps or (other.unit == days.unit and other.unit in GRAINS and other.end == days.start):
        return "previous_period"
    return other.until(today)


def running_unit(other: Days, today: date) -> Days:
    """The day, week, month … that is not over yet, to set against one before."""
    return whole_units(other.unit, 0, today).until(today)


def as_range(days: Days) -> dict[str, str]:
    """A stretch of days as the semantic layer takes it."""
    unit = {"unit": days.unit} if days.unit in GRAINS[1:] else {}
    return {"start": days.start.isoformat(), "end": days.end.isoformat(), **unit}


def _is_set_against(text: str, period: Period) -> bool:
    start, end = period.span
    before, after = _SET_BESIDE
    return bool(_AGAINST.search(text, 0, start) or (before.search(text, 0, start) and after.match(text, end)))


def _joined(
    found: Scan, about: list[Period], notes: list[Note], *, side_by_side: bool
) -> tuple[Days, str | None, Days | None]:
    """Several periods as one stretch, with the unit that tells them apart, or as two that stand side by side."""
    periods = sorted((period.days for period in about), key=lambda days: days.start)
    if len(periods) == 1:
        return periods[0], None, None
    units = {days.unit for days in periods}
    alike, overlap = len(units) == 1, any(one.end > other.start for one, other in pairwise(periods))
    adjacent = all(one.end == other.start for one, other in pairwise(periods))
    two = alike and not overlap and len(periods) == 2
    if two and (side_by_side or not adjacent or units.isdisjoint(GRAINS)):
        return periods[1], None, periods[0]
    if adjacent:
        unit = periods[0].unit if alike and not units.isdisjoint(GRAINS) else None
        return Days(periods[0].start, periods[-1].end), unit, None
    left_out = [found.text[slice(*period.span)].strip() for period in about[1:]]
    notes.append(("unused", {"words": left_out}))
    return about[0].days, None, None


def _against(found: Scan, days: Days, other: Days | None, today: date) -> str | Days | None:
    if found.has("word", "same_weekday") and (days.end - days.start).days == 1:
        week = timedelta(days=7)
        return Days(days.start - week, days.end - week, "day")
    if found.has("word", "year_ago"):
        return "previous_year"
    if found.has("word", "previous"):
        return "previous_period"
    if other is not None:
        return set_against(days, other, today)
    among_values = len(found.dates) < 2 and rivals(found)
    return "previous_period" if found.has("word", "compare") and not among_values else None


def _years_before(day: date, years: int) -> date:
    """The same day of an earlier year; the 28th for 29 February."""
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)
