"""What a snapshot holds: for each table its columns, its rows in the database, and how a row is written.

Moments are epoch seconds, days are day numbers, money is in 1/10,000 of the base currency and quantities are in
1/1,000, all as integers, so that sums are exact and come out the same in any order and on any engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Case, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from insights.consent import MAY_BE_PROFILED
from insights.models import Customer, Event, Excluded, LineKind, Order, OrderLine, Product, Rating, Refund

from .moments import day_number

FOREVER = 2**62
"""``valid_until`` of an order that was neither cancelled nor refunded, as far as is known."""
EVENTS = ("view_item", "add_to_cart")
"""The kinds of event that are told apart, by their place in this list; all others are ``OTHER_EVENT``."""
OTHER_EVENT = len(EVENTS)

_GIVEN_BACK = (Excluded.CANCELLED, Excluded.REFUNDED)
_BIGINT, _INTEGER, _BOOLEAN = "BIGINT", "INTEGER", "BOOLEAN"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """One table of a snapshot."""

    name: str
    columns: dict[str, str]
    """Name to DuckDB's type."""
    source: Callable[[datetime], QuerySet[Any, Row]]
    """The rows known at a moment."""
    rows: Callable[[Iterable[Row], datetime], Iterable[Row]]
    """Rows of the source, as they are written."""


def _customers(as_of: datetime) -> QuerySet[Any, Row]:
    people = Customer.objects.filter(MAY_BE_PROFILED, is_real=True, merged_into=None)
    return people.order_by().values_list("pk")


def _products(as_of: datetime) -> QuerySet[Any, Row]:
    return Product.objects.order_by().values_list(
        "pk", Coalesce("parent_id", "pk"), "category_id", _integer("price"), "published_at", "is_real", "is_active"
    )


def _orders(as_of: datetime) -> QuerySet[Any, Row]:
    once_valid = Q(counts=True) | Q(excluded__in=_GIVEN_BACK, excluded_at__isnull=False)
    return (
        Order.objects.known(as_of)
        .filter(once_valid)
        .exclude(base_total=None)
        .order_by()
        .values_list(
            "pk",
            Coalesce("customer__merged_into", "customer"),
            "placed_at",
            "local_date",
            "local_hour",
            _integer("base_total"),
            Case(
                When(Q(discount__gt=0) | ~Q(coupon=""), then=Value(1)), default=Value(0), output_field=BigIntegerField()
            ),
            Case(When(counts=True, then=None), default="excluded_at"),
        )
    )


def _lines(as_of: datetime) -> QuerySet[Any, Row]:
    # The lines of an order that was given back count no longer; before that day they did.
    once_valid = Q(counts=True) | Q(
        kind=LineKind.PRODUCT, order__excluded__in=_GIVEN_BACK, order__excluded_at__isnull=False
    )
    return (
        OrderLine.objects.filter(once_valid, order__placed_at__lt=as_of)
        .order_by()
        .values_list("order_id", "product_id", _integer("quantity"), _integer("base_amount"), _integer("discount"))
    )


def _refunds(as_of: datetime) -> QuerySet[Any, Row]:
    once_valid = Q(counts=True) | Q(order__excluded__in=_GIVEN_BACK, order__excluded_at__isnull=False)
    return (
        Refund.objects.filter(once_valid, occurred_at__lt=as_of)
        .exclude(base_amount=None)
        .order_by()
        .values_list("order_id", "occurred_at", _integer("base_amount"))
    )


def _ratings(as_of: datetime) -> QuerySet[Any, Row]:
    return (
        Rating.objects.filter(counts=True, occurred_at__lt=as_of)
        .order_by()
        .values_list("pk", Coalesce("customer__merged_into", "customer"), "product_id", "occurred_at", "value")
    )


def _events(as_of: datetime) -> QuerySet[Any, Row]:
    kinds = [When(name=name, then=Value(code)) for code, name in enumerate(EVENTS)]
    return (
        Event.objects.filter(counts=True, occurred_at__lt=as_of, customer__isnull=False)
        .order_by()
        .values_list(
            Coalesce("customer__merged_into", "customer"),
            "product_id",
            Case(*kinds, default=Value(OTHER_EVENT), output_field=BigIntegerField()),
            "occurred_at",
            "local_date",
        )
    )


def _write_products(rows: Iterable[Row], as_of: datetime) -> Iterable[Row]:
    for *head, published_at, is_real, is_active in rows:
        yield *head, _second(published_at), int(is_real), int(is_active)


def _write_orders(rows: Iterable[Row], as_of: datetime) -> Iterable[Row]:
    for pk, customer, placed_at, day, hour, total, discounted, given_back_at in rows:
        until = FOREVER if given_back_at is None or given_back_at >= as_of else _second(given_back_at)
        number = day_number(day)
        yield pk, customer, _second(placed_at), number, hour, day.weekday(), day.month, total, discounted, until


def _write_refunds(rows: Iterable[Row], as_of: datetime) -> Iterable[Row]:
    for order, occurred_at, amount in rows:
        yield order, _second(occurred_at), amount


def _write_ratings(rows: Iterable[Row], as_of: datetime) -> Iterable[Row]:
    for pk, customer, product, occurred_at, value in rows:
        yield pk, customer, product, _second(occurred_at), round(value * 1000)


def _write_events(rows: Iterable[Row], as_of: datetime) -> Iterable[Row]:
    numbers: dict[date, int] = {}
    for customer, product, kind, occurred_at, day in rows:
        number = numbers.get(day)
        if number is None:
            number = numbers[day] = day_number(day)
        yield customer, product, kind, _second(occurred_at), number


def _as_they_are(rows: Iterable[Row], as_of: datetime) -> Iterable[Row]:
    return rows


def _second(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() // 1)


def _integer(column: str) -> ExpressionWrapper:
    """The stored integer of a fixed-point column; making a million Decimals takes longer than the query."""
    return ExpressionWrapper(F(column), output_field=BigIntegerField())


TABLES = (
    Table("customers", {"customer": _BIGINT}, _customers, _as_they_are),
    Table(
        "products",
        {
            "product": _BIGINT,
            "item": _BIGINT,
            "category": _BIGINT,
            "price": _BIGINT,
            "published": _BIGINT,
            "is_real": _INTEGER,
            "is_active": _INTEGER,
        },
        _products,
        _write_products,
    ),
    Table(
        "orders",
        {
            "order": _BIGINT,
            "customer": _BIGINT,
            "placed": _BIGINT,
            "day": _INTEGER,
            "hour": _INTEGER,
            "weekday": _INTEGER,
            "month": _INTEGER,
            "total": _BIGINT,
            "discounted": _INTEGER,
            "valid_until": _BIGINT,
        },
        _orders,
        _write_orders,
    ),
    Table(
        "lines",
        {"order": _BIGINT, "product": _BIGINT, "quantity": _BIGINT, "amount": _BIGINT, "discount": _BIGINT},
        _lines,
        _as_they_are,
    ),
    Table("refunds", {"order": _BIGINT, "occurred": _BIGINT, "amount": _BIGINT}, _refunds, _write_refunds),
    Table(
        "ratings",
        {"rating": _BIGINT, "customer": _BIGINT, "product": _BIGINT, "occurred": _BIGINT, "value": _BIGINT},
        _ratings,
        _write_ratings,
    ),
    Table(
        "events",
        {"customer": _BIGINT, "product": _BIGINT, "kind": _INTEGER, "occurred": _BIGINT, "day": _INTEGER},
        _events,
        _write_events,
    ),
)
