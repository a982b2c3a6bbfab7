"""Placing an order and calling one off."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from shop_demo.basket import Item
from shop_demo.models import Coupon, Order, OrderLine, Product, Status
from shop_demo.pricing import quote

# Neither vowels, so that no word comes out, nor signs that are easily mistaken for another.
_SIGNS = "23456789BCDFGHJKLMNPQRSTVWXZ"


class OutOfStockError(Exception):
    """There are fewer of ``product`` than were asked for."""

    def __init__(self, product: Product) -> None:
        super().__init__(f"Not enough of {product.sku} in stock.")
        self.product = product


@dataclass(frozen=True)
class Delivery:
    """Who gets it, and where."""

    email: str
    name: str
    phone: str
    country: str
    region: str
    city: str
    address: str
    postcode: str


def place_order(
    token: UUID,
    items: Sequence[Item],
    delivery: Delivery,
    *,
    user: AbstractBaseUser | None = None,
    coupon: Coupon | None = None,
    source: dict[str, str] | None = None,
) -> tuple[Order, bool]:
    """Make one order of a checkout form, however often it is sent.

    Args:
        token: the key of the form.
        source: ``utm_source``, ``utm_medium``, ``utm_campaign`` and ``referrer``, where known.

    Returns:
        The order, and whether it is new.

    Raises:
        OutOfStockError: something was sold meanwhile; nothing is written then.
    """
    if existing := Order.objects.filter(token=token).first():
        return existing, False
    try:
        with transaction.atomic():
            return _write(token, items, delivery, user, coupon, source or {}), True
    except IntegrityError:
        # The same form arrived twice at once, and the other one was first.
        if existing := Order.objects.filter(token=token).first():
            return existing, False
        raise


def cancel_order(order: Order) -> bool:
    """Call an order off and put its goods back on the shelf; False when it has gone too far for that."""
    now = timezone.now()
    with transaction.atomic():
        open_order = Order.objects.filter(pk=order.pk, status__in=[Status.PENDING, Status.PAID])
        if not open_order.update(status=Status.CANCELLED, cancelled_at=now, updated_at=now):
            return False
        for line in order.lines.filter(product__isnull=False).order_by("product"):
            Product.objects.filter(pk=line.product_id, stock__isnull=False).update(
                stock=F("stock") + line.quantity, updated_at=now
            )
    order.refresh_from_db()
    return True


def _write(
    token: UUID,
    items: Sequence[Item],
    delivery: Delivery,
    user: AbstractBaseUser | None,
    coupon: Coupon | None,
    source: dict[str, str],
) -> Order:
    priced = quote(items, coupon, delivery.country)
    order = Order.objects.create(
        number=_number(),
        token=token,
        user=user,
        email=delivery.email,
        name=delivery.name,
        phone=delivery.phone,
        country=delivery.country,
        region=delivery.region,
        city=delivery.city,
        address=delivery.address,
        postcode=delivery.postcode,
        subtotal=priced.subtotal,
        discount=priced.discount,
        shipping=priced.shipping,
        tax=priced.tax,
        total=priced.total,
        coupon=coupon.code if coupon else "",
        **source,
    )
    # Always in the same order, so that two checkouts never wait for each other.
    for item in sorted(items, key=lambda item: item.product.pk):
        _take(item)
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product=line.product,
            sku=line.product.sku,
            name=line.product.name,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount=line.discount,
            unit_cost=line.product.cost,
        )
        for line in priced.lines
    )
    return order


def _take(item: Item) -> None:
    """Take goods off the shelf, if there are still enough at this very moment."""
    on_sale = Product.objects.filter(pk=item.product.pk, is_active=True)
    now = timezone.now()
    if on_sale.filter(stock__isnull=True).exists():
        return
    if not on_sale.filter(stock__gte=item.quantity).update(stock=F("stock") - item.quantity, updated_at=now):
        raise OutOfStockError(item.product)


def _number() -> str:
    """A number that says the day and nothing about how many orders there are."""
    day = timezone.localdate()
    return f"{day:%y%m%d}-{''.join(secrets.choice(_SIGNS) for _ in range(6))}"
