"""Which days a page shows, and what is said about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from insights import formats
from insights.analytics import TimeRange

CHOICES = (7, 30, 90, 365)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days from ``start`` until before ``end``.

    Attributes:
        days: the number chosen; 0 for days of one's own choice.
        note: what the reader should know of the choice.
    """

    start: date
    end: date
    days: int = 0
    note: str = ""

    @property
    def last(self) -> date:
        """The last day that is shown."""
        return self.end - _DAY

    @property
    def length(self) -> int:
        """How many days are shown."""
        return (self.end - self.start).days

    @property
    def label(self) -> str:
        """The days in words."""
        return formats.span(self.start, self.last)

    @property
    def time_range(self) -> TimeRange:
        """The days for the semantic layer; whole months of one's own choice are compared with whole months."""
        return TimeRange(start=self.start, end=self.end, unit="day" if self.days else None)

    def parameters(self) -> dict[str, object]:
        """As parameters of an address."""
        if self.days:
            return {"days": self.days if self.days != 30 else ""}
        return {"from": self.start.isoformat(), "to": self.last.isoformat()}


def read(parameters: Mapping[str, str], today: date, first: date | None, last: date | None) -> Period:
    """The period that was asked for.

    Whole days only: today is left out, unless the shop began today. When the last order is
    older than the period, the period ends with it, since a row of noughts says nothing.

    Args:
        parameters: ``days``, or ``from`` and ``to`` with both ends included.
        today: the shop's day.
        first: day of the first order.
        last: day of the last order.
    """
    own = _own(parameters)
    if own:
        return own
    asked = parameters.get("days", "")
    days = int(asked) if asked in map(str, CHOICES) else 30
    end, note = today, ""
    if first is not None and first >= today:
        end, note = today + _DAY, _("Today is the first day, so it is included.")
    elif last is not None and last < end - days * _DAY:
        end = last + _DAY
        note = _("No order since %(day)s; the period ends with it.") % {"day": formats.long_day(last)}
    return Period(end - days * _DAY, end, days, note)


def _own(parameters: Mapping[str, str]) -> Period | None:
    try:
        start, last = parse_date(parameters.get("from", "")), parse_date(parameters.get("to", ""))
    except ValueError:
        return None
    if start is None or last is None or start > last or last == date.max:
        return None
    return Period(start, last + _DAY)
