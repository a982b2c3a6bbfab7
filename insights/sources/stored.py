"""Orders, lines and refunds as they stand in the tables, with what is written of them now, as plain values.

Only the columns that a judgement needs are read, and money as the integers that are stored: a million rows as objects
of the models would take several times as long.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, ExpressionWrapper, F, TextField
from django.db.models.functions import Cast, Coalesce

from insights.cleaning import Line
from insights.models import Order, OrderLine, Refund


class StoredLine(NamedTuple):
    """A line with what is written of it now."""

    line: Line
    base: int | None
    counts: bool
    flags: tuple[str, ...]


class StoredOrder(NamedTuple):
    """An order with what is written of it now; money in 1/10,000."""

    pk: int
    placed_at: datetime
    currency: str
    shipping: int | None
    discount: int | None
    tax: int | None
    is_cancelled: bool
    is_test: bool
    cancelled_at: datetime | None
    by_tester: bool
    by_staff: bool
    local_date: date | None
    total: int
    base_total: int | None
    excluded: str
    excluded_at: datetime | None
    rate: Decimal | None
    flags: tuple[str, ...]


class StoredRefund(NamedTuple):
    """A refund with what is written of it now."""

    pk: int
    occurred_at: datetime
    amount: int
    base: int | None
    counts: bool
    local_date: date | None


class _Stored(ExpressionWrapper):
    """An integer that comes as one from every database: to make each one of them takes as long as to read it."""

    def get_db_converters(self, connection: Any) -> list[Any]:
        return []


def whole(column: str) -> ExpressionWrapper:
    """The stored integer of a fixed-point column."""
    return _Stored(F(column), output_field=BigIntegerField())


def marks(column: str = "flags") -> Cast:
    """A column of flags as text, to be read by ``read_marks``: nearly all say the same, and JSON is slow to read."""
    return Cast(column, TextField())


@lru_cache(maxsize=1024)
def read_marks(text: str) -> tuple[str, ...]:
    """The flags that a text of ``marks`` says."""
    return tuple(json.loads(text))


def stored_orders(pks: Sequence[int]) -> Iterator[StoredOrder]:
    """Orders by primary key."""
    rows = Order.objects.filter(pk__in=pks).values_list(
        "pk",
        "placed_at",
        "currency",
        whole("shipping"),
        whole("discount"),
        whole("tax"),
        "is_cancelled",
        "is_test",
        "cancelled_at",
        Coalesce("customer__is_test", False),
        Coalesce("customer__is_staff", False),
        "local_date",
        whole("total"),
        whole("base_total"),
        "excluded",
        "excluded_at",
        "rate",
        marks(),
    )
    return (StoredOrder._make((*row[:-1], read_marks(row[-1]))) for row in rows)


def stored_lines(orders: Sequence[int]) -> Mapping[int, list[StoredLine]]:
    """The lines of orders, oldest first, by the order's primary key."""
    rows = (
        OrderLine.objects.filter(order__in=orders)
        .order_by("pk")
        .values_list(
            "order_id",
            "pk",
            "product_id",
            "product_name",
            "kind",
            whole("quantity"),
            whole("unit_price"),
            whole("discount"),
            whole("net_amount"),
            Coalesce("product__is_real", True),
            whole("base_amount"),
            "counts",
            marks(),
        )
    )
    found: defaultdict[int, list[StoredLine]] = defaultdict(list)
    for order, *line, base, counts, flags in rows:
        found[order].append(StoredLine(Line(*line), base, counts, read_marks(flags)))
    return found


def stored_refunds(orders: Sequence[int]) -> Mapping[int, list[StoredRefund]]:
    """The refunds of orders, oldest first, by the order's primary key."""
    found: defaultdict[int, list[StoredRefund]] = defaultdict(list)
    rows = (
        Refund.objects.filter(order__in=orders)
        .order_by("occurred_at", "pk")
        .values_list("order_id", "pk", "occurred_at", whole("amount"), whole("base_amount"), "counts", "local_date")
    )
    for order, *said in rows:
        found[order].append(StoredRefund(*said))
    return found
