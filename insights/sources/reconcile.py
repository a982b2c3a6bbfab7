"""Our figures beside the shop's own tables, day by day and currency by currency, each difference with its reason.

The shop's side is counted in the shop's database, through the adapter's ``Orders`` alone: every order that it maps,
cancelled ones too, at its total. Ours are the orders that count, less what was given back on its own day. A week is in
memory at a time where ``placed_at`` is a column of the shop's; else all days that were asked for are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from insights.batches import batches
from insights.consent import forgotten
from insights.exceptions import AdapterError
from insights.models import Order, QuarantinedRow, Refund, Run, RunState, Suppression, SyncCursor
from insights.sources.adapter import Adapter
from insights.sources.differences import UNKNOWN, Day, Difference, Sums
from insights.sources.forgotten import MARK
from insights.sources.mapped import Given, Mapped
from insights.sources.resolve import mapped
from insights.sources.shop_orders import LineSum, ShopOrder, line_sums, shop_orders
from insights.sources.stored import whole
from insights.sources.stretches import Stretch, between, day_column, stretches
from insights.sources.tally import Person, Tally

_CHUNK = 2_000
_WEEK = timedelta(days=7)
_Place = tuple[date | None, str]


@dataclass(frozen=True)
class Span:
    """A stretch of days that was compared.

    Attributes:
        days: those on which the shop or we have anything, oldest first.
        rows: what makes the differences.
        unchecked: orders whose total is that of lines which cannot be looked up by their order; ours was taken for it.
    """

    days: list[Day] = field(default_factory=list)
    rows: list[Difference] = field(default_factory=list)
    unchecked: int = 0


def reconcile(adapter: Adapter, first: date | None = None, last: date | None = None) -> Iterator[Span]:
    """Compare the shop's orders with ours, a week at a time.

    Args:
        first: first day; by default the first of all.
        last: last day, which is included; by default the last of all.

    Raises:
        AdapterError: the adapter maps no orders, or maps them wrongly.
    """
    source = orders_of(adapter)
    known = _Known(adapter, source)
    for stretch in stretches(adapter, source, first, last):
        yield _compare(known, stretch)


def orders_of(adapter: Adapter) -> Mapped:
    """The shop's orders as the adapter maps them.

    Raises:
        AdapterError: it maps none, or maps them wrongly.
    """
    source = mapped(adapter, "orders")
    if source is None:
        raise AdapterError(f"{adapter.label()} maps no orders, so there is nothing to compare. Give it a class Orders.")
    return source


def how_many(adapter: Adapter, first: date | None, last: date | None) -> int:
    """How many orders of the shop would be read.

    Raises:
        AdapterError: the adapter maps no orders, or maps them wrongly.
    """
    source = orders_of(adapter)
    column = day_column(source)
    return source.base().filter(between(column, first, last) if column else Q()).count()


class _OurOrder(NamedTuple):
    key: str
    day: date | None
    currency: str
    units: int
    counts: bool
    excluded: str
    customer: int | None
    flags: list[str]

    @property
    def place(self) -> _Place:
        return self.day, self.currency


class _Known:
    """What is looked up once: the adapter's lines, and when the shop was last read."""

    def __init__(self, adapter: Adapter, source: Mapped) -> None:
        self.adapter = adapter
        self.source = source
        self.channel = adapter.name
        self.lines = mapped(adapter, "order_lines")
        self.whole = replace(source, base=source.model._base_manager.using(adapter.database).all)
        self.someone_forgotten = Suppression.objects.exists()
        runs = Run.objects.filter(kind="sync", state=RunState.DONE).order_by("-created_at", "-pk")
        self.read_at = next((run.started_at for run in runs[:200] if run.families in ([adapter.name], [])), None)
        cursor = SyncCursor.objects.filter(channel=adapter.name, kind="orders").first()
        self.read_to = cursor.watermark.get("pk") if cursor else None

    def is_late(self, order: ShopOrder) -> bool:
        """Whether the last sync could not know the order as it is now."""
        if self.read_at is None:
            return True
        if order.changed is not None:
            return order.changed >= self.read_at
        return isinstance(order.pk, int) and isinstance(self.read_to, int) and order.pk > self.read_to


