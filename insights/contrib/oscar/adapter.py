"""What django-oscar's tables mean; a shop with forked apps inherits from it and says what differs."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.db.models import BooleanField, Case, CharField, DateTimeField, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, NullIf, Trim

import insights
from insights.sources import First, ParentByPath, Total

CURRENCY = getattr(settings, "OSCAR_DEFAULT_CURRENCY", "GBP")
CANCELLED = re.compile(r"(?!.*\b(part|not)).*\b(cancel|void|declin|fail|reject).*", re.IGNORECASE)
REFUNDED = re.compile(r"(?!.*\b(part|not)).*\b(refunded|returned).*", re.IGNORECASE)
"""Oscar leaves statuses to the shop: whole words that mean the end of an order, and nothing that is so in part."""
_EACH_TIME = Cast(Value(None), DateTimeField())
"""For tables that do not say when a row changed, and are small enough to be read at each sync."""
_IN_CURRENCY = Case(When(stockrecords__price_currency=CURRENCY, then=0), default=1)
_PRICED: dict[str, Any] = {"stockrecords__price__isnull": False}


def _full_name(path: str = "") -> Any:
    return NullIf(Trim(Concat(f"{path}first_name", Value(" "), f"{path}last_name")), Value(""))


def _image() -> Any:
    """Of the first picture, or of the parent's; where the storage has no plain addresses, the shop says it itself."""
    first = Coalesce(
        First("images__original", "images__display_order"),
        First("parent__images__original", "parent__images__display_order"),
    )
    base = getattr(default_storage, "base_url", None)
    return NullIf(Concat(Value(base), first, output_field=CharField()), Value(base)) if base else None


def price_with_tax(product: Any) -> Any:
    """What anybody pays for it, by the shop's own strategy, which reads the stock records of each product.

    For shops that keep prices without tax: ``class Products(OscarAdapter.Products): price = price_with_tax``.
    """
    from oscar.core.loading import get_class

    if product.is_parent:
        return None
    price = get_class("partner.strategy", "Selector")().strategy().fetch_for_product(product).price
    return price.incl_tax if price.exists and price.is_tax_known else None


class OscarAdapter(insights.Adapter):
    """The tables of django-oscar 4, forked or not, by the labels of its apps."""

    name = "shop"
    currency = CURRENCY

    class Customers:
        model = get_user_model
        email = "email"
        name = _full_name()
        joined_at = "date_joined"
        is_staff = "is_staff"
        country = First("addresses__country", "-addresses__is_default_for_shipping", "addresses__pk")
        city = First("addresses__line4", "-addresses__is_default_for_shipping", "addresses__pk")
        region = First("addresses__state", "-addresses__is_default_for_shipping", "addresses__pk")
        signals = {"oscar.apps.customer.signals.user_registered": "user"}

    class Categories:
        model = "catalogue.Category"
        updated_at = _EACH_TIME
        name = "name"
        parent = ParentByPath()

    class Products:
        """Children are sold, and their parents recommended. A child has its parent's name, shelf and pictures."""

        model = "catalogue.Product"
        updated_at = Greatest(
            "date_updated", Coalesce(First("stockrecords__date_updated", "-stockrecords__date_updated"), "date_updated")
        )
        name = Coalesce(NullIf("title", Value("")), "parent__title")
        parent = "parent"
        category = Coalesce(
            First("categories", "-categories__depth"), First("parent__categories", "-parent__categories__depth")
        )
        description = "description"
        price = First("stockrecords__price", _IN_CURRENCY, "stockrecords__pk", **_PRICED)
        currency = Coalesce(
            First("stockrecords__price_currency", _IN_CURRENCY, "stockrecords__pk", **_PRICED), Value(CURRENCY)
        )
        stock = Case(
            When(
                Q(product_class__track_stock=False) | Q(parent__product_class__track_stock=False),
                then=None,
            ),
            default=Total(F("stockrecords__num_in_stock") - Coalesce("stockrecords__num_allocated", 0)),
        )
        url = "get_absolute_url"
        image_url = _image()
        published_at = "date_created"
        is_active = ExpressionWrapper(
            Q(is_public=True) & (Q(parent=None) | Q(parent__is_public=True)), output_field=BooleanField()
        )

    class Orders:
        """A guest is known by e-mail; the orders of a deleted account belong to nobody, and still count."""

        model = "order.Order"
        updated_at = Greatest(
            "date_placed",
            Coalesce(First("status_changes__date_created", "-status_changes__date_created"), "date_placed"),
        )
        id = "number"
        customer = "user"
        email = "guest_email"
        name = _full_name("shipping_address__")
        placed_at = "date_placed"
        currency = "currency"
        total = "total_incl_tax"
        tax = F("total_incl_tax") - F("total_excl_tax")
        shipping = "shipping_incl_tax"
        discount = Total("discounts__amount")
        coupon = First("discounts__voucher_code", "discounts__pk", discounts__voucher_code__gt="")
        country = "shipping_address__country"
        city = "shipping_address__line4"
        region = "shipping_address__state"
        status = {"cancelled": CANCELLED, "refunded": REFUNDED}
        signals = {
            "oscar.apps.order.signals.order_placed": "order",
            "oscar.apps.order.signals.order_status_changed": "order",
        }

    class OrderLines:
        model = "order.Line"
        order = "order__number"
        product = "product"
        product_name = "title"
        quantity = "quantity"
        unit_price = "unit_price_incl_tax"
        amount = "line_price_incl_tax"
        signals = {"oscar.apps.order.signals.order_line_status_changed": "line"}

    class Refunds:
        """What was given back, by source of payment; the day is that of its last refund."""

        model = "payment.Source"
        filter = {"amount_refunded__gt": 0}
        updated_at = First("transactions__date_created", "-transactions__date_created")
        order = "order__number"
        amount = "amount_refunded"
        occurred_at = Coalesce(
            First("transactions__date_created", "-transactions__date_created", transactions__txn_type="Refund"),
            "order__date_placed",
        )
        reason = "source_type__name"

    class Ratings:
        model = "reviews.ProductReview"
        filter = {"status": 1, "product__isnull": False}
        updated_at = _EACH_TIME
        product = "product"
        customer = "user"
        value = "score"
        scale = (0, 5)
        occurred_at = "date_created"
        title = "title"
        text = "body"
        signals = {"oscar.apps.catalogue.reviews.signals.review_added": "review"}

    class Events:
        """Oscar writes down what people who are signed in look at and search for; baskets are everybody's."""

        occurred_at = "date_created"

        class Views:
            model = "analytics.UserProductView"
            name = insights.Const("view_item")
            customer = "user"
            product = "product"

        class Searches:
            model = "analytics.UserSearch"
            exclude = {"query": ""}
            name = insights.Const("search")
            customer = "user"
            query = "query"

        class Baskets:
            model = "basket.Line"
            name = insights.Const("add_to_cart")
            customer = "basket__owner"
            product = "product"
            quantity = "quantity"
            value = F("quantity") * Coalesce("price_incl_tax", "price_excl_tax")
