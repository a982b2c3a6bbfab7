"""After how many days the customers of a period have paid for what it cost to win them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, QuerySet, Sum

from insights.analytics.functions import DaysBetween

Key = tuple[Any, ...]
_UNITS = Decimal(10) ** 7
"""Of a unit cost in 1/10,000 times a quantity in 1/1,000."""


def payback(lines: QuerySet[Any], names: list[str], spent: Mapping[Key, Decimal]) -> Iterable[tuple[Key, tuple[int]]]:
    """The days by group; a group that has not paid yet, or that cost nothing, is left out.

    A group has paid on the first day, counted from each customer's own first order, by which the gross profit of all
    of its customers together is what was spent to win them. Gross profit is the amount of a line less its unit cost
    times the quantity; a line of which no cost is known counts with its whole amount.

    Args:
        lines: of the customers won in the period, with ``by_<dimension>`` annotations, of whatever day.
        names: of those annotations.
        spent: what was spent, by group.
    """
    cost = ExpressionWrapper(F("unit_cost") * F("quantity"), output_field=BigIntegerField())
    found = (
        lines.annotate(after=DaysBetween(F("order__customer__first_order_date"), F("order__local_date")))
        .values(*names, "after", "order__rate")
        .annotate(earned=Sum("base_amount"), cost=Sum(cost))
        .values_list(*names, "after", "order__rate", "earned", "cost")
    )
    by_day: defaultdict[Key, defaultdict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for *key, after, rate, earned, spent_on_it in found:
        profit = (earned or Decimal()) - Decimal(spent_on_it or 0) / _UNITS * (rate or 1)
        by_day[tuple(key)][after] += profit
    for key, days in by_day.items():
        owed = spent.get(key) or Decimal()
        if owed <= 0:
            continue
        for day in sorted(days):
            owed -= days[day]
            if owed <= 0:
                yield key, (max(day, 0),)
                break
