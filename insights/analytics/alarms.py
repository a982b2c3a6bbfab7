"""What has fallen silent, and which shares have jumped: from plain counts, asked for and kept nowhere.

An hour of the week is compared with the same hours of the weeks before. How long a silence may last follows from the
negative binomial law, a Poisson law whose rate itself varies from week to week as the shop's own past did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, inf, log1p, sqrt

from django.db.models import Count, Q
from django.db.models.functions import TruncHour

from insights.models import Event, LineKind, Order, OrderLine, Run, RunState, SyncCursor

WEEKS = 8
"""How far back the shop's own past is read."""
FEWEST_WEEKS = 3
CERTAIN = 1e-4
"""A silence is told when it would come by chance less often than this."""
DEVIATIONS = 3.5
"""How far two shares have to lie apart, in standard errors."""
FACTOR = 1.5
"""And by which factor, since with many rows every little difference is certain."""
FEWEST_ROWS = 10
EVENTS = ("page_view", "view_item", "add_to_cart", "begin_checkout", "purchase", "search")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Silence:
    """Something that has not come for longer than chance allows.

    Attributes:
        what: an event's name, or ``orders``.
        since: the last one.
        expected: how many would have come since, as in the weeks before.
        chance: how probable it is that none of them came.
    """

    what: str
    since: datetime
    expected: float
    chance: float


@dataclass(frozen=True)
class Jump:
    """A share that is higher than it was.

    Attributes:
        what: a key of ``SHARES``.
    """

    what: str
    now: float
    before: float
    rows: int


def silence(what: str, hours: Mapping[datetime, int], last: datetime | None, now: datetime) -> Silence | None:
    """Whether nothing came for too long.

    Args:
        hours: how many came in each hour before ``last``, by the hour's beginning.
        last: when the last one came.
        now: until when one would know.
    """
    if last is None or last >= now or not hours:
        return None
    start = max(min(hours), _whole_hour(last) - timedelta(weeks=WEEKS))
    weeks = (_whole_hour(last) - start) / timedelta(weeks=1)
    if weeks < FEWEST_WEEKS:
        return None
    usual: defaultdict[int, float] = defaultdict(float)
    totals: defaultdict[int, int] = defaultdict(int)
    for hour, count in hours.items():
        if start <= hour < _whole_hour(last):
            usual[_of_week(hour)] += count / weeks
            totals[int((_whole_hour(last) - hour) / timedelta(weeks=1))] += count
    expected = _expected(usual, last, now)
    chance = _chance_of_none(expected, [totals[week] for week in range(int(weeks))])
    return Silence(what, last, expected, chance) if chance < CERTAIN else None


def jump(what: str, now: tuple[int, int], before: tuple[int, int]) -> Jump | None:
    """Whether a share is higher than chance allows.

    Args:
        now: rows that have it, and all rows, of late.
        before: the same of the time before.
    """
    have, rows = now
    had, all_before = before
    if have < FEWEST_ROWS or not rows or not all_before:
        return None
    share, was = have / rows, had / all_before
    together = (have + had) / (rows + all_before)
    error = sqrt(together * (1 - together) * (1 / rows + 1 / all_before))
    if share <= was * FACTOR or not error or (share - was) / error < DEVIATIONS:
        return None
    return Jump(what, share, was, rows)


def silences(now: datetime) -> list[Silence]:
    """What has fallen silent, as far as one can know: of what comes by a sync, nothing later than the last one."""
    known = {kind: _known_until(kind, now) for kind in ("events", "orders")}
    past = now - timedelta(weeks=WEEKS + 1)
    found = []
    # By the day too, since it is the day that the index knows.
    events = Event.objects.filter(
        counts=True,
        bot="",
        name__in=EVENTS,
        local_date__gte=past.date() - timedelta(days=1),
        occurred_at__gte=past,
        occurred_at__lte=now,
    )
    rows = (
        events.order_by()
        .annotate(hour=TruncHour("occurred_at", tzinfo=UTC))
        .values_list("name", "hour")
        .annotate(count=Count("pk"))
    )
    by_name: defaultdict[str, dict[datetime, int]] = defaultdict(dict)
    for name, hour, count in rows:
        by_name[name][hour] = count
    for name, hours in by_name.items():
        last = events.filter(name=name).order_by("-occurred_at").values_list("occurred_at", flat=True).first()
        found.append(silence(name, hours, last, known["events"]))
    orders = Order.objects.filter(placed_at__gte=past, placed_at__lte=now)
    placed = orders.order_by().annotate(hour=TruncHour("placed_at", tzinfo=UTC)).values_list("hour")
    last = orders.order_by("-placed_at").values_list("placed_at", flat=True).first()
    found.append(silence("orders", dict(placed.annotate(count=Count("pk"))), last, known["orders"]))
    return sorted((item for item in found if item is not None), key=lambda item: item.since)


def jumps(now: datetime) -> list[Jump]:
    """Shares that are higher in the last seven days than in the weeks before."""
    late, early = now - timedelta(days=7), now - timedelta(weeks=WEEKS)
    found = []
    for what, (model, moment, of, has) in SHARES.items():
        rows = model._default_manager.filter(of, **{f"{moment}__gte": early, f"{moment}__lte": now})
        lately = Q(**{f"{moment}__gte": late})
        counts = rows.aggregate(
            have=Count("pk", filter=has & lately),
            rows=Count("pk", filter=lately),
            had=Count("pk", filter=has & ~lately),
            before=Count("pk", filter=~lately),
        )
        found.append(jump(what, (counts["have"], counts["rows"]), (counts["had"], counts["before"])))
    return [item for item in found if item is not None]


_SOLD = Q(kind=LineKind.PRODUCT)
SHARES = {
    "unknown_product": (OrderLine, "order__placed_at", _SOLD, Q(product=None)),
    "no_rate": (Order, "placed_at", Q(), Q(excluded="no_rate")),
    "no_customer": (Order, "placed_at", Q(), Q(customer=None)),
    "no_product": (Event, "occurred_at", Q(name__in=("view_item", "add_to_cart"), counts=True), Q(product=None)),
    "empty": (Order, "placed_at", Q(), Q(excluded="empty")),
}
"""Shares that are watched: the table, its moment, of which rows, and which of them have it."""


def _known_until(kind: str, now: datetime) -> datetime:
    """Until when rows of a kind are known: what a sync brings, until the last one."""
    if not SyncCursor.objects.filter(kind=kind).exclude(watermark={}).exists():
        return now
    runs = Run.objects.filter(kind="sync", state=RunState.DONE).order_by("-created_at", "-pk")
    last = runs.values_list("started_at", flat=True).first()
    return min(last, now) if last else now


def _expected(usual: Mapping[int, float], last: datetime, now: datetime) -> float:
    total, moment = 0.0, last
    # After a week without anything, more weeks say no more.
    end = min(now, last + timedelta(weeks=2))
    while moment < end:
        following = min(_whole_hour(moment) + _HOUR, end)
        total += usual[_of_week(moment)] * ((following - moment) / _HOUR) if _of_week(moment) in usual else 0.0
        moment = following
    return total


def _chance_of_none(expected: float, totals: Sequence[int]) -> float:
    mean = sum(totals) / len(totals)
    variance = sum((total - mean) ** 2 for total in totals) / max(len(totals) - 1, 1)
    size = mean**2 / (variance - mean) if variance > mean else inf
    power = expected if size == inf else size * log1p(expected / size)
    return exp(-power)


def _of_week(moment: datetime) -> int:
    return moment.weekday() * 24 + moment.hour


def _whole_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
