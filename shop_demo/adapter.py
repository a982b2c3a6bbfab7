"""The one file that joins the shop and ``insights``: what the shop's tables mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat, NullIf, Trim
from django.http import HttpRequest
from django.utils import timezone

import insights
from shop_demo.basket import Basket
from shop_demo.models import Category, Product
from shop_demo.models.orders import Status

POSTAGE = ("POST", "DOT", "C2", "C3")
DISCOUNTS = ("D",)
FEES = ("AMAZONFEE", "BANK CHARGES", "B", "CRUK", "M", "m", "S", "PADS", "SP1002")
_FEE = re.compile(r"ADJUST\d*|TEST\d*|gift_.*|DCGS.*|GIFT", re.IGNORECASE)
KINDS = {"shipping": POSTAGE, "discount": DISCOUNTS, "fee": [*FEES, _FEE]}
"""Stock codes that stand for something other than a product, as in the books of Online Retail."""


class ShopAdapter(insights.Adapter):
    """The demo shop's tables, in the terms of ``insights``."""

    name = "shop"
    currency = "GBP"

    def session_of(self, request: HttpRequest) -> str:
        """The journal's key of the visit; it is in the session of those who agreed alone."""
        session = getattr(request, "session", {})
        return str(session.get("visitor", ""))

    def basket_of(self, request: HttpRequest) -> Iterable[str]:
        if not hasattr(request, "session"):
            return ()
        quantities = Basket(request).quantities
        return Product.objects.filter(pk__in=quantities).values_list("sku", flat=True) if quantities else ()

    def look_of(self, kind: str, keys: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        if kind == "categories":
            return {shelf.slug: {"name": str(shelf)} for shelf in Category.objects.filter(slug__in=keys)}
        now = timezone.now()
        return {
            product.sku: {
                "name": str(product),
                "price": product.price,
                "was_price": product.was_price,
                "stock": product.stock,
                "is_active": product.is_active and product.price is not None and product.published_at <= now,
            }
            for product in Product.objects.filter(sku__in=keys)
        }

    class Customers:
        model = "auth.User"
        updated_at = "profile__updated_at"
        name = NullIf(Trim(Concat("first_name", Value(" "), "last_name")), Value(""))
        email = "email"
        phone = "profile__phone"
        language = "profile__language"
        country = "profile__country"
        region = "profile__region"
        city = "profile__city"
        joined_at = "date_joined"
        is_staff = "is_staff"
        accepts_marketing = "profile__accepts_marketing"

    class Categories:
        model = "shop.Category"
        id = "slug"
        name = "name"
        parent = "parent__slug"

    class Products:
        model = "shop.Product"
        updated_at = "updated_at"
        id = "sku"
        name = "name"
        category = "category__slug"
        brand = "brand"
        description = "description"
        price = "price"
        was_price = "was_price"
        unit_cost = "cost"
        currency = "currency"
        stock = "stock"
        url = "get_absolute_url"
        image_url = "picture_url"
        published_at = "published_at"
        is_active = "is_active"
        kind = KINDS

    class Orders:
        model = "shop.Order"
        updated_at = "updated_at"
        id = "number"
        customer = "user"
        email = "email"
        name = "name"
        phone = "phone"
        placed_at = "placed_at"
        cancelled_at = "cancelled_at"
        currency = "currency"
        # The books of Online Retail have lines only.
        total = Case(When(channel="online_retail", then=Value(None)), default=F("total"))
        tax = "tax"
        shipping = "shipping"
        discount = "discount"
        coupon = "coupon"
        country = "country"
        region = "region"
        city = "city"
        utm_source = "utm_source"
        utm_medium = "utm_medium"
        utm_campaign = "utm_campaign"
        referrer = "referrer"
        is_test = "is_test"
        status = {"cancelled": [Status.CANCELLED], "refunded": [Status.REFUNDED]}

    class OrderLines:
        model = "shop.OrderLine"
        order = "order__number"
        product = "sku"
        product_name = "name"
        quantity = "quantity"
        unit_price = "unit_price"
        discount = "discount"
        unit_cost = "unit_cost"
        kind = KINDS
        # A basket has one line a product, so that a second one which is the same in everything is an error.
        identical = "drop"

    class Refunds:
        model = "shop.Refund"
        order = "order__number"
        amount = "amount"
        occurred_at = "created_at"
        reason = "reason"

    class Ratings:
        model = "shop.Review"
        updated_at = "updated_at"
        product = "product__sku"
        customer = "user"
        value = "stars"
        occurred_at = "created_at"
        title = "title"
        text = "body"

    class Events:
        model = "shop.Event"
        live = True  # a little shop: what somebody looked at changes the suggestions on the next page
        id = "event_id"
        name = "name"
        occurred_at = "created_at"
        customer = "user"
        session = "session_key"
        product = "product__sku"
        order = "order__number"
        quantity = "quantity"
        value = "value"
        query = "query"
        page = "path"
        referrer = "referrer"
        utm_source = "utm_source"
        utm_medium = "utm_medium"
        utm_campaign = "utm_campaign"
        user_agent = "user_agent"
        device = "device"
