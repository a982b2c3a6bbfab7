"""Who came back: the customers of one stretch of time against those of the stretch before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from insights.analytics.facts import Scope
from insights.analytics.time import Grain, TimeRange, add, previous_period, start_of

Rows = Iterable[tuple[tuple[Any, ...], tuple[int, int]]]


def retention(read: Callable[[Scope], QuerySet[Any]], scope: Scope, dimensions: Sequence[str]) -> Rows:
    """How many of the customers of the stretch before bought again, and how many they were.

    Args:
        read: orders of a scope, annotated with ``by_<dimension>``.
        scope: with a time range, a grain, or both.
        dimensions: keys; the grain, if there is one, among them.

    Returns:
        (values of the dimensions, (came back, were there)). Who came back may have bought anything.
    """
    if scope.grain is not None:
        return _by_stretch(read, scope, scope.grain, list(dimensions))
    if scope.time_range is None:
        return []
    before = _buyers(read(replace(scope, time_range=previous_period(scope.time_range))), dimensions)
    now = set().union(*_buyers(read(scope), dimensions).values())
    return [(key, (len(people & now), len(people))) for key, people in before.items()]


def _by_stretch(read: Callable[[Scope], QuerySet[Any]], scope: Scope, grain: Grain, dimensions: list[str]) -> Rows:
    place = dimensions.index(grain)
    if scope.time_range is not None:
        first = start_of(scope.time_range.start, grain)
        earlier = start_of(first - timedelta(days=1), grain)
        scope = replace(scope, time_range=TimeRange(start=earlier, end=scope.time_range.end))
    buyers = _buyers(read(scope), dimensions)
    of_stretch: dict[date, set[int]] = defaultdict(set)
    for key, people in buyers.items():
        of_stretch[key[place]] |= people
    last = max(of_stretch, default=date.min) if scope.time_range is None else scope.time_range.end - timedelta(days=1)
    rows = []
    for key, people in buyers.items():
        day = add(key[place], grain, 1)
        if day <= last:
            shifted = (*key[:place], day, *key[place + 1 :])
            rows.append((shifted, (len(people & of_stretch.get(day, set())), len(people))))
    return rows


def _buyers(orders: QuerySet[Any], dimensions: Sequence[str]) -> dict[tuple[Any, ...], set[int]]:
    names = [f"by_{key}" for key in dimensions]
    found: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    for *key, customer in orders.filter(customer__isnull=False).values_list(*names, "customer_id").distinct():
        found[tuple(key)].add(customer)
    return found
