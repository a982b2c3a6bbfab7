"""Customers as they stand beside each other: who they are, what they bought, and since when they are known."""

from __future__ import annotations

from collections.abc import Iterable
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
    bought = {row.pop("customer"): row for row in _bought(joined)}
    back = dict(
        Refund.objects.filter(order__customer__in=joined, counts=True)
        .order_by()
        .values_list("order__customer")
        .annotate(sum=Sum("base_amount"))
    )
    visits = Visit.objects.filter(customer__in=joined).order_by().values("customer")
    seen = {row.pop("customer"): row for row in visits.annotate(first=Min("local_date"), last=Max("local_date"))}
    nothing: dict[str, Any] = {}
    found = {}
    for pk, since in joined.items():
        orders, visited = bought.get(pk, nothing), seen.get(pk, nothing)
        found[pk] = Deeds(
            orders=orders.get("orders", 0),
            spent=(orders.get("spent") or Decimal(0)) - (back.get(pk) or Decimal(0)),
            first=min(_known(since, orders.get("first"), visited.get("first")), default=None),
            last=max(_known(since, orders.get("last"), visited.get("last")), default=None),
        )
    return found


def _bought(customers: Iterable[int]) -> Iterable[dict[str, Any]]:
    orders = Order.objects.valid().filter(customer__in=list(customers)).order_by().values("customer")
    sums = {"orders": Count("pk"), "spent": Sum("base_total"), "first": Min("local_date"), "last": Max("local_date")}
    return orders.annotate(**sums)


def lines(one: Customer, other: Customer, done: dict[int, Deeds], *, personal: bool) -> list[tuple[str, str, str]]:
    """(what, of the one, of the other), without what is known of neither."""
    pair = (one, other)
    rows = [
        (_("Number"), *(f"{who.external_id} · {who.channel}" for who in pair)),
        (_("Kind"), *(_("a guest") if who.is_guest else _("an account") for who in pair)),
        (_("E-mail address"), *(who.email if personal else mask(who.email) for who in pair)),
        (_("Telephone"), *(who.phone if personal else mask(who.phone) for who in pair)),
        (_("Place"), *(_place(who, personal) for who in pair)),
        (_("Orders"), *(formats.number(done[who.pk].orders) for who in pair)),
        (_("Spent"), *(formats.money(done[who.pk].spent) for who in pair)),
        (_("First seen"), *(_day(done[who.pk].first) for who in pair)),
        (_("Last seen"), *(_day(done[who.pk].last) for who in pair)),
    ]
    return [row for row in rows if row[1] or row[2]]


def _place(customer: Customer, personal: bool) -> str:
    country = country_name(customer.country, formats.language())
    return ", ".join(part for part in (customer.city if personal else "", country) if part)


def _day(day: date | None) -> str:
    return formats.long_day(day) if day else ""


def _known(*days: date | None) -> list[date]:
    return [day for day in days if day is not None]
