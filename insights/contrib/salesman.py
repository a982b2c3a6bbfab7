"""What django-salesman's tables mean; the merchant's own products are those that its settings list.

Salesman keeps no currency: all amounts are in that of the adapter, unless the merchant's own order model has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Concat, Greatest, NullIf, Trim
from django.http import HttpRequest

import insights

UNFINISHED = ("NEW", "CREATED")
"""Orders whose basket is still open, or whose payment was never tried to its end."""
_NOT_ORDERED: Mapping[str, Any] = {"order__status__in": UNFINISHED}
_PRODUCT = Case(
    When(Q(product_content_type=None) | Q(product_id=None), then=None),
    default=Concat(
        "product_content_type__app_label",
        Value("."),
        "product_content_type__model",
        Value(":"),
        Cast("product_id", CharField()),
        output_field=CharField(),
    ),
)
"""The key of a product by Salesman's generic relation: ``shop.book:17``."""


def price_of(product: Any) -> Any:
    """What a stranger pays for a product; nothing where the price depends on who asks."""
    request = HttpRequest()
    request.user = AnonymousUser()
    try:
        return product.get_price(request)
    except Exception:  # the merchant's own method, which may ask for anything
        return None


def product_tables(more: Mapping[str, Mapping[str, Any]] | None = None) -> type:
    """The inner class for products: a table for each type in ``SALESMAN_PRODUCT_TYPES``.

    Args:
        more: what else is known of a type, by its label: ``{"shop.Book": {"brand": "publisher"}}``.
    """
    tables: dict[str, Any] = {}
    for label in getattr(settings, "SALESMAN_PRODUCT_TYPES", {}):
        said = {
            "model": label,
            "prefix": f"{label.lower()}:",
            "name": "name",
            **_found(label),
            **(more or {}).get(label, {}),
        }
        tables[label.replace(".", "_")] = type(label.replace(".", "_"), (), said)
    return type("Products", (), tables)


def _found(label: str) -> dict[str, Any]:
    """What a type has beyond what Salesman asks for; a label that leads nowhere is told by the checks."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return {}
    found: dict[str, Any] = {"price": price_of}
    try:
        model._meta.get_field("price")
        found["price"] = "price"
    except FieldDoesNotExist:
        pass
    if hasattr(model, "get_absolute_url"):
        found["url"] = "get_absolute_url"
    return found


class SalesmanAdapter(insights.Adapter):
    """The tables of django-salesman 1.3, swapped or not."""

    name = "shop"

    class Customers:
        model = get_user_model
        email = "email"
        name = NullIf(Trim(Concat("first_name", Value(" "), "last_name")), Value(""))
        joined_at = "date_joined"
        is_staff = "is_staff"

    Products = product_tables()

    class Orders:
        model = getattr(settings, "SALESMAN_ORDER_MODEL", "salesmanorders.Order")
        updated_at = "date_updated"
        id = "ref"
        customer = "user"
        email = "email"
        placed_at = "date_created"
        total = "total"
        # What the basket's modifiers added to the items, or took off.
        shipping = Greatest(F("total") - F("subtotal"), Value(Decimal(0)))
        discount = Greatest(F("subtotal") - F("total"), Value(Decimal(0)))
        status = {"cancelled": ["CANCELLED", "FAILED"], "refunded": ["REFUNDED"], "ignore": [*UNFINISHED]}
        signals = {"salesman.orders.signals.status_changed": "order"}

    class OrderLines:
        model = getattr(settings, "SALESMAN_ORDER_ITEM_MODEL", "salesmanorders.OrderItem")
        exclude = _NOT_ORDERED
        order = "order__ref"
        product = _PRODUCT
        product_name = "product_data__name"
        quantity = "quantity"
        unit_price = "unit_price"
        amount = "total"

    class Refunds:
        """Payments below zero, as merchants write down what they gave back in part."""

        model = getattr(settings, "SALESMAN_ORDER_PAYMENT_MODEL", "salesmanorders.OrderPayment")
        filter = {"amount__lt": 0}
        exclude = _NOT_ORDERED
        order = "order__ref"
        amount = F("amount") * -1
        occurred_at = "date_created"
        reason = "payment_method"

    class Events:
        model = getattr(settings, "SALESMAN_BASKET_ITEM_MODEL", "salesmanbasket.BasketItem")
        name = insights.Const("add_to_cart")
        occurred_at = "date_created"
        customer = "basket__user"
        product = _PRODUCT
        quantity = "quantity"
