"""A moment as the snapshot knows it: epoch seconds, and the number of the shop's day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

_EPOCH = date(1970, 1, 1).toordinal()


class Moment(NamedTuple):
    """What was known just before ``epoch``; ``day`` is the shop's day that this knowledge ends in."""

    epoch: int
    """Seconds since 1970; facts of this second are not known yet."""
    day: int
    """Days since 1970 in the shop's zone; it is "today" of "the last 30 days, today included"."""

    @classmethod
    def of(cls, as_of: datetime) -> Moment:
        """The moment of an aware datetime, cut to whole seconds."""
        last = as_of.replace(microsecond=0) - timedelta(seconds=1)
        return cls(int(last.timestamp()) + 1, day_number(timezone.localtime(last, timezone.get_default_timezone())))

    @classmethod
    def at_end_of(cls, day: int) -> Moment:
        """The moment at which the shop's day with this number is over."""
        return cls.of(end_of_day(day_to_date(day)))

    def as_datetime(self) -> datetime:
        """The moment as an aware datetime in the shop's zone."""
        return datetime.fromtimestamp(self.epoch, tz=timezone.get_default_timezone())


def day_number(day: date) -> int:
    """Days from 1970-01-01 to a date, or to the date of a datetime."""
    return day.toordinal() - _EPOCH


def day_to_date(number: int) -> date:
    """The date with this day number."""
    return date.fromordinal(int(number) + _EPOCH)


def end_of_day(day: date) -> datetime:
    """Midnight after the shop's day: as of it, all of the day is known."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=timezone.get_default_timezone())
