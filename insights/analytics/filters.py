"""Which customers: conditions that are at once typed data, a sentence in two languages, and a queryset."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from pydantic import Field, field_validator, model_validator

from insights import places
from insights.analytics.conditions import matching_ids
from insights.analytics.customer_fields import ALIASES, CUSTOMER_FIELDS, CUSTOMERS, CustomerField, orders_within
from insights.analytics.facts import FACTS, Scope, current_generation
from insights.analytics.query import Part, known_key
from insights.analytics.sentences import clause, sentence
from insights.analytics.time import TimeRange, last_days, today
from insights.days import midnight
from insights.exceptions import QueryError, UnknownKeyError
from insights.models import Customer, OrderLine

Op = Literal["eq", "in", "not_in", "contains", "gt", "gte", "lt", "lte", "between", "not_between"]
_LISTS = ("term", "text", "product", "category", "brand")
_OPS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("term", "product", "category", "brand"), ("eq", "in", "not_in")),
    "text": ("eq", "in", "not_in", "contains"),
    "flag": ("eq",),
    "period": ("between", "not_between"),
    "date": ("eq", "gt", "gte", "lt", "lte", "between", "not_between"),
}
_NUMBERS = ("eq", "in", "not_in", "gt", "gte", "lt", "lte", "between", "not_between")


class Condition(Part):
    """One condition on customers.

    Attributes:
        field: key of a customer field.
        op: ``between`` takes two values; of two days the second is not included, of two numbers it is.
        value: one value, or a list of them.
        days: only the last so many days, for orders, spend and what was bought.
        within: only these days, for the same; one of the two.
    """

    field: str
    op: Op = "eq"
    value: Any
    days: int | None = Field(default=None, ge=1)
    within: TimeRange | None = None

    @field_validator("field")
    @classmethod
    def _known(cls, key: str) -> str:
        return known_key("customer field", ALIASES.get(key, key), CUSTOMER_FIELDS)

    @model_validator(mode="after")
    def _fits(self) -> Condition:
        allowed = _OPS.get(self.about.kind, _NUMBERS)
        if self.op not in allowed:
            raise QueryError(f"“{self.about.label_en}” cannot be compared by “{self.op}”; take {', '.join(allowed)}.")
        if self.days is not None and self.within is not None:
            raise QueryError("Give “days” or “within”, not both.")
        if (self.days or self.within) and not self.about.recent:
            recent = ", ".join(key for key, item in CUSTOMER_FIELDS.items() if item.recent)
            name = "days" if self.days else "within"
            raise QueryError(f"“{self.about.label_en}” has no “{name}”; these have: {recent}.")
        object.__setattr__(self, "value", _parsed(self.about, self.op, self.value))
        return self

    @property
    def about(self) -> CustomerField:
        """The field."""
        return CUSTOMER_FIELDS[self.field]

    def window(self, as_of: datetime | None) -> TimeRange | None:
        """The days that are looked at; None is all time."""
        return last_days(self.days, today(as_of)) if self.days else self.within

    @property
    def values(self) -> list[Any]:
        """All values."""
        return list(self.value) if isinstance(self.value, (list, tuple)) else [self.value]


class CustomerFilter(Part):
    """Customers who meet all conditions."""

    conditions: tuple[Condition, ...] = Field(default=(), max_length=30)

    def sentence(self, language: str = "en") -> str:
        """The conditions in words, as one sentence."""
        return sentence(
            [
                clause(item.about, item.op, item.values, language, days=item.days, within=item.within)
                for item in self.conditions
            ],
            language,
        )

    def queryset(self, as_of: datetime | None = None) -> QuerySet[Customer]:
        """The customers, in no order."""
        scope = Scope(as_of=as_of, generation=current_generation())
        customers = CUSTOMERS.select(scope, states=True)
        for index, item in enumerate(self.conditions):
            if item.about.read is None:
                customers = customers.filter(_bought(item, scope))
            else:
                name = f"condition_{index}"
                customers = customers.alias(**{name: item.about.read(scope, item.window(as_of))}).filter(
                    _meets(name, item)
                )
        return customers


def _parsed(about: CustomerField, op: str, value: Any) -> Any:
    """The value, or values, in the type of the field.

    Raises:
        QueryError: a value is none that the field can have.
    """
    several = op in ("in", "not_in", "between", "not_between")
    given = list(value) if isinstance(value, (list, tuple, set)) else [value]
    if not given or (not several and len(given) != 1):
        raise QueryError(f"“{about.label_en}” needs {'at least one value' if several else 'one value'} for “{op}”.")
    if "between" in op and len(given) != 2:
        raise QueryError(f"“{op}” of “{about.label_en}” needs two values.")
    if len(given) > 200:
        raise QueryError(f"“{about.label_en}” takes 200 values at most, not {len(given)}.")
    parsed = tuple(_one(about, item) for item in given)
    return parsed if several else parsed[0]


def _one(about: CustomerField, value: Any) -> Any:
    if about.terms:
        for key, term in about.terms.items():
            if str(value).casefold() in (key, term.en.casefold(), term.zh.casefold()):
                return key
        raise QueryError(str(UnknownKeyError(f"value of “{about.label_en}”", value, about.terms)))
    if about.kind in ("date", "period"):
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
        except ValueError:
            raise QueryError(f"“{value}” is no day; write it as 2025-01-31.") from None
    if about.kind == "flag":
        if isinstance(value, bool):
            return value
        raise QueryError(f"“{about.label_en}” is true or false, not “{value}”.")
    if about.kind in _LISTS:
        return str(value)
    try:
        number = float(value)
        whole = number == int(number)
    except (TypeError, ValueError, OverflowError):
        raise QueryError(f"“{about.label_en}” needs a number, not “{value}”.") from None
    return int(number) if whole else number


def _joined(item: Condition) -> Q:
    """Compared as moments: MariaDB knows no days of a zone unless its tables of zones are filled."""
    starts = [midnight(day) for day in item.values]
    after = [midnight(day + timedelta(days=1)) for day in item.values]
    if item.op == "eq":
        return Q(joined_at__gte=starts[0], joined_at__lt=after[0])
    if "between" in item.op:
        inside = Q(joined_at__gte=starts[0], joined_at__lt=starts[1])
        return inside if item.op == "between" else ~inside
    bounds = {"gt": ("gte", after), "gte": ("gte", starts), "lt": ("lt", starts), "lte": ("lt", after)}
    lookup, moments = bounds[item.op]
    return Q(**{f"joined_at__{lookup}": moments[0]})


def _meets(name: str, item: Condition) -> Q:
    if item.field == "joined":
        return _joined(item)
    values = item.values
    if item.about.kind == "text" and item.op != "contains":
        found = Q()
        if item.field == "country":
            values = [spelling for value in values for spelling in places.spellings(value)]
        for value in values:
            found |= Q(**{f"{name}__iexact": value})
        return ~found if item.op == "not_in" else found
    if item.about.kind == "flag":
        return Q(**{name: True}) if item.value else Q(**{name: False}) | Q(**{f"{name}__isnull": True})
    if item.op in ("between", "not_between"):
        end = "lt" if item.about.kind == "date" else "lte"
        inside = Q(**{f"{name}__gte": values[0], f"{name}__{end}": values[1]})
        return inside if item.op == "between" else ~inside
    if item.op == "not_in":
        return ~Q(**{f"{name}__in": values})
    lookup = {"eq": "exact", "contains": "icontains"}.get(item.op, item.op)
    return Q(**{f"{name}__{lookup}": values if item.op == "in" else item.value})


def _bought(item: Condition, scope: Scope) -> Q:
    """Whether there is, or is not, a valid order of the kind."""
    if item.about.kind == "period":
        start, end = item.values
        orders = orders_within(scope, None).filter(local_date__gte=start, local_date__lt=end)
        found = Exists(orders.filter(customer=OuterRef("pk")))
        return Q(found) if item.op == "between" else ~Q(found)
    lines: QuerySet[OrderLine] = FACTS["lines"].rows(scope.as_of).filter(order__customer=OuterRef("pk"))
    within = item.window(scope.as_of)
    if within is not None:
        lines = lines.filter(order__local_date__gte=within.start, order__local_date__lt=within.end)
    if item.about.kind == "brand":
        wanted = Q()
        for brand in item.values:
            wanted |= Q(product__brand__iexact=brand)
        lines = lines.filter(wanted)
    else:
        ids = matching_ids(item.about.kind, item.values)
        if not ids:
            raise QueryError(f"There is no {item.about.kind} called “{'”, “'.join(item.values)}”.")
        product = Coalesce("product__parent_id", "product_id")
        category = Coalesce("product__category_id", "product__parent__category_id")
        lines = lines.alias(bought=product if item.about.kind == "product" else category).filter(bought__in=ids)
    return ~Q(Exists(lines)) if item.op == "not_in" else Q(Exists(lines))
