"""Columns that follow from others, and what a changed row means for orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from insights.cleaning import in_base
from insights.identity import stored_phone_key
from insights.models import Category, Customer, LineKind, Order, OrderLine, Product, Refund, Scaled, overwrite
from insights.sources.settle import local, rate_of, scaled
from insights.sources.spend import value_spend


def derive(kind: str, rows: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Add the columns that cleaning owns to rows about to be written; gives their names."""
    rows = list(rows)
    if kind == "orders":
        for row in rows:
            moment = local(row["placed_at"])
            row["local_date"], row["local_hour"] = moment.date(), moment.hour
            row["rate"] = rate_of(row["currency"])
            row["rate_date"] = row["local_date"] if row["rate"] is not None else None
            if row["total"] is None:
                row["total"] = Scaled(0)
        return "local_date", "local_hour", "rate", "rate_date"
    if kind == "customers":
        for row in rows:
            row["phone_key"] = stored_phone_key(row["phone"], row["country"])
        return ("phone_key",)
    if kind == "ratings":
        people = _unreal(row.get("customer_id") for row in rows)
        for row in rows:
            row["local_date"] = local(row["occurred_at"]).date()
            row["counts"] = row.get("customer_id") not in people
        return "local_date", "counts"
    if kind == "ad_spend":
        return value_spend(rows)
    if kind == "order_lines":
        _expect(rows)
        return "counts", "base_amount"
    return ()


def affected_orders(kind: str, changed: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """Orders that must be judged anew when these rows change; to be called before they are written.

    Args:
        changed: values to be written, by primary key.
    """
    if not changed:
        return set()
    if kind == "customers":
        before = Customer.objects.filter(pk__in=changed).values_list("pk", "is_staff", "is_test")
        turned = [
            pk for pk, staff, test in before if (staff, test) != (changed[pk]["is_staff"], changed[pk]["is_test"])
        ]
        return set(Order.objects.filter(customer__in=turned).values_list("pk", flat=True)) if turned else set()
    if kind == "products":
        real = Product.objects.filter(pk__in=changed).values_list("pk", "is_real")
        turned = [pk for pk, is_real in real if is_real != changed[pk]["is_real"]]
        return set(OrderLine.objects.filter(product__in=turned).values_list("order_id", flat=True)) if turned else set()
    if kind == "order_lines":
        return set(OrderLine.objects.filter(pk__in=changed).values_list("order_id", flat=True))
    if kind == "refunds":
        return set(Refund.objects.filter(pk__in=changed).values_list("order_id", flat=True))
    return set()


def buyers(orders: Iterable[int]) -> set[int]:
    """The customers of orders."""
    known = Order.objects.filter(pk__in=list(orders)).exclude(customer=None)
    return set(known.values_list("customer", flat=True))


def write_paths(channel: str) -> None:
    """Write the names from the root onto each category that has moved."""
    categories = {category.pk: category for category in Category.objects.filter(channel=channel)}
    moved: dict[int, tuple[str]] = {}
    for category in categories.values():
        names, seen, node = [category.name], {category.pk}, category
        while node.parent_id in categories and node.parent_id not in seen:
            node = categories[node.parent_id]
            seen.add(node.pk)
            names.append(node.name)
        path = " / ".join(reversed(names))[:500]
        if path != category.path:
            moved[category.pk] = (path,)
    overwrite(Category, ("path",), moved)


def _unreal(customers: Iterable[int | None]) -> set[int | None]:
    return set(
        Customer.objects.filter(pk__in={pk for pk in customers if pk}, is_real=False).values_list("pk", flat=True)
    )


def _expect(rows: list[dict[str, Any]]) -> None:
    """Write lines as they will most probably be judged, so that few have to be written twice."""
    orders = {
        pk: (rate_of(currency), not (cancelled or test))
        for pk, currency, cancelled, test in Order.objects.filter(pk__in={row["order_id"] for row in rows}).values_list(
            "pk", "currency", "is_cancelled", "is_test"
        )
    }
    for row in rows:
        rate, fine = orders[row["order_id"]]
        sells = row["kind"] == LineKind.PRODUCT and row["quantity"] > 0 and row["unit_price"] > 0
        row["counts"] = bool(fine and rate is not None and sells)
        row["base_amount"] = scaled(in_base(row["net_amount"], rate))
