"""Stretches of days in the shop's time zone: half-open, named, and the ones they are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args

from django.utils import timezone
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from insights.conf import settings
from insights.exceptions import QueryError

Grain = Literal["day", "week", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = get_args(Grain)
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class TimeRange(BaseModel):
    """Days from ``start`` until before ``end``.

    ``unit`` says in what the stretch was named ("this month"), so that a part of it is compared
    with the same part of the one before. Without it whole months are known by their edges, and
    anything else is so many days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: date
    end: date
    unit: Grain | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: Any, handler: Any) -> Any:
        try:
            made = handler(data)
        except ValidationError:
            raise QueryError(
                f"“{data}” is no time range. Give ISO days: "
                '{"start": "2025-01-01", "end": "2025-02-01"}; the end is not included.'
            ) from None
        if made.start < EARLIEST or made.end > LATEST:
            raise QueryError(f"A time range lies between {EARLIEST} and {LATEST}, unlike {made.start} to {made.end}.")
        if made.start >= made.end:
            raise QueryError(f"The time range ends on {made.end}, before or as it starts on {made.start}.")
        return made

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days


def today(as_of: datetime | None = None) -> date:
    """The shop's day: now, or the last that is known of at ``as_of``, which at midnight is the day just over."""
    instant = timezone.now() if as_of is None else as_of - timedelta(microseconds=1)
    return timezone.localtime(instant, timezone.get_default_timezone()).date()


def start_of(day: date, grain: Grain, week_start: str | None = None) -> date:
    """The first day of the week, month … that holds a day."""
    if grain == "day":
        return day
    if grain == "week":
        sunday = (week_start or settings.WEEK_START) == "sunday"
        return day - timedelta(days=(day.weekday() + sunday) % 7)
    months = _MONTHS[grain]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def add(day: date, grain: Grain, count: int) -> date:
    """A day so many weeks, months … later; the last day of a shorter month where there is no such day."""
    if grain == "day":
        return day + count * _DAY
    if grain == "week":
        return day + 7 * count * _DAY
    month = day.year * 12 + day.month - 1 + count * _MONTHS[grain]
    first = date(month // 12, month % 12 + 1, 1)
    return first.replace(day=min(day.day, (_next_month(first) - _DAY).day))


def buckets(time_range: TimeRange, grain: Grain) -> Iterator[date]:
    """The first days of all weeks, months … that the stretch touches."""
    day = start_of(time_range.start, grain)
    while day < time_range.end:
        yield day
        day = add(day, grain, 1)


def last_days(count: int, on: date) -> TimeRange:
    """The last ``count`` days, ``on`` included."""
    return TimeRange(start=on - (count - 1) * _DAY, end=on + _DAY, unit="day")


def this(unit: Grain, on: date) -> TimeRange:
    """The week, month … that holds ``on``, until and with that day."""
    return TimeRange(start=start_of(on, unit), end=on + _DAY, unit=unit)


def last(unit: Grain, on: date) -> TimeRange:
    """The whole week, month … before the one that holds ``on``."""
    end = start_of(on, unit)
    return TimeRange(start=add(end, unit, -1), end=end, unit=unit)


def previous_period(time_range: TimeRange) -> TimeRange:
    """The stretch before, as long: whole months against whole months, a part against the same part."""
    unit, count = _unit_of(time_range)
    if unit == "day":
        return TimeRange(start=time_range.start - time_range.days * _DAY, end=time_range.start, unit=time_range.unit)
    start = add(time_range.start, unit, -count)
    if time_range.end == add(time_range.start, unit, count):
        return TimeRange(start=start, end=time_range.start, unit=time_range.unit)
    end = min(start + time_range.days * _DAY, time_range.start)
    return TimeRange(start=start, end=end, unit=time_range.unit)


def previous_year(time_range: TimeRange) -> TimeRange:
    """The same days a year earlier; 29 February becomes the 28th."""
    end = add(time_range.end - _DAY, "year", -1) + _DAY
    start = add(time_range.start, "year", -1)
    if time_range.start.day == 1 and time_range.end.day == 1:
        end = add(time_range.end, "year", -1)
    return TimeRange(start=start, end=max(end, start + _DAY), unit=time_range.unit)


def _unit_of(time_range: TimeRange) -> tuple[Grain, int]:
    """In what the stretch is counted, and how many of them it spans."""
    start, end = time_range.start, time_range.end
    unit = time_range.unit
    if unit in (None, "day"):
        whole_months = unit is None and start.day == 1 and end.day == 1
        return ("month", (end.year - start.year) * 12 + end.month - start.month) if whole_months else ("day", 0)
    assert unit is not None
    count = 1
    while add(start, unit, count) < end:
        count += 1
    return unit, count


def _next_month(first: date) -> date:
    return (first + 31 * _DAY).replace(day=1)
