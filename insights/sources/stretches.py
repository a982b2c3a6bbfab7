"""Which days are compared at once: a week where the shop's database can narrow the rows, else all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import DateTimeField, Min, Q
from django.utils import timezone

from insights.days import midnight
from insights.models import Order, Refund
from insights.sources.adapter import Adapter
from insights.sources.mapped import Mapped
from insights.sources.paths import PathError, follow_path

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Stretch:
    """Days to be compared at once.

    Attributes:
        only: what narrows the shop's rows to these days.
        dateless: whether these are the rows without a day, of which we have none.
    """

    first: date | None
    last: date | None
    only: Q
    dateless: bool = False

    def holds(self, day: date | None) -> bool:
        """Whether a day is one of them."""
        if day is None:
            return self.dateless or (self.first is None and self.last is None)
        return not self.dateless and (self.first or day) <= day <= (self.last or day)

    def ours(self) -> Q:
        """What narrows our rows to these days."""
        if self.dateless:
            return Q(pk__in=())
        early = Q(local_date__gte=self.first) if self.first else Q()
        return early & (Q(local_date__lte=self.last) if self.last else Q())


def stretches(adapter: Adapter, source: Mapped, first: date | None, last: date | None) -> Iterator[Stretch]:
    """The stretches of the days that were asked for, without those on which nothing happened."""
    column = day_column(source)
    if column is None:
        yield Stretch(first, last, Q())
        return
    start = first
    while True:
        start = _next_day(adapter, source, column, start, last)
        if start is None:
            break
        end = start + _WEEK - timedelta(days=1)
        end = end if last is None else min(end, last)
        yield Stretch(start, end, between(column, start, end))
        start = end + timedelta(days=1)
    if first is None and last is None:
        nothing = Q(**{f"{column}__isnull": True})
        if source.base().filter(nothing).exists():
            yield Stretch(None, None, nothing, dateless=True)


def _next_day(adapter: Adapter, source: Mapped, column: str, first: date | None, last: date | None) -> date | None:
    """The first day, from ``first`` on, on which the shop or we have anything."""
    theirs = source.base().filter(between(column, first, last)).aggregate(day=Min(column))["day"]
    if isinstance(theirs, datetime):
        theirs = timezone.localtime(theirs, timezone.get_default_timezone()).date()
    mine = Q(local_date__gte=first) if first else Q()
    mine &= Q(local_date__lte=last) if last else Q()
    found = [
        theirs,
        Order.objects.filter(mine, channel=adapter.name, counts=True).aggregate(day=Min("local_date"))["day"],
        Refund.objects.filter(mine, channel=adapter.name, counts=True).aggregate(day=Min("local_date"))["day"],
    ]
    return min((day for day in found if day is not None), default=None)


def day_column(source: Mapped) -> str | None:
    """The shop's own column of moments or days, by which its database can narrow the rows."""
    column = source.values[source.names.index("placed_at")].column
    if not isinstance(column, str):
        return None
    try:
        found = follow_path(source.model, column).field
    except PathError:
        return None
    return column if isinstance(found, DateTimeField) else None


def between(column: str, first: date | None, last: date | None) -> Q:
    """What narrows the shop's rows to days of the shop's zone, both included."""
    found = Q()
    if first is not None:
        found &= Q(**{f"{column}__gte": midnight(first)})
    if last is not None and last < date.max:
        found &= Q(**{f"{column}__lt": midnight(last + timedelta(days=1))})
    return found
