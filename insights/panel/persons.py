"""Customers as they stand beside each other: who they are, what they bought, and since when they are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from insights import formats
from insights.models import Customer, Order, Refund, Visit
from insights.panel.access import mask
from insights.panel.page import link
from insights.places import country_name


@dataclass(frozen=True)
class Deeds:
    """What a customer did.

    Attributes:
        spent: net, of valid orders.
        first: the first day on which they were seen, as far as that is known.
    """

    orders: int = 0
    spent: Decimal = Decimal(0)
    first: date | None = None
    last: date | None = None


def called(customer: Customer, *, personal: bool) -> str:
    """The name of a customer, or the number where there is none."""
    name = customer.name if personal else mask(customer.name)
    return name or _("Customer %(id)s") % {"id": customer.external_id}


def page_of(request: HttpRequest, customer: Customer, **query: object) -> str:
    """The address of a customer's page."""
    return link(
        request,
        "customer",
        customer.external_id,
        channel="" if customer.channel == "shop" else customer.channel,
        **query,
    )


def deeds(customers: Iterable[Customer]) -> dict[int, Deeds]:
    """What each of some customers did, by primary key."""
    joined = {row.pk: timezone.localdate(row.joined_at) if row.joined_at else None for row in customers}
    bought = {pk: row for pk, *row in _bought(joined)}
    back = dict(
        Refund.objects.filter(order__customer__in=joined, counts=True)
        .order_by()
        .values_list("order__customer")
        .annotate(sum=Sum("base_amount"))
    )
    visits = Visit.objects.filter(customer__in=joined).order_by().values_list("customer")
    seen = {pk: row for pk, *row in visits.annotate(first=Min("local_date"), last=Max("local_date"))}
    found = {}
    for pk, since in joined.items():
        orders, spent, *days = bought.get(pk, (0, None))
        days += [since, *seen.get(pk, ())]
        known = sorted(day for day in days if day is not None)
        net = (spent or Decimal(0)) - (back.get(pk) or Decimal(0))
        found[pk] = Deeds(orders, net, known[0] if known else None, known[-1] if known else None)
    return found


def _bought(customers: Iterable[int]) -> Iterable[Any]:
    """(customer, valid orders, their sum, first day, last day)."""
    orders = Order.objects.valid().filter(customer__in=list(customers)).order_by().values_list("customer")
    return orders.annotate(n=Count("pk"), sum=Sum("base_total"), first=Min("local_date"), last=Max("local_date"))


def lines(one: Customer, other: Customer, done: dict[int, Deeds], *, personal: bool) -> list[tuple[str, str, str]]:
    """(what, of the one, of the other), without what is known of neither."""
    pairs = [(what, of(one), of(other)) for what, of in _lines(done, personal)]
    return [row for row in pairs if row[1] or row[2]]


def _lines(done: dict[int, Deeds], personal: bool) -> list[tuple[str, Callable[[Customer], str]]]:
    def secret(value: str) -> str:
        return value if personal else mask(value)

    return [
        (_("Number"), lambda who: f"{who.external_id} · {who.channel}"),
        (_("Kind"), lambda who: _("a guest") if who.is_guest else _("an account")),
        (_("E-mail address"), lambda who: secret(who.email)),
        (_("Telephone"), lambda who: secret(who.phone)),
        (_("Place"), lambda who: _place(who, personal)),
        (_("Orders"), lambda who: formats.number(done[who.pk].orders)),
        (_("Spent"), lambda who: formats.money(done[who.pk].spent)),
        (_("First seen"), lambda who: _day(done[who.pk].first)),
        (_("Last seen"), lambda who: _day(done[who.pk].last)),
    ]


def _place(customer: Customer, personal: bool) -> str:
    country = country_name(customer.country, formats.language())
    return ", ".join(part for part in (customer.city if personal else "", country) if part)


def _day(day: date | None) -> str:
    return formats.long_day(day) if day else ""
