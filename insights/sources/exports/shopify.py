"""Shopify: the CSV exports of its admin, and the bodies of its webhooks.

An order of several products lies in as many rows of the export, of which the first has what belongs to the order. Both
give a line the same key, its order and its place, so that a message changes what an export brought.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

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
    total,
    when,
)

SHOPIFY = Platform(
    channel="shopify",
    fields={
        "customers": (
            "id", "email", "name", "phone", "language", "country", "region", "city", "joined_at", "accepts_marketing",
        ),
        "products": (
            "id", "name", "parent", "category", "brand", "description", "price", "was_price", "unit_cost", "stock",
            "url", "image_url", "published_at", "is_active", "attributes",
        ),
        "orders": (
            "id", "placed_at", "customer", "email", "phone", "name", "status", "cancelled_at", "currency", "total",
            "tax", "shipping", "discount", "coupon", "country", "region", "city", "referrer", "is_test",
        ),
        "order_lines": ("id", "order", "product", "product_name", "quantity", "unit_price", "discount"),
        "refunds": ("id", "order", "amount", "occurred_at", "reason"),
    },
    statuses={"voided": "cancelled", "cancelled": "cancelled", "refunded": "refunded"},
    once=frozenset({"refunds"}),
)  # fmt: skip


def _orders(rows: Sequence[Said]) -> Iterator[Out]:
    first = rows[0]
    order = text(first, "id", "name")
    placed = when(of(first, "created_at", "processed_at"))
    cancelled = when(of(first, "cancelled_at"))
    yield (
        "orders",
        {
            "id": order,
            "placed_at": placed,
            "email": text(first, "email"),
            "phone": text(first, "phone", "billing_phone", "shipping_phone"),
            "name": text(first, "billing_name", "shipping_name"),
            "status": "cancelled" if cancelled else text(first, "financial_status"),
            "cancelled_at": cancelled,
            "currency": text(first, "currency"),
            "total": of(first, "total"),
            "tax": of(first, "taxes"),
            "shipping": of(first, "shipping"),
            "discount": of(first, "discount_amount"),
            "coupon": text(first, "discount_code"),
            "country": text(first, "billing_country", "shipping_country"),
            "region": text(first, "billing_province", "shipping_province"),
            "city": text(first, "billing_city", "shipping_city"),
        },
    )
    lines = [row for row in rows if of(row, "lineitem_quantity", "lineitem_name", "lineitem_price")]
    for place, row in enumerate(lines, 1):
        yield (
            "order_lines",
            {
                "id": f"{order}:{place}",
                "order": order,
                "product": text(row, "lineitem_sku"),
                "product_name": text(row, "lineitem_name"),
                "quantity": of(row, "lineitem_quantity"),
                "unit_price": of(row, "lineitem_price"),
                "discount": of(row, "lineitem_discount"),
            },
        )
    refunded = number(of(first, "refunded_amount"))
    if refunded:
        # The export has no day for it; without one it counts on the order's.
        yield "refunds", {"id": f"{order}:refunded", "order": order, "amount": refunded, "occurred_at": placed}


def _customers(rows: Sequence[Said]) -> Iterator[Out]:
    for row in rows:
        yield (
            "customers",
            {
                "id": text(row, "customer_id", "id", "email"),
                "email": text(row, "email"),
                "name": full_name(row, "first_name", "last_name"),
                "phone": text(row, "phone", "default_address_phone"),
                "country": text(row, "default_address_country_code", "country_code", "country"),
                "region": text(row, "default_address_province_code", "province_code", "province"),
                "city": text(row, "default_address_city", "city"),
                "accepts_marketing": of(row, "accepts_email_marketing", "accepts_marketing"),
            },
        )


def _products(rows: Sequence[Said]) -> Iterator[Out]:
    first = rows[0]
    handle = text(first, "handle", "url_handle")
    variants = [row for row in rows if of(row, "variant_price", "price", "variant_sku", "sku")] or [first]
    common = {
        "name": text(first, "title"),
        "category": text(first, "type") or text(first, "product_category").rpartition(">")[2].strip(),
        "brand": text(first, "vendor"),
        "description": of(first, "body_html", "description"),
        "url": f"/products/{handle}",
        "image_url": text(first, "image_src", "product_image_url"),
        "is_active": text(first, "status", "published").lower() not in ("draft", "archived", "false"),
    }
    if len(variants) > 1:
        yield "products", {"id": handle, **common}
    for row in variants:
        options = [said for place in "123" if (said := text(row, f"option{place}_value")) and said != "Default Title"]
        alone = len(variants) == 1
        yield (
            "products",
            {
                **common,
                "id": _variant_key(text(row, "variant_sku", "sku"), handle, [] if alone else options),
                "parent": "" if alone else handle,
                "name": " – ".join([common["name"], *options]),
                "price": of(row, "variant_price", "price"),
                "was_price": of(row, "variant_compare_at_price", "compare_at_price"),
                "unit_cost": of(row, "cost_per_item"),
                "stock": of(row, "variant_inventory_qty", "inventory_quantity"),
                "image_url": text(row, "variant_image", "variant_image_url") or common["image_url"],
            },
        )


def _variant_key(sku: str, handle: str, options: Sequence[str]) -> str:
    return sku or "/".join([handle, *options])[:128]


def order_of(body: Said) -> Iterator[Out]:
    """An order of a webhook, with its customer, lines and refunds."""
    order = text(body, "id")
    buyer, address = inner(body, "customer"), inner(body, "billing_address") or inner(body, "shipping_address")
    if buyer.get("id"):
        yield from customer_of(buyer)
    cancelled = when(of(body, "cancelled_at"))
    yield (
        "orders",
        {
            "id": order,
            "placed_at": when(of(body, "processed_at", "created_at")),
            "customer": text(buyer, "id"),
            "email": text(body, "email", "contact_email"),
            "phone": text(body, "phone"),
            "name": text(address, "name"),
            "status": "cancelled" if cancelled else text(body, "financial_status"),
            "cancelled_at": cancelled,
            "currency": text(body, "currency"),
            "total": of(body, "total_price"),
            "tax": of(body, "total_tax"),
            "shipping": of(inner(inner(body, "total_shipping_price_set"), "shop_money"), "amount"),
            "discount": of(body, "total_discounts"),
            "coupon": next((text(code, "code") for code in objects(body.get("discount_codes"))), ""),
            "country": text(address, "country_code", "country"),
            "region": text(address, "province_code", "province"),
            "city": text(address, "city"),
            "referrer": text(body, "referring_site"),
            "is_test": body.get("test") is True,
        },
    )
    for place, line in enumerate(objects(body.get("line_items")), 1):
        yield (
            "order_lines",
            {
                "id": f"{order}:{place}",
                "order": order,
                "product": text(line, "sku"),
                "product_name": text(line, "name", "title"),
                "quantity": of(line, "quantity"),
                "unit_price": of(line, "price"),
                "discount": total(item.get("amount") for item in objects(line.get("discount_allocations"))),
            },
        )
    for refund in objects(body.get("refunds")):
        yield from refund_of({"order_id": order, **refund})


def refund_of(body: Said) -> Iterator[Out]:
    """A refund of a webhook: what was paid back, or where nothing says so, what its lines were worth."""
    paid = [item for item in objects(body.get("transactions")) if item.get("kind") == "refund"]
    amount = total(item.get("amount") for item in paid if item.get("status") in ("success", None))
    if not paid:
        for line in objects(body.get("refund_line_items")):
            amount += total([line.get("subtotal"), line.get("total_tax")])
    if amount > Decimal():
        yield (
            "refunds",
            {
                "id": text(body, "id"),
                "order": text(body, "order_id"),
                "amount": amount,
                "occurred_at": when(of(body, "processed_at", "created_at")),
                "reason": text(body, "note"),
            },
        )


def customer_of(body: Said) -> Iterator[Out]:
    """A customer of a webhook."""
    address, consent = inner(body, "default_address"), inner(body, "email_marketing_consent")
    state = consent.get("state")
    yield (
        "customers",
        {
            "id": text(body, "id"),
            "email": text(body, "email"),
            "name": full_name(body, "first_name", "last_name"),
            "phone": text(body, "phone") or text(address, "phone"),
            "language": text(body, "locale"),
            "country": text(address, "country_code", "country"),
            "region": text(address, "province_code", "province"),
            "city": text(address, "city"),
            "joined_at": when(of(body, "created_at")),
            "accepts_marketing": body.get("accepts_marketing") if state is None else state == "subscribed",
        },
    )


def product_of(body: Said) -> Iterator[Out]:
    """A product of a webhook, with its variants."""
    handle, variants = text(body, "handle"), list(objects(body.get("variants"))) or [{}]
    common = {
        "name": text(body, "title"),
        "category": text(body, "product_type"),
        "brand": text(body, "vendor"),
        "description": of(body, "body_html"),
        "url": f"/products/{handle}",
        "image_url": text(inner(body, "image"), "src"),
        "published_at": when(of(body, "published_at")),
        "is_active": body.get("status", "active") == "active",
        "attributes": {"shopify_id": text(body, "id")},
    }
    if len(variants) > 1:
        yield "products", {"id": handle, **common}
    for variant in variants:
        options = [said for place in "123" if (said := text(variant, f"option{place}")) and said != "Default Title"]
        alone = len(variants) == 1
        yield (
            "products",
            {
                **common,
                "id": _variant_key(text(variant, "sku"), handle, [] if alone else options),
                "parent": "" if alone else handle,
                "name": " – ".join([common["name"], *options]),
                "price": of(variant, "price"),
                "was_price": of(variant, "compare_at_price"),
                "stock": of(variant, "inventory_quantity") if variant.get("inventory_management") else "",
            },
        )


MAPPINGS = (
    ReadyMapping(
        "shopify-orders", SHOPIFY, (("name",), ("financial_status",), ("lineitem_quantity",)), ("name",), _orders
    ),
    ReadyMapping("shopify-customers", SHOPIFY, (("email",), ("first_name",)), (), _customers),
    ReadyMapping(
        "shopify-products", SHOPIFY, (("handle", "url_handle"), ("title",)), ("handle", "url_handle"), _products
    ),
)
