"""The figures once more, by plain Python over plain rows: what the semantic layer is held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from insights.analytics import METRICS, Query, TimeRange, run
from tests.insights.analytics.world import Bought, Line, World

Key = tuple[Any, ...]


def start(day: date, grain: str) -> date:
    """The first day of a stretch, written the long way."""
    if grain == "day":
        return day
    if grain == "week":
        while day.isoweekday() != 1:
            day -= timedelta(days=1)
        return day
    if grain == "month":
        return date(day.year, day.month, 1)
    if grain == "quarter":
        return date(day.year, {1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 4, 7: 7, 8: 7, 9: 7}.get(day.month, 10), 1)
    return date(day.year, 1, 1)


GRAINS = ("day", "week", "month", "quarter", "year")


@dataclass
class Oracle:
    """Figures of a world, by dimensions, within a time range, as known at a moment."""

    world: World
    dimensions: Sequence[str] = ()
    time_range: TimeRange | None = None
    as_of: datetime | None = None

    def inside(self, day: date) -> bool:
        """Whether a day is in the range."""
        return self.time_range is None or self.time_range.start <= day < self.time_range.end

    def values(self, metric: str) -> dict[Key, Any]:
        """The metric by group."""
        return getattr(self, metric)()

    # --- by what ---

    def _of_order(self, order: Bought, name: str, day: date) -> Any:
        if name in GRAINS:
            return start(day, name)
        if name == "weekday":
            return day.isoweekday()
        if name == "new_or_returning":
            return "guest" if order.customer is None else "returning" if self._returns(order, day) else "new"
        if name == "segment":
            state = self.world.states.get(order.customer.pk) if order.customer else None
            return state.segment if state else "unknown"
        if name == "customer":
            return order.customer.external_id if order.customer else "unknown"
        return getattr(order, name)

    def _of_line(self, order: Bought, line: Line, name: str) -> Any:
        product = line.product
        if name == "product":
            return product.name or product.external_id
        if name == "category":
            return product.category.name if product.category else "unknown"
        if name == "brand":
            return product.brand or "unknown"
        return self._of_order(order, name, order.day)

    def _returns(self, order: Bought, day: date) -> bool:
        assert order.customer is not None
        grain = next((grain for grain in GRAINS if grain in self.dimensions), None)
        edges = [start(day, grain)] if grain else []
        edges += [self.time_range.start] if self.time_range else []
        if edges:
            first = self.world.first_day(order.customer, self.as_of)
            return first is not None and first < max(edges)
        return sum(other.customer is order.customer for other in self.world.valid(self.as_of)) > 1

    @property
    def by_lines(self) -> bool:
        """Whether the rows are lines."""
        return bool({"product", "category", "brand"} & set(self.dimensions))

    def _orders(self) -> Iterator[tuple[Key, Bought]]:
        for order in self.world.valid(self.as_of):
            if self.inside(order.day):
                yield tuple(self._of_order(order, name, order.day) for name in self.dimensions), order

    def _lines(self) -> Iterator[tuple[Key, Bought, Line]]:
        for order in self.world.valid(self.as_of):
            if self.inside(order.day):
                for line in order.lines:
                    yield tuple(self._of_line(order, line, name) for name in self.dimensions), order, line

    def _groups(self) -> dict[Key, dict[int, Bought]]:
        """The different orders of each group."""
        found: dict[Key, dict[int, Bought]] = defaultdict(dict)
        pairs = ((key, order) for key, order, _line in self._lines()) if self.by_lines else self._orders()
        for key, order in pairs:
            found[key][order.row.pk] = order
        return found

    def _count(self, wanted: Callable[[Bought], bool]) -> dict[Key, int]:
        """Different customers of the orders that are wanted."""
        return {
            key: len({order.customer.pk for order in orders.values() if order.customer and wanted(order)})
            for key, orders in self._groups().items()
        }

    # --- figures ---

    def revenue(self) -> dict[Key, Any]:
        found: dict[Key, Decimal] = defaultdict(Decimal)
        if self.by_lines:
            for key, _order, line in self._lines():
                found[key] += line.amount
            return found
        for key, order in self._orders():
            found[key] += order.total
        for order in self.world.valid(self.as_of):
            for at, day, amount in order.refunds:
                if self.inside(day) and (self.as_of is None or at < self.as_of):
                    found[tuple(self._of_order(order, name, day) for name in self.dimensions)] -= amount
        return found

    def gross_revenue(self) -> dict[Key, Any]:
        found: dict[Key, Decimal] = defaultdict(Decimal)
        for order in self._placed():
            found[tuple(self._of_order(order, name, order.day) for name in self.dimensions)] += order.total
        return found

    def _placed(self) -> list[Bought]:
        return [
            order
            for order in self.world.orders
            if order.excluded in ("", "cancelled", "refunded")
            and self.inside(order.day)
            and (self.as_of is None or order.placed_at < self.as_of)
        ]

    def cancelled_orders(self) -> dict[Key, Any]:
        found: dict[Key, int] = defaultdict(int)
        for order in self._placed():
            known = self.as_of is None or (order.excluded_at is not None and order.excluded_at < self.as_of)
            found[tuple(self._of_order(order, name, order.day) for name in self.dimensions)] += (
                order.excluded == "cancelled" and known
            )
        return found

    def orders(self) -> dict[Key, Any]:
        return {key: len(orders) for key, orders in self._groups().items()}

    def units(self) -> dict[Key, Any]:
        found: dict[Key, int] = defaultdict(int)
        for key, _order, line in self._lines():
            found[key] += line.quantity
        return found

    def aov(self) -> dict[Key, Any]:
        orders = self.orders()
        return {
            key: (amount / orders[key]).quantize(Decimal("0.0001")) if orders.get(key) else None
            for key, amount in self.revenue().items()
        }

    def median_order_value(self) -> dict[Key, Any]:
        found = {}
        for key, orders in self._groups().items():
            values = sorted(order.total for order in orders.values())
            middle = len(values) // 2
            found[key] = values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
        return found

    def buyers(self) -> dict[Key, Any]:
        return self._count(lambda order: True)

    def new_customers(self) -> dict[Key, Any]:
        if self.time_range is None and not set(GRAINS) & set(self.dimensions):
            return self.buyers()
        return self._count(lambda order: not self._returns(order, order.day))

    def returning_customers(self) -> dict[Key, Any]:
        return self._count(lambda order: self._returns(order, order.day))

    def repeat_rate(self) -> dict[Key, Any]:
        found = {}
        for key, orders in self._groups().items():
            per: dict[int, int] = defaultdict(int)
            for order in orders.values():
                if order.customer:
                    per[order.customer.pk] += 1
            found[key] = sum(count > 1 for count in per.values()) / len(per) if per else None
        return found

    def purchase_frequency(self) -> dict[Key, Any]:
        found = {}
        for key, orders in self._groups().items():
            theirs = [order.customer.pk for order in orders.values() if order.customer]
            found[key] = len(theirs) / len(set(theirs)) if theirs else None
        return found

    def days_between_orders(self) -> dict[Key, Any]:
        gaps: dict[Key, list[int]] = defaultdict(list)
        for key, order in self._orders():
            earlier = [
                other.placed_at
                for other in self.world.valid(self.as_of)
                if order.customer is not None and other.customer is order.customer and other.placed_at < order.placed_at
            ]
            if earlier:
                before = next(other for other in self.world.orders if other.placed_at == max(earlier))
                gaps[key].append((order.day - before.day).days)
        return {key: sum(values) / len(values) for key, values in gaps.items()}

    def retention_rate(self) -> dict[Key, Any]:
        """For a month as the only dimension, or none: of the customers before, those who came again."""
        people: dict[date, set[int]] = defaultdict(set)
        for order in self.world.valid(self.as_of):
            if order.customer:
                people[start(order.day, "month")].add(order.customer.pk)
        found = {}
        for month, buyers in people.items():
            before = people.get(start(month - timedelta(days=1), "month"))
            if before and self.inside(month):
                found[(month,)] = len(buyers & before) / len(before)
        return found


def agree(metric: str, got: Any, wanted: Any, where: str = "in all") -> None:
    """Whether a figure is the expected one: exact, but for floats."""
    if wanted is None:
        wanted = (
            None if METRICS[metric].unit in ("rate", "ratio", "days") or metric in ("aov", "median_order_value") else 0
        )
    if isinstance(wanted, float):
        assert got == pytest.approx(wanted), f"{metric} {where}"
    else:
        assert got == wanted, f"{metric} {where}"


def check(
    world: World, metric: str, dimensions: tuple[str, ...], time_range: TimeRange | None, as_of: Any = None
) -> None:
    result = run(Query(metrics=[metric], dimensions=dimensions, time_range=time_range, as_of=as_of))
    expected = Oracle(world, dimensions, time_range, as_of).values(metric)
    width = len(dimensions)
    found = {tuple(row[:width]): row[width] for row in result.rows}
    assert len(found) == len(result.rows)
    for key in {*found, *(key for key, value in expected.items() if value)}:
        assert key in found, f"{metric} by {dimensions}: {key} is missing"
        agree(metric, found[key], expected.get(key), f"by {dimensions}: {key}")
    agree(metric, result.totals[metric], _whole(world, metric, dimensions, time_range, as_of))


def _whole(world: World, metric: str, dimensions: tuple[str, ...], time_range: TimeRange | None, as_of: Any) -> Any:
    """The figure without dimensions, but from the same rows: lines stay lines."""
    whole = Oracle(world, (), time_range, as_of)
    if {"product", "category", "brand"} & set(dimensions):
        whole = _OfLines(world, (), time_range, as_of)
    return whole.values(metric).get(())


class _OfLines(Oracle):
    by_lines = True  # type: ignore[assignment]
