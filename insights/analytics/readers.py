"""How each dimension is read from a fact: expressions for the database, no Python function called for a row."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf
from django.db.models.lookups import LessThan

from insights.analytics.facts import Fact, Scope
from insights.analytics.functions import StartOf, Weekday
from insights.conf import settings
from insights.models import Order, OrderLine

UNKNOWN = "unknown"
Expression = Combinable
Reader = Callable[[Fact, Scope], Expression | None]


def _known(*paths: str | Expression | None) -> Expression | None:
    """The first of the texts that is there, else ``unknown``; None when there is no path at all."""
    there = [F(path) if isinstance(path, str) else path for path in paths if path is not None]
    if not there:
        return None
    texts = [NullIf(path, Value("")) for path in there]
    return Coalesce(*texts, Value(UNKNOWN), output_field=CharField())


def place(name: str) -> Reader:
    """Of the order; else of the visit, else of the customer, else of the customer's last order."""

    def read(fact: Fact, scope: Scope) -> Expression | None:
        last_order: Expression | None = None
        if fact.key == "customers":
            orders = Order.objects.valid(scope.as_of).filter(customer=OuterRef("pk")).exclude(**{name: ""})
            last_order = Subquery(orders.order_by("-placed_at").values(name)[:1])
        return _known(fact.at("order", name), fact.fields.get(name), fact.at("customer", name), last_order)

    return read


def column(part: str, name: str, empty: str = UNKNOWN) -> Reader:
    """A column of a part of the fact, with a word for where it is empty."""

    def read(fact: Fact, scope: Scope) -> Expression | None:
        path = fact.at(part, name)
        return None if path is None else Coalesce(NullIf(F(path), Value("")), Value(empty), output_field=CharField())

    return read


def channel(fact: Fact, scope: Scope) -> Expression | None:
    """Of the order, where there is one; what was spent on advertising is of no channel of sale."""
    return None if "customer" not in fact.paths else F(fact.at("order", "channel") or "channel")


def of_product(column: str) -> Reader:
    """A column of the product, or of the product that it is a variant of."""

    def read(fact: Fact, scope: Scope) -> Expression | None:
        return _known(fact.at("product", column), fact.at("product", f"parent__{column}"))

    return read


def product(fact: Fact, scope: Scope) -> Expression | None:
    own = fact.id_of("product")
    return None if own is None else Coalesce(F(str(fact.at("product", "parent_id"))), F(own))


def category(fact: Fact, scope: Scope) -> Expression | None:
    own = fact.at("product", "category_id")
    return None if own is None else Coalesce(F(own), F(str(fact.at("product", "parent__category_id"))))


PRICE_EDGES = (10, 25, 50, 100, 250)


def price_band(fact: Fact, scope: Scope) -> Expression | None:
    if fact.key != "lines":
        return None
    # Both columns are integers of fixed places: amount < edge × quantity, without a division.
    below = [
        When(
            base_amount__lt=ExpressionWrapper(F("quantity") * Value(edge * 10), output_field=BigIntegerField()),
            then=Value(index),
        )
        for index, edge in enumerate(PRICE_EDGES)
    ]
    return Case(*below, default=Value(len(PRICE_EDGES)))


def first_order_day(fact: Fact, scope: Scope) -> Expression | None:
    """The shop's day of the customer's first valid order, as it was known."""
    if scope.as_of is None:
        path = fact.at("customer", "first_order_date")
        return None if path is None else F(path)
    customer = fact.id_of("customer")
    if customer is None:
        return None
    first = Order.objects.valid(scope.as_of).filter(customer=OuterRef(customer)).order_by("placed_at")
    return Subquery(first.values("local_date")[:1], output_field=DateField())


def bought_before(fact: Fact, scope: Scope) -> Q:
    """Rows whose customer had a valid order before the stretch that the row falls in.

    The stretch is the bucket of the query's grain, cut by its time range. Without either, all time
    is one stretch with nothing before it; then a second valid order is what makes a customer return.
    """
    first = first_order_day(fact, scope)
    starts: list[Expression] = []
    if scope.grain is not None and fact.day is not None:
        bucket = start_of_bucket(fact.day, scope.grain)
        starts.append(bucket)
    if scope.time_range is not None:
        starts.append(Value(scope.time_range.start, output_field=DateField()))
    if starts:
        condition = Q()
        for start in starts:
            condition |= Q(LessThan(first, start))
        return condition
    theirs = Order.objects.valid(scope.as_of).filter(customer=OuterRef(str(fact.id_of("customer"))))
    return Q(Exists(theirs.order_by("pk")[1:2]))


