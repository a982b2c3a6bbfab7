"""What happened to one customer, day by day, latest first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights import formats
from insights.models import Customer, Event, Order, OrderLine, Rating, Refund

KINDS = ("all", "orders", "visits", "ratings")
_ROWS = 300
"""Rows read of each source; days that this cuts are shown on the next page."""


@dataclass
class Entry:
    """One thing that happened: what, and more about it."""

    title: str
    detail: str = ""
    written: bool = False
    """Whether the detail is what somebody wrote."""


@dataclass
class Day:
    """A day with all that happened on it; its kind colours the mark."""

    day: date
    kind: str = "visit"
    entries: list[Entry] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The day, short."""
        return formats.day(self.day)


Found = tuple[date, str, Entry]
_RANK = {"order": 0, "refund": 1, "rating": 2, "visit": 3}


def timeline(
    customer: Customer, kind: str = "all", before: date | None = None, size: int = 10, *, personal: bool = True
) -> list[Day]:
    """The latest days on which something happened.

    Args:
        customer: whose.
        kind: one of ``KINDS``.
        before: only days earlier than this.
        size: how many days at most.
        personal: whether what people wrote is shown, in which anybody may be named.
    """
    found: list[Found] = []
    cut = date.min
    for wanted, read in _SOURCES:
        if kind in ("all", wanted):
            rows, oldest = read(customer, before)
            found += rows
            cut = max(cut, oldest)
    days: dict[date, Day] = {}
    for day, what, entry in sorted(found, key=lambda item: (-item[0].toordinal(), _RANK[item[1]])):
        if day > cut or not days:
            days.setdefault(day, Day(day, what))
        if day in days:
            days[day].entries.append(entry)
    shown = list(days.values())[:size]
    for one in [] if personal else shown:
        one.entries = [replace(entry, detail="") if entry.written else entry for entry in one.entries]
    return shown


def _read(rows: list[Found], count: int) -> tuple[list[Found], date]:
    """Rows, and the day before which the source may hold more than was read."""
    return rows, min(day for day, _kind, _entry in rows) if count >= _ROWS else date.min


def _orders(customer: Customer, before: date | None) -> tuple[list[Found], date]:
    orders = _until(Order.objects.filter(customer=customer, local_date__isnull=False), before)
    orders = list(orders.order_by("-local_date", "-placed_at")[:_ROWS])
    lines: dict[int, list[str]] = defaultdict(list)
    for line in OrderLine.objects.filter(order__in=orders, kind="product").select_related("product").order_by("pk"):
        name = line.product_name or (line.product.name if line.product else "") or _("unknown product")
        lines[line.order_id].append(name if line.quantity == 1 else f"{name} × {_plain(line.quantity)}")
    return _read([(order.local_date, "order", _order(order, lines[order.pk])) for order in orders], len(orders))


def _order(order: Order, lines: list[str]) -> Entry:
    amount = formats.money(order.total, order.currency, exact=True)
    title = _("Order %(number)s, %(amount)s") % {"number": order.external_id, "amount": amount}
    left = [str(order.get_excluded_display())] if not order.counts and order.excluded else []
    shown = [*lines[:4], *([_("%(count)s more") % {"count": len(lines) - 4}] if len(lines) > 4 else [])]
    return Entry(title, " · ".join([*left, ", ".join(shown)]).strip(" ·"))


def _refunds(customer: Customer, before: date | None) -> tuple[list[Found], date]:
    refunds = _until(Refund.objects.filter(order__customer=customer, local_date__isnull=False), before)
    rows: list[Found] = [
        (
            refund.local_date,
            "refund",
            Entry(
                _("%(amount)s given back for order %(number)s")
                % {
                    "amount": formats.money(refund.amount, refund.order.currency, exact=True),
                    "number": refund.order.external_id,
                },
                refund.reason,
                written=True,
            ),
        )
        for refund in refunds.select_related("order").order_by("-local_date")[:_ROWS]
    ]
    return _read(rows, len(rows))


def _ratings(customer: Customer, before: date | None) -> tuple[list[Found], date]:
    ratings = _until(Rating.objects.filter(customer=customer, local_date__isnull=False), before)
    rows: list[Found] = [
        (
            rating.local_date,
            "rating",
            Entry(
                _("Gave %(product)s %(value)s of 5")
                % {"product": rating.product, "value": formats.number(rating.value, 0 if rating.value % 1 == 0 else 1)},
                rating.title,
                written=True,
            ),
        )
        for rating in ratings.select_related("product").order_by("-local_date")[:_ROWS]
    ]
    return _read(rows, len(rows))


def _visits(customer: Customer, before: date | None) -> tuple[list[Found], date]:
    names = ("view_item", "add_to_cart", "add_to_wishlist", "search", "begin_checkout")
    rows = list(
        _until(Event.objects.filter(customer=customer, name__in=names, counts=True), before)
        .order_by("-local_date")
        .values("local_date", "name", "product__name", "query")
        .annotate(count=Count("pk"))[:_ROWS]
    )
    grouped: dict[tuple[date, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["local_date"], row["name"]].append(row)
    ranked = sorted(grouped.items(), key=lambda item: names.index(item[0][1]))
    return _read([(day, "visit", _visit(name, group)) for (day, name), group in ranked], len(rows))


def _visit(name: str, rows: list[dict[str, Any]]) -> Entry:
    products = [row["product__name"] for row in rows if row["product__name"]]
    listed = ", ".join(products[:4])
    if name == "search":
        return Entry(_("Searched for %(words)s") % {"words": ", ".join(f"“{row['query']}”" for row in rows[:3])})
    if name == "begin_checkout":
        return Entry(_("Began to check out"))
    if len(products) <= 1:
        sentence = {
            "view_item": _("Looked at %(product)s"),
            "add_to_cart": _("Put %(product)s into the basket"),
            "add_to_wishlist": _("Noted %(product)s for later"),
        }[name]
        return Entry(sentence % {"product": listed or _("a product")})
    count = {"count": len(products)}
    said = {
        "view_item": ngettext("Looked at %(count)s product", "Looked at %(count)s products", len(products)),
        "add_to_cart": ngettext(
            "Put %(count)s product into the basket", "Put %(count)s products into the basket", len(products)
        ),
        "add_to_wishlist": ngettext(
            "Noted %(count)s product for later", "Noted %(count)s products for later", len(products)
        ),
    }[name]
    return Entry(said % count, listed + ("…" if len(products) > 4 else ""))


def _until(rows: Any, before: date | None) -> Any:
    return rows.filter(local_date__lt=before) if before else rows


def _plain(quantity: Any) -> str:
    return formats.number(quantity, 0 if quantity == int(quantity) else 3)


_SOURCES = (("orders", _orders), ("orders", _refunds), ("ratings", _ratings), ("visits", _visits))
