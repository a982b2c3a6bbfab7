"""Lists of customers who meet a filter."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from insights import formats, places
from insights.analytics.customer_fields import ALIASES, CUSTOMER_FIELDS, CUSTOMERS, CustomerField
from insights.analytics.dimensions import DIMENSIONS, UNKNOWN, UNKNOWN_TERM
from insights.analytics.facts import Scope, current_generation
from insights.analytics.filters import CustomerFilter
from insights.analytics.metrics import METRICS
from insights.analytics.naming import names_of
from insights.analytics.query import known_key
from insights.analytics.result import Column, Result
from insights.analytics.time import TimeRange
from insights.conf import settings
from insights.exceptions import QueryError
from insights.masking import key_for, mask, may_see

_SHOWN = ("orders", "spend", "last_order")
Shown = tuple[CustomerField, TimeRange | None]
_UNITS = {"number": "count", "days": "days", "rate": "rate", "money": "money", "score": "score", "date": "date"}


def find_customers(
    wanted: CustomerFilter,
    order_by: str = "spend",
    limit: int = 20,
    as_of: datetime | None = None,
    *,
    descending: bool | None = None,
    within: TimeRange | None = None,
    user: Any = None,
) -> Result:
    """Customers who meet a filter, with what they were chosen and sorted by.

    Args:
        wanted: the conditions.
        order_by: key of a customer field; most comes first, except for days since the last order.
        limit: the most rows; ``groups`` of the result says how many there are in all.
        as_of: what was known then; predictions are always the current ones.
        descending: the other way round, or the same.
        within: the days of which orders or spend are sorted by.
        user: names are shown only to one with ``insights.see_personal_data``.

    Returns:
        Rows whose first column is the external id; one that says who somebody is only to those who may know.

    Raises:
        QueryError: a field or value is unknown.
    """
    began = time.perf_counter()
    order_by = known_key("customer field to order by", ALIASES.get(order_by, order_by), _sortable())
    if descending is None:
        descending = order_by != "recency_days"
    scope = Scope(as_of=as_of, generation=current_generation())
    if within is not None and not CUSTOMER_FIELDS[order_by].recent:
        raise QueryError(f"“{CUSTOMER_FIELDS[order_by].label_en}” cannot be taken of a time range; leave “within” out.")
    fields = _columns(wanted, order_by, within, as_of)
    found = wanted.queryset(as_of)
    count = found.count()
    ranked = found.alias(rank=_read(CUSTOMER_FIELDS[order_by], within, scope))
    rank = F("rank").desc(nulls_last=True) if descending else F("rank").asc(nulls_last=True)
    chosen = list(ranked.order_by(rank, "pk").values_list("pk", flat=True)[:limit])
    personal = may_see(user)
    names = user is not None and personal
    shown = CUSTOMERS.select(scope, states=True).filter(pk__in=chosen)
    shown = shown.annotate(**{f"field_{place}": _read(*field, scope) for place, field in enumerate(fields)})
    own = ["external_id", *(["name"] if names else [])]
    columns = [f"field_{place}" for place in range(len(fields))]
    rows = {pk: values for pk, *values in shown.values_list("pk", *own, *columns)}
    hidden = {}
    for pk, values in rows.items():
        key = key_for(pk, values[0], personal=personal)
        if key != values[0]:
            values[0], hidden[key] = key, mask(values[0])
    language = get_language() or "en"
    return Result(
        columns=[
            Column("customer", DIMENSIONS["customer"].label(language), "dimension", "customer", hidden),
            *([Column("name", _("Name"), "dimension", "text")] if names else []),
            *(
                _column(item, window, language, {row[place] for row in rows.values()})
                for place, (item, window) in enumerate(fields, len(own))
            ),
        ],
        rows=[rows[pk] for pk in chosen if pk in rows],
        totals={"customers": count},
        query=wanted,
        groups=count,
        definitions={"filter": wanted.sentence(language)},
        currency=settings.BASE_CURRENCY,
        seconds=time.perf_counter() - began,
    )


def count_customers(wanted: CustomerFilter, by: str, as_of: datetime | None = None) -> Result:
    """How many customers meet a filter, by a dimension that customers have.

    Raises:
        QueryError: the dimension is unknown, or customers have none such.
    """
    began = time.perf_counter()
    known_key("dimension", by, DIMENSIONS)
    expression = DIMENSIONS[by].read(CUSTOMERS, Scope(as_of=as_of, generation=current_generation()))
    if expression is None:
        raise QueryError(f"Customers cannot be counted by “{DIMENSIONS[by].label_en}”.")
    counted = wanted.queryset(as_of).annotate(part=expression).order_by().values_list("part").annotate(n=Count("pk"))
    found = dict(counted)
    named = names_of(by, list(found))
    language = get_language() or "en"
    return Result(
        columns=[
            Column(by, DIMENSIONS[by].label(language), "dimension", DIMENSIONS[by].kind, named.coded),
            Column("customers", METRICS["customers"].label(language), "metric", "count"),
        ],
        rows=[[named.value(part), n] for part, n in sorted(found.items(), key=lambda item: (-item[1], str(item[0])))],
        totals={"customers": sum(found.values())},
        query=wanted,
        groups=len(found),
        seconds=time.perf_counter() - began,
    )


def _sortable() -> list[str]:
    return [key for key, item in CUSTOMER_FIELDS.items() if item.read is not None]


def _columns(wanted: CustomerFilter, order_by: str, within: TimeRange | None, as_of: datetime | None) -> list[Shown]:
    """What the customers are sorted and chosen by, each of its own days, and what one always wants to know."""
    chosen = [(order_by, within), *((item.field, item.window(as_of)) for item in wanted.conditions)]
    fields = [
        (CUSTOMER_FIELDS[key], window) for key, window in dict.fromkeys([*chosen, *((key, None) for key in _SHOWN)])
    ]
    return [(item, window) for item, window in fields if item.read is not None]


def _column(item: CustomerField, within: TimeRange | None, language: str, there: Iterable[Any]) -> Column:
    coded = {key: term.label(language) for key, term in item.terms.items()}
    coded |= {UNKNOWN: UNKNOWN_TERM.label(language)} if item.kind in ("term", "text") else {}
    if item.key == "country":
        coded |= {code: places.country_name(code, language) for code in there}
    kind = "metric" if item.kind in _UNITS else "dimension"
    label = item.label(language)
    if within is not None:
        label = f"{label} ({formats.span(within.start, within.end - timedelta(days=1))})"
    return Column(item.key, label, kind, _UNITS.get(item.kind, item.kind), coded)  # type: ignore[arg-type]


def _read(item: CustomerField, within: TimeRange | None, scope: Scope) -> Any:
    assert item.read is not None
    return item.read(scope, within)