def new_or_returning(fact: Fact, scope: Scope) -> Expression | None:
    if fact.id_of("order") is None or fact.day is None:
        return None
    customer = fact.id_of("customer")
    return Case(
        When(**{f"{customer}__isnull": True}, then=Value("guest")),
        When(bought_before(fact, scope), then=Value("returning")),
        default=Value("new"),
    )


def of_state(column: str) -> Reader:
    def read(fact: Fact, scope: Scope) -> Expression | None:
        return None if "customer" not in fact.paths else _known(fact.state(column))

    return read


def cluster(fact: Fact, scope: Scope) -> Expression | None:
    return None if "customer" not in fact.paths else fact.state("cluster")


def start_of_bucket(day: str, grain: str) -> Expression:
    """The first day of the stretch that a day falls in."""
    if grain == "day":
        return F(day)
    return StartOf(F(day), "sunday_week" if grain == "week" and settings.WEEK_START == "sunday" else grain)


def bucket(grain: str) -> Reader:
    def read(fact: Fact, scope: Scope) -> Expression | None:
        return None if fact.day is None else start_of_bucket(fact.day, grain)

    return read


def weekday(fact: Fact, scope: Scope) -> Expression | None:
    return None if fact.day is None else Weekday(F(fact.day))


def hour(fact: Fact, scope: Scope) -> Expression | None:
    return None if fact.hour is None else F(fact.hour)


def first_channel(fact: Fact, scope: Scope) -> Expression | None:
    """By which kind of source the customer was won; what was spent, by the kind that was paid."""
    return _known(fact.fields.get("first_channel"), fact.at("customer", "first_traffic"))


def last_channel(fact: Fact, scope: Scope) -> Expression | None:
    """Of the last touch before the order; of the visit; of what was spent, the kind that was paid."""
    return _known(fact.fields.get("last_channel"), fact.at("order", "traffic"))


def medium(fact: Fact, scope: Scope) -> Expression | None:
    return _known(fact.fields.get("medium"), fact.at("source", "utm_medium"), fact.at("order", "touch_medium"))


def campaign(fact: Fact, scope: Scope) -> Expression | None:
    return _known(fact.fields.get("campaign"), fact.at("source", "utm_campaign"), fact.at("order", "touch_campaign"))


def traffic_source(fact: Fact, scope: Scope) -> Expression | None:
    if "source" in fact.fields:
        return F(fact.fields["source"])
    if "source" not in fact.paths:
        return None
    prefix = fact.paths["source"]
    # An order that no visit led to says nothing of where its buyer came from.
    rest = Value("direct")
    touched: list[When] = []
    if "order" in fact.paths:
        order = fact.paths["order"]
        rest = Case(When(**{f"{prefix}visitor__isnull": True}, then=Value(UNKNOWN)), default=rest)  # type: ignore[assignment]
        touched = [
            When(**{f"{order}touch_source__gt": ""}, then=F(f"{order}touch_source")),
            When(**{f"{order}traffic": "direct"}, then=Value("direct")),
        ]
    return Case(
        When(**{f"{prefix}utm_source__gt": ""}, then=F(f"{prefix}utm_source")),
        *touched,
        When(**{f"{prefix}referrer__gt": ""}, then=Value("referral")),
        default=rest,
        output_field=CharField(),
    )


def device(fact: Fact, scope: Scope) -> Expression | None:
    return _known(fact.fields.get("device"))


def customer(fact: Fact, scope: Scope) -> Expression | None:
    path = fact.id_of("customer")
    return None if path is None else F(path)


def cohort(fact: Fact, scope: Scope) -> Expression | None:
    first = first_order_day(fact, scope)
    return None if first is None else StartOf(first, "month")


def first_product(fact: Fact, scope: Scope) -> Expression | None:
    customer = fact.id_of("customer")
    if customer is None:
        return None
    first = Order.objects.valid(scope.as_of).filter(customer=OuterRef(OuterRef(customer))).order_by("placed_at", "pk")
    lines = OrderLine.objects.filter(order=Subquery(first.values("pk")[:1]), kind="product", product__isnull=False)
    product = Coalesce(F("product__parent_id"), F("product_id"))
    return Subquery(lines.order_by("-base_amount", "pk").annotate(bought=product).values("bought")[:1])
