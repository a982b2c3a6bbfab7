"""WooCommerce: its own product export, the order and customer exports of its extension, and the bodies of its webhooks.

Orders may lie in one row each, with all lines in one cell, or in one row a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from insights.sources.exports.mapping import (
    Out,
    Platform,
    ReadyMapping,
    Said,
    full_name,
    inner,
    number,
    objects,
    of,
    text,
    when,
)

_UNPAID = ("pending", "checkout-draft", "auto-draft")
WOOCOMMERCE = Platform(
    channel="woocommerce",
    fields={
        "customers": ("id", "email", "name", "phone", "country", "region", "city", "joined_at", "is_business"),
        "products": (
            "id", "name", "parent", "category", "brand", "description", "price", "was_price", "stock", "url",
            "image_url", "published_at", "is_active", "attributes",
        ),
        "orders": (
            "id", "placed_at", "customer", "email", "phone", "name", "status", "currency", "total", "tax", "shipping",
            "discount", "coupon", "country", "region", "city", "is_business",
        ),
        "order_lines": ("id", "order", "product", "product_name", "quantity", "unit_price", "amount"),
        "refunds": ("id", "order", "amount", "occurred_at", "reason"),
    },
    statuses={
        "cancelled": "cancelled", "failed": "cancelled", "trash": "cancelled", "refunded": "refunded",
        **dict.fromkeys(_UNPAID, "ignore"),
    },
    once=frozenset({"refunds"}),
)  # fmt: skip


def _orders(rows: Sequence[Said]) -> Iterator[Out]:
    first = rows[0]
    order = text(first, "order_id", "id", "order_number")
    status = text(first, "status", "order_status").lower().removeprefix("wc-")
    placed = when(of(first, "date", "order_date", "date_created"))
    customer = text(first, "customer_id", "customer_user")
    yield (
        "orders",
        {
            "id": order,
            "placed_at": placed,
            "customer": "" if customer == "0" else customer,
            "email": text(first, "billing_email", "customer_email"),
            "phone": text(first, "billing_phone"),
            "name": full_name(first, "billing_first_name", "billing_last_name"),
            "status": status,
            "currency": text(first, "order_currency", "currency"),
            "total": of(first, "order_total", "total"),
            "tax": of(first, "tax_total", "total_tax"),
            "shipping": of(first, "shipping_total"),
            "discount": of(first, "discount_total", "cart_discount"),
            "coupon": _coupon(text(first, "coupon_items", "coupons")),
            "country": text(first, "billing_country", "shipping_country"),
            "region": text(first, "billing_state", "shipping_state"),
            "city": text(first, "billing_city", "shipping_city"),
            "is_business": bool(text(first, "billing_company")),
        },
    )
    if status in _UNPAID:
        return
    items = [item for row in rows for item in _items(row)]
    for place, item in enumerate(items, 1):
        yield "order_lines", _line(order, text(item, "id") or f"{order}:{place}", item)
    refunded = number(of(first, "refunded_total", "refund_total"))
    if refunded:
        # The export has no day for it; without one it counts on the order's.
        yield "refunds", {"id": f"{order}:refunded", "order": order, "amount": abs(refunded), "occurred_at": placed}


def _items(row: Said) -> Iterator[Said]:
    """The lines of a row: one in columns of its own, or several in one cell."""
    if of(row, "item_name", "item_quantity"):
        yield {name.removeprefix("item_"): value for name, value in row.items() if name.startswith("item_")}
        return
    for part in text(row, "line_items").split(";"):
        pairs = (pair.partition(":") for pair in part.split("|"))
        item = {name.strip(): value.strip() for name, _, value in pairs if name.strip()}
        if item.keys() & {"name", "quantity"}:
            yield item


def _line(order: str, key: str, item: Said) -> dict[str, Any]:
    quantity, before = number(of(item, "quantity")), number(of(item, "subtotal", "total"))
    price = before / quantity if quantity and before is not None else number(of(item, "price"))
    variation = text(item, "variation_id")
    return {
        "id": key,
        "order": order,
        "product": (variation if variation != "0" else "") or text(item, "product_id", "sku"),
        "product_name": text(item, "name"),
        "quantity": of(item, "quantity"),
        "unit_price": price,
        "amount": of(item, "total"),
    }


def _coupon(said: str) -> str:
    """The first code of ``code:SPRING|amount:5.00;…``, or of a plain list."""
    first = said.split(";")[0].split("|")[0].split(",")[0]
    return first.removeprefix("code:").strip()


def _customers(rows: Sequence[Said]) -> Iterator[Out]:
    for row in rows:
        yield (
            "customers",
            {
                "id": text(row, "customer_id", "user_id", "id", "email", "billing_email"),
                "email": text(row, "email", "user_email", "billing_email"),
                "name": full_name(row, "first_name", "last_name")
                or full_name(row, "billing_first_name", "billing_last_name")
                or text(row, "name"),
                "phone": text(row, "billing_phone", "phone"),
                "country": text(row, "billing_country", "country", "country_region"),
                "region": text(row, "billing_state", "state", "region"),
                "city": text(row, "billing_city", "city"),
                "joined_at": when(of(row, "date_registered", "user_registered", "sign_up")),
                "is_business": bool(text(row, "billing_company")),
            },
        )


def _products(rows: Sequence[Said]) -> Iterator[Out]:
    for row in rows:
        regular, sale = number(of(row, "regular_price")), number(of(row, "sale_price"))
        yield (
            "products",
            {
                "id": text(row, "id", "sku"),
                "name": text(row, "name"),
                "parent": text(row, "parent").removeprefix("id:"),
                "category": _deepest(text(row, "categories")),
                "brand": text(row, "brands", "brand"),
                "description": of(row, "description", "short_description"),
                "price": regular if sale is None else sale,
                "was_price": None if sale is None else regular,
                "stock": of(row, "stock"),
                "image_url": text(row, "images").split(",")[0].strip(),
                "is_active": text(row, "published") in ("1", "yes", "true", ""),
            },
        )


def _deepest(said: str) -> str:
    """Of ``Tea > Green tea, Gifts`` the first, by its last name."""
    return said.split(",")[0].rpartition(">")[2].strip()


def order_of(body: Said) -> Iterator[Out]:
    """An order of a webhook, with its lines and refunds."""
    order, address = text(body, "id"), inner(body, "billing")
    customer, status = text(body, "customer_id"), text(body, "status")
    yield (
        "orders",
        {
            "id": order,
            "placed_at": _gmt(body, "date_created"),
            "customer": "" if customer == "0" else customer,
            "email": text(address, "email"),
            "phone": text(address, "phone"),
            "name": full_name(address, "first_name", "last_name"),
            "status": status,
            "currency": text(body, "currency"),
            "total": of(body, "total"),
            "tax": of(body, "total_tax"),
            "shipping": of(body, "shipping_total"),
            "discount": of(body, "discount_total"),
            "coupon": next((text(coupon, "code") for coupon in objects(body.get("coupon_lines"))), ""),
            "country": text(address, "country"),
            "region": text(address, "state"),
            "city": text(address, "city"),
            "is_business": bool(text(address, "company")),
        },
    )
    if status in _UNPAID:
        return
    for item in objects(body.get("line_items")):
        yield "order_lines", _line(order, text(item, "id"), item)
    for refund in objects(body.get("refunds")):
        amount = number(refund.get("total"))
        if amount and abs(amount) > Decimal():
            yield (
                "refunds",
                {
                    "id": text(refund, "id"),
                    "order": order,
                    "amount": abs(amount),
                    # It has no day of its own; the order was last changed by it when it is first told of.
                    "occurred_at": _gmt(body, "date_modified"),
                    "reason": text(refund, "reason"),
                },
            )


def customer_of(body: Said) -> Iterator[Out]:
    """A customer of a webhook."""
    address = inner(body, "billing")
    yield (
        "customers",
        {
            "id": text(body, "id"),
            "email": text(body, "email") or text(address, "email"),
            "name": full_name(body, "first_name", "last_name"),
            "phone": text(address, "phone"),
            "country": text(address, "country"),
            "region": text(address, "state"),
            "city": text(address, "city"),
            "joined_at": _gmt(body, "date_created"),
            "is_business": bool(text(address, "company")),
        },
    )


def product_of(body: Said) -> Iterator[Out]:
    """A product of a webhook."""
    regular, sale = number(body.get("regular_price")), number(body.get("sale_price"))
    parent = text(body, "parent_id")
    yield (
        "products",
        {
            "id": text(body, "id"),
            "name": text(body, "name"),
            "parent": "" if parent == "0" else parent,
            "category": next((text(item, "name") for item in objects(body.get("categories"))), ""),
            "brand": next((text(item, "name") for item in objects(body.get("brands"))), ""),
            "description": of(body, "description", "short_description"),
            "price": of(body, "price", "regular_price"),
            "was_price": regular if sale is not None and body.get("on_sale") else None,
            "stock": of(body, "stock_quantity"),
            "url": text(body, "permalink"),
            "image_url": next((text(item, "src") for item in objects(body.get("images"))), ""),
            "published_at": _gmt(body, "date_created"),
            "is_active": body.get("status") == "publish",
        },
    )


def _gmt(body: Said, name: str) -> str:
    said = text(body, f"{name}_gmt")
    return f"{said}Z" if said and said[-1] != "Z" else said or text(body, name)


MAPPINGS = (
    ReadyMapping(
        "woocommerce-orders",
        WOOCOMMERCE,
        (("order_id", "order_number"), ("order_total", "total"), ("item_name", "line_items", "item_quantity")),
        ("order_id", "order_number"),
        _orders,
    ),
    ReadyMapping("woocommerce-customers", WOOCOMMERCE, (("email", "user_email", "billing_email"),), (), _customers),
    ReadyMapping("woocommerce-products", WOOCOMMERCE, (("id", "sku"), ("name",), ("regular_price",)), (), _products),
)
