"""What values of dimensions are called, and in which order they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from insights import places
from insights.analytics.dimensions import DIMENSIONS, UNKNOWN, UNKNOWN_TERM
from insights.masking import key_for, mask, may_see
from insights.models import Category, Customer, Product


@dataclass(frozen=True)
class Names:
    """How the values of one column are shown.

    Attributes:
        of_rows: for rows of a table, what stands in the result for a primary key.
        coded: for what stands in the result, its name, where the two differ.
    """

    of_rows: Mapping[Any, str] | None = None
    coded: dict[Any, str] = field(default_factory=dict)

    def value(self, part: Any) -> Any:
        """What stands in the result."""
        if part is None:
            return UNKNOWN
        return part if self.of_rows is None else self.of_rows.get(part, UNKNOWN)


def names_of(dimension: str, values: Iterable[Any], user: Any = None) -> Names:
    """The names of some values of a dimension, in the active language."""
    language = get_language() or "en"
    found = DIMENSIONS[dimension]
    there = list(dict.fromkeys(values))
    unknown = {UNKNOWN: UNKNOWN_TERM.label(language)}
    keys = [part for part in there if part is not None]
    if found.kind == "product":
        rows = Product.objects.in_bulk(keys)
        return Names(_distinct({pk: (row.name, row.external_id) for pk, row in rows.items()}), unknown)
    if found.kind == "category":
        shelves = Category.objects.in_bulk(keys)
        return Names(_distinct({pk: (row.name, row.path or row.external_id) for pk, row in shelves.items()}), unknown)
    if found.kind == "customer":
        people = Customer.objects.in_bulk(keys)
        personal = may_see(user)
        keys_of = {pk: key_for(pk, row.external_id, personal=personal) for pk, row in people.items()}
        named = {key: mask(people[pk].external_id) for pk, key in keys_of.items() if key != people[pk].external_id}
        if user is not None and personal:
            named = {row.external_id: row.name for row in people.values() if row.name}
        return Names(keys_of, {**unknown, **named})
    if dimension == "country":
        named = {code: places.country_name(code, language) for code in keys if places.is_country(code)}
        return Names(None, {**named, **(unknown if UNKNOWN in there else {})})
    terms = {key: found.terms[key].label(language) for key in there if key in found.terms}
    return Names(None, {**terms, **(unknown if None in there or UNKNOWN in there else {})})


def order_of(dimension: str, value: Any) -> tuple[Any, ...]:
    """By what a value is sorted among its kind; the unknown comes last."""
    if value is None or value == UNKNOWN:
        return (2, 0, "")
    term = DIMENSIONS[dimension].terms.get(value)
    if term is not None:
        return (0, term.order, "")
    return (1, 0, value) if not isinstance(value, str) else (1, 0, value.casefold())


def _distinct(names: Mapping[int, tuple[str, str]]) -> dict[int, str]:
    """The first name of each, or the second where there is none; both where two are called alike."""
    count = Counter(name for name, _other in names.values())
    return {
        pk: (f"{name} ({other})" if count[name] > 1 else name) if name else other for pk, (name, other) in names.items()
    }