def _compare(known: _Known, stretch: Stretch) -> Span:
    slots: defaultdict[_Place, Tally] = defaultdict(Tally)
    seen: set[str] = set()
    matched: set[str] = set()
    unchecked = 0
    for rows in _pages(known.source, stretch.only):
        unchecked += _compare_page(known, stretch, rows, slots, seen, matched)
    _add_ours_alone(known, stretch, slots, matched)
    ours = _add_refunds(known, stretch, slots, _our_sums(known, stretch))
    days, differences = [], []
    for place in sorted({*slots, *ours}, key=lambda place: (place[0] or date.min, place[1])):
        slot = slots[place]
        slot.count_people()
        day = Day(*place, Sums(slot.orders, slot.units, len(slot.people)), ours.get(place, Sums()))
        explained = sum(slot.gaps.values(), Sums())
        if rest := day.gap - explained:
            slot.add("", UNKNOWN, rest)
        reasons: dict[str, Sums] = {}
        for (order, reason), gap in slot.gaps.items():
            reasons[reason] = reasons.get(reason, Sums()) + gap
            differences.append(Difference(*place, order, reason, gap, slot.details.get((order, reason), "")))
        days.append(replace(day, reasons=reasons))
    return Span(days, differences, unchecked)


def _compare_page(
    known: _Known,
    stretch: Stretch,
    rows: Sequence[Given],
    slots: defaultdict[_Place, Tally],
    seen: set[str],
    matched: set[str],
) -> int:
    """Compare some of the shop's rows with ours; gives how many totals could not be checked."""
    kept = {id(row) for row in known.source.once(rows)}
    theirs = [(order, id(row) in kept) for order, row in zip(shop_orders(known.source, rows), rows, strict=True)]
    theirs = [(order, single) for order, single in theirs if stretch.holds(order.day)]
    ours = _ours(known, [order.key for order, _ in theirs])
    of_lines = [order.key for order, _ in theirs if order.units is None]
    sums = line_sums(known.lines, of_lines) if of_lines else {}
    aside = _aside(known, [order.key for order, _ in theirs if order.key not in ours])
    gone = _forgotten(known, [order for order, _ in theirs])
    unchecked = 0
    for order, single in theirs:
        mine = ours.get(order.key)
        lines = sums.get(order.key) if sums is not None else None
        units = order.units
        if units is None and lines is not None:
            units = lines.units
        elif units is None:
            unchecked += 1
            units = mine.units if mine else 0
        slot = slots[order.day, order.currency]
        slot.orders += 1
        slot.units += units
        person = slot.people.setdefault(order.person or f"o:{order.key}", Person(order.key))
        if not single or (order.key and order.key in seen):
            reason, detail = "repeated_key", ""
        else:
            reason, detail = _reason(known, order, mine, aside)
        seen.add(order.key)
        if reason:
            person.reason = person.reason or reason
            slot.add(order.key, reason, Sums(1, units), detail)
            continue
        assert mine is not None
        matched.add(order.key)
        if mine.customer is not None:
            person.reached.add(mine.customer)
        else:
            person.reason = person.reason or _nameless(order, mine, gone)
        _compare_totals(known, order, mine, units, lines, slot)
    return unchecked


def _reason(
    known: _Known, order: ShopOrder, mine: _OurOrder | None, aside: dict[str, tuple[str, str]]
) -> tuple[str, str]:
    """Why an order of the shop does not count on its day, with what more there is to say; empty where it does."""
    if mine is None:
        if order.meaning == "ignore":
            return "ignored", ""
        if not order.key:
            return "quarantined", "missing_id"
        if order.key in aside:
            return "quarantined", aside[order.key][0]
        return ("late" if known.is_late(order) else UNKNOWN), ""
    if not mine.counts:
        stale = mine.excluded == "cancelled" and order.meaning != "cancelled"
        if not stale:
            return mine.excluded, order.said if mine.excluded == "no_rate" else ""
    elif mine.place == (order.day, order.currency):
        return "", ""
    if known.is_late(order):
        return "late", ""
    return ("repeated_key" if len(known.source.with_keys([order.key])) > 1 else UNKNOWN), ""


def _compare_totals(
    known: _Known, order: ShopOrder, mine: _OurOrder, units: int, lines: LineSum | None, slot: Tally
) -> None:
    gap = units - mine.units
    if not gap:
        return
    if order.units is None and lines is not None and (lines.bad or sum(lines.apart.values()) == gap):
        for reason, part in lines.apart.items():
            slot.add(order.key, reason, Sums(units=part))
        if rest := gap - sum(lines.apart.values()):
            slot.add(order.key, "bad_line", Sums(units=rest))
        return
    if known.is_late(order):
        slot.add(order.key, "late", Sums(units=gap))
        return
    doubled = len(known.source.with_keys([order.key])) > 1
    slot.add(order.key, "repeated_key" if doubled else UNKNOWN, Sums(units=gap))


