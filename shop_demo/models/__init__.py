"""The tables of the shop: a catalogue, accounts, orders, reviews and a log of what visitors do."""

from __future__ import annotations

from shop_demo.models.accounts import BasketItem, Profile
from shop_demo.models.behaviour import Event
from shop_demo.models.catalogue import Category, Product
from shop_demo.models.fields import Amount, StockCode, in_language
from shop_demo.models.orders import Coupon, Order, OrderLine, Refund, Status
from shop_demo.models.reviews import Review, refresh_ratings

__all__ = [
    "Amount",
    "BasketItem",
    "Category",
    "Coupon",
    "Event",
    "Order",
    "OrderLine",
    "Product",
    "Profile",
    "Refund",
    "Review",
    "Status",
    "StockCode",
    "in_language",
    "refresh_ratings",
]
