"""The form of an answer: rows for stretches in which nothing happened, periods side by side, an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import product as combinations
from typing import Any

from insights.analytics.dimensions import DIMENSIONS, TIME_DIMENSIONS
from insights.analytics.naming import order_of
from insights.analytics.query import Query
from insights.analytics.time import TimeRange, buckets, today

Key = tuple[Any, ...]
Values = dict[Key, list[Any]]
_COMPLETE = ("weekday", "hour")


def fill(found: Values, query: Query, empty: Sequence[Any]) -> None:
    """Add the stretches of time, weekdays and hours in which nothing happened, to each group there is.

    Args:
        found: figures by the values of the dimensions; is changed.
        empty: the figures of nothing.
    """
    if not any(map(_fillable, query.columns)) or sum(key in TIME_DIMENSIONS for key in query.columns) > 1:
        return
    axes = [_axis(key, [row[index] for row in found], query) for index, key in enumerate(query.columns)]
    there = {_rest(row, query) for row in found}
    for key in combinations(*axes):
        rest = _rest(key, query)
        if not rest or rest in there:
            found.setdefault(key, list(empty))


def align(earlier: Values, query: Query) -> Values:
    """The figures of the compared period under the keys of this one: its third week under our third week."""
    assert query.time_range is not None
    assert query.compared is not None
    places: dict[int, dict[Any, date]] = {}
    for index, name in enumerate(query.columns):
        if name in TIME_DIMENSIONS:
            places[index] = dict(zip(buckets(query.compared, name), buckets(query.time_range, name), strict=False))
    moved: Values = {}
    for key, values in earlier.items():
        at = tuple(places[index].get(part) if index in places else part for index, part in enumerate(key))
        if all(at[index] is not None for index in places):
            moved[at] = values
    return moved


def passes(query: Query, values: Sequence[Any]) -> bool:
    """Whether a row meets the conditions on its metrics."""
    for wanted in query.having:
        value = values[query.metrics.index(wanted.metric)]
        if value is None or not _TESTS[wanted.op](value, wanted.value):
            return False
    return True


def arrange(found: Values, query: Query) -> list[Key]:
    """The keys in the order asked for; else time runs forward, named values keep their order, the first metric falls."""
    width = len(query.columns)

    def natural(place: int) -> Callable[[Key], Any]:
        return lambda key: order_of(query.columns[place], key[place])

    keys = sorted(found, key=lambda key: [natural(place)(key) for place in range(width)])
    names = [*query.columns, *query.metrics]
    orders = [(names.index(order.key), order.descending) for order in query.order_by]
    if not orders and width and not any(DIMENSIONS[key].kind in ("time", "number", "term") for key in query.columns):
        orders = [(width, True)]
    for place, descending in reversed(orders):
        if place < width:
            keys.sort(key=natural(place), reverse=descending)
        else:
            keys = _by_metric(keys, found, place - width, descending)
    return keys


_TESTS: dict[str, Callable[[Any, float], bool]] = {
    "gt": lambda value, limit: value > limit,
    "gte": lambda value, limit: value >= limit,
    "lt": lambda value, limit: value < limit,
    "lte": lambda value, limit: value <= limit,
}


def _by_metric(keys: Sequence[Key], found: Values, place: int, descending: bool) -> list[Key]:
    known = [key for key in keys if found[key][place] is not None]
    known.sort(key=lambda key: found[key][place], reverse=descending)
    return known + [key for key in keys if found[key][place] is None]


def _fillable(key: str) -> bool:
    return key in TIME_DIMENSIONS or key in _COMPLETE


def _rest(key: Key, query: Query) -> Key:
    return tuple(part for part, name in zip(key, query.columns, strict=True) if not _fillable(name))


def _axis(key: str, there: Sequence[Any], query: Query) -> Sequence[Any]:
    """All values that a dimension should have rows for."""
    if key in _COMPLETE:
        return sorted(DIMENSIONS[key].terms)
    if key not in TIME_DIMENSIONS:
        return list(dict.fromkeys(there))
    days = [day for day in there if day is not None]
    time_range = query.time_range
    if time_range is None:
        if not days:
            return []
        time_range = TimeRange(start=min(days), end=max(days) + timedelta(days=1))
    last = today(query.as_of)
    return [day for day in buckets(time_range, key) if day <= last]