def _nameless(order: ShopOrder, mine: _OurOrder, gone: set[str]) -> str:
    if order.key in gone or MARK in mine.flags:
        return "forgotten"
    return "unknown_customer" if order.person.startswith("a:") else "guest"


def _add_ours_alone(known: _Known, stretch: Stretch, slots: defaultdict[_Place, Tally], matched: set[str]) -> None:
    """Orders that we count on a day on which the shop has them not."""
    rows = Order.objects.filter(stretch.ours(), channel=known.channel, counts=True)
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", *_columns())[:_CHUNK]):
        last = page[-1][0]
        alone = [mine for mine in (_OurOrder._make(row[1:]) for row in page) if mine.key not in matched]
        for some in batches(alone, 500):
            for mine, reason in zip(some, _why_alone(known, [mine.key for mine in some]), strict=True):
                slot = slots[mine.place]
                slot.add(mine.key, reason, Sums(-1, -mine.units))
                if mine.customer is not None:
                    slot.extra.setdefault(mine.customer, (mine.key, reason))


def _why_alone(known: _Known, keys: list[str]) -> list[str]:
    source = known.source
    if source.key_column is None:
        return ["deleted"] * len(keys)
    found = {order.key: order for order in shop_orders(source, source.with_keys(keys))}
    there = source.present(keys)
    left_out = known.whole.present(keys) - there
    return [
        ("late" if known.is_late(found[key]) else UNKNOWN)
        if key in found
        else (UNKNOWN if key in there else "left_out" if key in left_out else "deleted")
        for key in keys
    ]


def _our_sums(known: _Known, stretch: Stretch) -> dict[_Place, Sums]:
    rows = (
        Order.objects.filter(stretch.ours(), channel=known.channel, counts=True)
        .order_by()
        .values("local_date", "currency")
        .annotate(count=Count("pk"), units=Sum(whole("total")), people=Count("customer", distinct=True))
        .values_list("local_date", "currency", "count", "units", "people")
    )
    return {(day, currency): Sums(orders, int(units), people) for day, currency, orders, units, people in rows}


def _add_refunds(
    known: _Known, stretch: Stretch, slots: defaultdict[_Place, Tally], ours: dict[_Place, Sums]
) -> dict[_Place, Sums]:
    """Take off what was given back, on its own day."""
    rows = Refund.objects.filter(stretch.ours(), channel=known.channel, counts=True)
    for day, currency, order, units in rows.values_list(
        "local_date", "order__currency", "order__external_id", whole("amount")
    ).iterator(chunk_size=_CHUNK):
        slots[day, currency].add(order, "part_refunded", Sums(units=units))
        ours[day, currency] = ours.get((day, currency), Sums()) - Sums(units=units)
    return ours


def _columns() -> tuple[Any, ...]:
    return "external_id", "local_date", "currency", whole("total"), "counts", "excluded", "customer", "flags"


def _ours(known: _Known, keys: Sequence[str]) -> dict[str, _OurOrder]:
    found = {}
    for some in batches(sorted({key for key in keys if key}), 500):
        for row in Order.objects.filter(channel=known.channel, external_id__in=some).values_list(*_columns()):
            found[row[0]] = _OurOrder._make(row)
    return found


def _aside(known: _Known, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Rule and reason of those orders that lie in quarantine."""
    found: dict[str, tuple[str, str]] = {}
    for some in batches(sorted({key for key in keys if key}), 500):
        rows = QuarantinedRow.objects.filter(
            channel=known.channel, kind="orders", external_id__in=some, resolved_at=None
        )
        found |= {key: (rule, reason) for key, rule, reason in rows.values_list("external_id", "rule", "reason")}
    return found


def _forgotten(known: _Known, orders: Sequence[ShopOrder]) -> set[str]:
    if not known.someone_forgotten:
        return set()
    return forgotten(known.channel, {order.key: order.named for order in orders})


def _pages(source: Mapped, only: Q) -> Iterator[list[Given]]:
    after: Any = None
    while True:
        rows: QuerySet[Any] = source.base().filter(only).order_by("pk")
        page = source.read((rows if after is None else rows.filter(pk__gt=after))[:_CHUNK])
        if not page:
            return
        after = page[-1].pk
        yield page
