"""From measures to Django's ORM: one grouped query a fact, joined by the values of the dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Avg, Count, F, Min, Q, QuerySet, Sum, Window
from django.db.models.expressions import BaseExpression
from django.db.models.functions import DenseRank, RowNumber

from insights.analytics.conditions import condition
from insights.analytics.dimensions import DIMENSIONS
from insights.analytics.facts import FACTS, Fact, Scope
from insights.analytics.measures import Measure
from insights.analytics.payback import payback
from insights.analytics.query import Filter
from insights.analytics.retention import retention

Key = tuple[Any, ...]
Groups = dict[Key, dict[Measure, Any]]
_BY_THEMSELVES = ("median", "repeaters", "retained", "had", "payback")
_SPENT = Measure("ad_spend", "sum", "base_cost")
_AGGREGATES = {"sum": Sum, "mean": Avg, "min": Min}


def groups(measures: Iterable[Measure], scope: Scope, dimensions: Sequence[str], filters: Sequence[Filter]) -> Groups:
    """The values of measures by the values of dimensions.

    A measure without a value in a group is missing there. Without dimensions there is one group, ``()``.
    """
    found: Groups = {}
    wanted = list(dict.fromkeys(measures))
    by_fact: dict[tuple[str, bool], list[Measure]] = {}
    for measure in wanted:
        if measure.kind in _BY_THEMSELVES:
            continue
        by_fact.setdefault((measure.fact, measure.of_states), []).append(measure)
    for (fact, _states), plain in by_fact.items():
        _merge(found, plain, _aggregated(FACTS[fact], plain, scope, dimensions, filters))
    for measure in wanted:
        if measure.kind == "median":
            _merge(found, [measure], _median(measure, scope, dimensions, filters))
        elif measure.kind == "repeaters":
            _merge(found, [measure], _repeaters(measure, scope, dimensions, filters))
        elif measure.kind == "payback":
            _merge(found, [measure], _payback(measure, scope, dimensions, filters))
    kept = [measure for measure in wanted if measure.kind in ("retained", "had")]
    if kept:
        rows = retention(lambda part: _rows(FACTS["orders"], part, dimensions, filters), scope, dimensions)
        both = [Measure("orders", "retained"), Measure("orders", "had")]
        _merge(found, both, rows)
    return found


def _merge(found: Groups, measures: Sequence[Measure], rows: Iterable[tuple[Key, Sequence[Any]]]) -> None:
    for key, values in rows:
        group = found.setdefault(key, {})
        group.update({measure: value for measure, value in zip(measures, values, strict=True) if value is not None})


def _rows(
    fact: Fact, scope: Scope, dimensions: Sequence[str], filters: Sequence[Filter], *, states: bool = False
) -> QuerySet[Any]:
    """Filtered rows with ``by_<dimension>`` annotations."""
    keys = {*dimensions, *(chosen.dimension for chosen in filters)}
    rows = fact.select(scope, states=states or any(DIMENSIONS[key].of_states for key in keys))
    for chosen in filters:
        name = f"only_{chosen.dimension}"
        rows = rows.alias(**{name: DIMENSIONS[chosen.dimension].read(fact, scope)}).filter(condition(name, chosen))
    return rows.annotate(**{f"by_{key}": DIMENSIONS[key].read(fact, scope) for key in dimensions})


def _names(dimensions: Sequence[str]) -> list[str]:
    return [f"by_{key}" for key in dimensions]


def _aggregated(
    fact: Fact, measures: Sequence[Measure], scope: Scope, dimensions: Sequence[str], filters: Sequence[Filter]
) -> Iterable[tuple[Key, Sequence[Any]]]:
    rows = _rows(fact, scope, dimensions, filters, states=any(measure.of_states for measure in measures))
    aggregates = {f"m{index}": _aggregate(measure, fact, scope) for index, measure in enumerate(measures)}
    if not dimensions:
        totals = rows.aggregate(**aggregates)
        return [((), [totals[name] for name in aggregates])]
    grouped = rows.values(*_names(dimensions)).annotate(**aggregates)
    width = len(dimensions)
    return [(row[:width], row[width:]) for row in grouped.values_list(*_names(dimensions), *aggregates)]


def _aggregate(measure: Measure, fact: Fact, scope: Scope) -> BaseExpression:
    where = measure.where(fact, scope) if measure.where is not None else Q()
    only = where if where else None
    if measure.kind == "count":
        return Count(_expression(measure, fact, scope) if measure.of else "pk", filter=only)
    if measure.kind == "distinct":
        assert isinstance(measure.of, str)
        return Count(fact.id_of(measure.of) or measure.of, filter=only, distinct=True)
    return _AGGREGATES[measure.kind](_expression(measure, fact, scope), filter=only)


def _expression(measure: Measure, fact: Fact, scope: Scope) -> Any:
    if callable(measure.of):
        return measure.of(fact, scope)
    return fact.state(measure.of) if measure.of_states else F(measure.of)


def _median(
    measure: Measure, scope: Scope, dimensions: Sequence[str], filters: Sequence[Filter]
) -> Iterable[tuple[Key, Sequence[Any]]]:
    """The middle value, or the mean of the two middle ones, found by ranks: no database sorts them for us alike."""
    fact = FACTS[measure.fact]
    rows = _rows(fact, scope, dimensions, filters).annotate(value=_expression(measure, fact, scope))
    rows = rows.filter(value__isnull=False)
    partition = [F(name) for name in _names(dimensions)] or None
    ranked = rows.annotate(
        twice=Window(RowNumber(), partition_by=partition, order_by=F("value").asc()) * 2,
        count=Window(Count("pk"), partition_by=partition),
    ).filter(twice__gte=F("count"), twice__lte=F("count") + 2)
    middle: dict[Key, list[Any]] = {}
    for *key, value in ranked.values_list(*_names(dimensions), "value"):
        middle.setdefault(tuple(key), []).append(value)
    return [(key, [sum(values) / len(values)]) for key, values in middle.items()]


def _repeaters(
    measure: Measure, scope: Scope, dimensions: Sequence[str], filters: Sequence[Filter]
) -> Iterable[tuple[Key, Sequence[Any]]]:
    """Customers with a second order in their group: those who have an order of rank two."""
    fact = FACTS[measure.fact]
    rows = _rows(fact, scope, dimensions, filters)
    customer, order = str(fact.id_of("customer")), str(fact.id_of("order"))
    if not dimensions:
        orders = rows.filter(**{f"{customer}__isnull": False}).order_by().values(customer)
        return [((), [orders.annotate(n=Count(order, distinct=True)).filter(n__gte=2).count()])]
    partition = [*(F(name) for name in _names(dimensions)), F(customer)]
    rank = Window(DenseRank(), partition_by=partition, order_by=F(order).asc())
    second = rows.annotate(rank=rank).filter(rank=2, **{f"{customer}__isnull": False}).values("pk")
    counted = _rows(fact, scope, dimensions, []).filter(pk__in=second)
    grouped = counted.values(*_names(dimensions)).annotate(n=Count(customer, distinct=True))
    return [(row[:-1], row[-1:]) for row in grouped.values_list(*_names(dimensions), "n")]


def _payback(
    measure: Measure, scope: Scope, dimensions: Sequence[str], filters: Sequence[Filter]
) -> Iterable[tuple[Key, Sequence[Any]]]:
    spent = groups([_SPENT], scope, dimensions, filters)
    return payback(
        _rows(FACTS[measure.fact], scope, dimensions, filters),
        _names(dimensions),
        {key: values[_SPENT] for key, values in spent.items() if _SPENT in values},
    )
