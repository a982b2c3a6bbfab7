"""Filters of a query, as conditions for the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce

from insights import places
from insights.analytics.dimensions import DIMENSIONS, UNKNOWN_TERM, Dimension
from insights.analytics.query import Filter
from insights.exceptions import QueryError, UnknownKeyError
from insights.models import Category, Customer, Product

_ROWS = ("product", "category", "customer")


def condition(name: str, chosen: Filter) -> Q:
    """The condition on an annotation that holds the dimension's value.

    Text is compared without regard to case, on every database alike; external ids byte for byte.

    Raises:
        QueryError: a value is none that the dimension can have, or the comparison does not fit.
    """
    dimension = DIMENSIONS[chosen.dimension]
    if chosen.op in ("gt", "gte", "lt", "lte", "between"):
        return _compared(name, dimension, chosen)
    if dimension.kind in _ROWS:
        ids = matching_ids(dimension.kind, [str(value) for value in chosen.values], contains=chosen.op == "contains")
        found = Q(**{f"{name}__in": ids})
    elif chosen.op == "contains":
        found = _any(Q(**{f"{name}__icontains": value}) for value in chosen.values)
    elif dimension.kind == "text":
        written = [_code(dimension, str(value)) for value in chosen.values]
        if dimension.key == "country":
            written = [spelling for value in written for spelling in places.spellings(value)]
        found = _any(Q(**{f"{name}__iexact": value}) for value in written)
    else:
        found = _exactly(name, dimension, [parse(dimension, value) for value in chosen.values])
    if chosen.op == "not_in":
        return Q(**{f"{name}__isnull": True}) | ~found
    return found


def matching_ids(kind: str, values: list[str], *, contains: bool = False) -> list[int]:
    """Keys of the products, categories or customers that are called so.

    A product is found by its external id or its name, with its variants under their parent; a category
    by its name or path, with all below it; a customer by the external id.
    """
    if kind == "customer":
        # Whoever was merged is found as who they are now.
        people = Customer.objects.filter(external_id__in=values)
        return list(people.values_list(Coalesce("merged_into", "pk"), flat=True).distinct())
    how = "icontains" if contains else "iexact"
    if kind == "product":
        named = _any(Q(**{f"name__{how}": value}) for value in values) | Q(external_id__in=values)
        pairs = Product.objects.filter(named).order_by().values_list("pk", "parent_id")
        return list({parent or pk for pk, parent in pairs})
    named = _any(Q(**{f"name__{how}": value}) | Q(**{f"path__{how}": value}) for value in values)
    ids = set(Category.objects.filter(named).order_by().values_list("pk", flat=True))
    below = ids
    while below:
        below = set(Category.objects.filter(parent__in=below).order_by().values_list("pk", flat=True)) - ids
        ids |= below
    return list(ids)


def parse(dimension: Dimension, value: Any) -> Any:
    """A value of a dimension with known values: a key, its name in either language, a number or a day.

    Raises:
        QueryError: there is no such value; the message names the nearest.
    """
    if dimension.kind == "time":
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            raise QueryError(f"“{value}” is no day; write it as 2025-01-31.") from None
    terms = {**dimension.terms, UNKNOWN_TERM.key: UNKNOWN_TERM}
    for key, term in terms.items():
        if str(value).casefold() in (str(key).casefold(), term.en.casefold(), term.zh.casefold()):
            return key
    if dimension.kind == "number" and not dimension.terms:
        try:
            return int(value)
        except (TypeError, ValueError):
            raise QueryError(f"“{value}” is no number, which “{dimension.label_en}” needs.") from None
    names = [str(key) for key in terms]
    raise QueryError(str(UnknownKeyError(f"value of “{dimension.label_en}”", value, names)))


def _compared(name: str, dimension: Dimension, chosen: Filter) -> Q:
    if dimension.kind not in ("number", "time"):
        raise QueryError(
            f"“{dimension.label_en}” has no order; filter it with “in”, “not_in” or “contains” instead of “{chosen.op}”."
        )
    values = [parse(dimension, value) for value in chosen.values]
    if chosen.op == "between":
        if len(values) != 2:
            raise QueryError("“between” needs two values; the second one is not included.")
        return Q(**{f"{name}__gte": values[0], f"{name}__lt": values[1]})
    return Q(**{f"{name}__{chosen.op}": values[0]})


def _exactly(name: str, dimension: Dimension, values: list[Any]) -> Q:
    if dimension.kind == "term" or UNKNOWN_TERM.key not in values:
        return Q(**{f"{name}__in": values})
    known = [value for value in values if value != UNKNOWN_TERM.key]
    return Q(**{f"{name}__in": known}) | Q(**{f"{name}__isnull": True})


def _code(dimension: Dimension, value: str) -> str:
    """The stored value of a named one: "Direct" is ``direct``, "Unknown" is ``unknown``."""
    for key, term in {**dimension.terms, UNKNOWN_TERM.key: UNKNOWN_TERM}.items():
        if value.casefold() in (term.en.casefold(), term.zh.casefold()):
            return str(key)
    return value


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)
