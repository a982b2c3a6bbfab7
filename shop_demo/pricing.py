"""What a basket costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shop_demo.basket import Item
from shop_demo.countries import EUROPE, HOME
from shop_demo.models import Coupon, Product

PENNY = Decimal("0.01")
FREE_FROM = Decimal("45.00")
"""Goods of this much go to the shop's own country without postage."""
POSTAGE_HOME = Decimal("3.95")
POSTAGE_EUROPE = Decimal("9.50")
POSTAGE_WORLD = Decimal("14.00")
TAX = Decimal("0.20")
"""The rate that prices within the shop's own country include."""


@dataclass(frozen=True)
class PricedLine:
    """One line, in the shop's currency; ``total`` is after the discount."""

    product: Product
    quantity: int
    unit_price: Decimal
    discount: Decimal

    @property
    def full(self) -> Decimal:
        """Before the discount."""
        return self.unit_price * self.quantity

    @property
    def total(self) -> Decimal:
        return self.full - self.discount


@dataclass(frozen=True)
class Quote:
    """All that an order will say of money."""

    lines: tuple[PricedLine, ...]
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal

    @property
    def goods(self) -> Decimal:
        """What the goods cost after the discount."""
        return self.subtotal - self.discount

    @property
    def until_free(self) -> Decimal:
        """How much more has to be bought for free postage within the shop's own country."""
        return max(Decimal(0), FREE_FROM - self.goods)


def quote(items: Iterable[Item], coupon: Coupon | None = None, country: str = HOME) -> Quote:
    """Price a basket.

    The coupon's share is taken line by line and rounded to the penny there, so that the lines add up
    to the order.

    Args:
        country: ISO code of where it goes to.
    """
    share = Decimal(coupon.percent) / 100 if coupon else Decimal(0)
    lines = []
    for item in items:
        price = item.product.price
        assert price is not None, "what has no price cannot be in a basket"
        unit_price = pennies(price)
        lines.append(PricedLine(item.product, item.quantity, unit_price, pennies(unit_price * item.quantity * share)))
    subtotal = sum((line.full for line in lines), Decimal(0))
    discount = sum((line.discount for line in lines), Decimal(0))
    shipping = postage(subtotal - discount, country) if lines else Decimal(0)
    total = subtotal - discount + shipping
    tax = pennies(total * TAX / (1 + TAX)) if country == HOME else Decimal(0)
    return Quote(tuple(lines), subtotal, discount, shipping, tax, total)


def postage(goods: Decimal, country: str) -> Decimal:
    """What sending costs."""
    if country == HOME:
        return Decimal(0) if goods >= FREE_FROM else POSTAGE_HOME
    return POSTAGE_EUROPE if country in EUROPE else POSTAGE_WORLD


def pennies(amount: Decimal) -> Decimal:
    """Rounded to the penny, half up, as on a till."""
    return amount.quantize(PENNY, ROUND_HALF_UP)
