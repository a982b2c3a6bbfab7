"""The facts that are counted, what is known of them as of a date, and where their parts are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from insights.analytics.time import Grain, TimeRange
from insights.models import (
    STATE_SLOT,
    AdSpend,
    Customer,
    Event,
    Excluded,
    LineKind,
    Order,
    OrderLine,
    Publication,
    Rating,
    Refund,
    Visit,
)

PLACED = (Excluded.NO, Excluded.CANCELLED, Excluded.REFUNDED, Excluded.NO_RATE)
"""Orders that somebody really placed, whatever became of them."""
_UNDONE = (Excluded.CANCELLED, Excluded.REFUNDED)
_STATE = "current_state"


@dataclass(frozen=True)
class Scope:
    """Under what a query reads: known by when, in which days, in which stretches, with which predictions."""

    as_of: datetime | None = None
    time_range: TimeRange | None = None
    grain: Grain | None = None
    generation: int | None = None


def current_generation() -> int | None:
    """The run whose customer states are served now."""
    return Publication.objects.filter(slot=STATE_SLOT).values_list("generation", flat=True).first()


@dataclass(frozen=True)
class Fact:
    """A table of facts.

    Attributes:
        rows: those that count, as they were known.
        day: path of the shop's day; None where a row has no day.
        hour: path of the shop's hour.
        paths: prefixes of the order, customer, product and source (campaign, referrer) of a row.
        fields: paths of single columns that only this fact has.
    """

    key: str
    label_en: str
    label_zh: str
    rows: Callable[[datetime | None], QuerySet[Any]]
    day: str | None = None
    hour: str | None = None
    paths: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    def at(self, part: str, column: str) -> str | None:
        """The path of a column of a part, or None when a row has no such part."""
        return self.paths[part] + column if part in self.paths else None

    def id_of(self, part: str) -> str | None:
        """The path of the primary key of a part, without a join where there is none needed."""
        if part not in self.paths:
            return None
        prefix = self.paths[part]
        return prefix.removesuffix("__") + "_id" if prefix else "pk"

    def select(self, scope: Scope, *, states: bool = False) -> QuerySet[Any]:
        """The rows of a scope, in no order; with ``states``, joined to the current customer states."""
        rows = self.rows(scope.as_of).order_by()
        if scope.time_range is not None and self.day is not None:
            rows = rows.filter(**{f"{self.day}__gte": scope.time_range.start, f"{self.day}__lt": scope.time_range.end})
        if states:
            relation = self.paths["customer"] + "states"
            condition = Q(**{f"{relation}__generation": scope.generation or 0})
            rows = rows.alias(**{_STATE: FilteredRelation(relation, condition=condition)})
        return rows

    @staticmethod
    def state(column: str) -> F:
        """A column of the current customer state."""
        return F(f"{_STATE}__{column}")


def counted_then(as_of: datetime | None, order: str = "") -> Q:
    """Rows that count, or did at ``as_of`` since their order was undone only later."""
    if as_of is None:
        return Q(counts=True)
    return Q(counts=True) | Q(**{f"{order}excluded__in": _UNDONE, f"{order}excluded_at__gte": as_of})


def undone_by(excluded: str, as_of: datetime | None) -> Q:
    """Orders that were cancelled, or refunded, by ``as_of``."""
    undone = Q(excluded=excluded)
    return undone if as_of is None else undone & (Q(excluded_at__isnull=True) | Q(excluded_at__lt=as_of))


def _placed(as_of: datetime | None) -> QuerySet[Order]:
    return Order.objects.known(as_of).filter(excluded__in=PLACED)


def _lines(as_of: datetime | None) -> QuerySet[OrderLine]:
    lines = OrderLine.objects.filter(counted_then(as_of, "order__"))
    return lines if as_of is None else lines.filter(kind=LineKind.PRODUCT, order__placed_at__lt=as_of)


def _refunds(as_of: datetime | None) -> QuerySet[Refund]:
    return Refund.objects.all() if as_of is None else Refund.objects.filter(occurred_at__lt=as_of)


def _visits(as_of: datetime | None) -> QuerySet[Visit]:
    visits = Visit.objects.filter(counts=True)
    return visits if as_of is None else visits.filter(started_at__lt=as_of)


def _events(as_of: datetime | None) -> QuerySet[Event]:
    events = Event.objects.filter(counts=True)
    return events if as_of is None else events.filter(occurred_at__lt=as_of)


def _ratings(as_of: datetime | None) -> QuerySet[Rating]:
    ratings = Rating.objects.filter(counts=True)
    return ratings if as_of is None else ratings.filter(occurred_at__lt=as_of)


def _won(as_of: datetime | None) -> QuerySet[OrderLine]:
    return _lines(as_of).filter(order__customer__first_order_date__isnull=False)


def _spent(as_of: datetime | None) -> QuerySet[AdSpend]:
    return AdSpend.objects.all() if as_of is None else AdSpend.objects.filter(day__lt=timezone.localdate(as_of))


def real_customers(as_of: datetime | None) -> QuerySet[Customer]:
    """Customers that the shop knew, each person once; neither staff nor tests."""
    customers = Customer.objects.filter(is_real=True, merged_into__isnull=True)
    if as_of is None:
        return customers
    bought = Order.objects.valid(as_of).filter(customer=OuterRef("pk"))
    return customers.filter(Q(joined_at__lt=as_of) | Q(Exists(bought)))


_BOUGHT = {"order": "order__", "customer": "order__customer__", "source": "order__"}
FACTS: dict[str, Fact] = {
    fact.key: fact
    for fact in (
        Fact(
            "orders",
            "valid orders",
            "有效订单",
            lambda as_of: Order.objects.valid(as_of),
            "local_date",
            "local_hour",
            {"order": "", "customer": "customer__", "source": ""},
        ),
        Fact(
            "placed",
            "all orders placed",
            "全部订单",
            _placed,
            "local_date",
            "local_hour",
            {"order": "", "customer": "customer__", "source": ""},
        ),
        Fact(
            "lines",
            "lines of valid orders",
            "有效订单的明细",
            _lines,
            "order__local_date",
            "order__local_hour",
            {**_BOUGHT, "product": "product__"},
        ),
        Fact(
            "refunds",
            "refunds",
            "退款",
            _refunds,
            "local_date",
            "order__local_hour",
            {**_BOUGHT, "product": "line__product__"},
        ),
        Fact(
            "visits",
            "visits",
            "访问",
            _visits,
            "local_date",
            "local_hour",
            {"customer": "customer__", "source": ""},
            {"device": "device", "country": "country", "last_channel": "traffic"},
        ),
        Fact(
            "events",
            "behaviour events",
            "行为事件",
            _events,
            "local_date",
            None,
            {"customer": "customer__", "product": "product__", "source": ""},
            {"device": "device"},
        ),
        Fact(
            "ratings",
            "reviews",
            "评价",
            _ratings,
            "local_date",
            None,
            {"customer": "customer__", "product": "product__"},
        ),
        Fact("customers", "customers", "客户", real_customers, None, None, {"customer": ""}),
        Fact(
            "ad_spend",
            "ad spend",
            "广告花费",
            _spent,
            "day",
            None,
            {},
            {
                "first_channel": "traffic",
                "last_channel": "traffic",
                "source": "source",
                "medium": "medium",
                "campaign": "campaign",
            },
        ),
        Fact(
            "won",
            "lines of new customers, by the day of their first order",
            "新客的订单明细（按首单日期）",
            _won,
            "order__customer__first_order_date",
            None,
            {"customer": "order__customer__"},
        ),
    )
}
