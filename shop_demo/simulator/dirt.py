"""Rows that are wrong on purpose, as in every real shop: counted, so that cleaning can be judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import numpy as np
from django.contrib.auth.models import User

from shop_demo.models import Event, Order, OrderLine, Product, Profile, Status

SHARES = {
    "duplicate_line": 0.0015,
    "untidy_email": 0.01,
    "unknown_currency": 0.0004,
    "test": 0.0008,
    "impossible_date": 0.0002,
    "return_without_sale": 0.0006,
    "price_not_positive": 0.0008,
    "quantity_outlier": 0.0002,
}
"""Of all orders."""
DUPLICATE_EVENTS = 0.001
"""Of all events."""
SECOND_ACCOUNTS = 0.01
"""Of all accounts."""


def spoil(orders: list[Order], staff: User, products: list[Product], dice: np.random.Generator) -> dict[str, int]:
    """Make some orders dirty; gives how many rows of each kind."""
    made = {name: max(1, round(share * len(orders))) for name, share in SHARES.items()}
    clean = [order for order in orders if order.status in (Status.DELIVERED, Status.PAID)]
    order_of = iter(np.array(clean, dtype=object)[dice.permutation(len(clean))].tolist())

    for _ in range(made["duplicate_line"]):
        line = next(order_of).lines.order_by("pk")[0]
        line.pk = None
        line.save()
    for _ in range(made["untidy_email"]):
        order = next(order_of)
        order.email = f" {order.email.title()} "
        order.save(update_fields=["email"])
    for _ in range(made["unknown_currency"]):
        _change(next(order_of), currency="XQZ")
    for _ in range(made["test"]):
        _change(next(order_of), is_test=True)
    for _ in range(made["impossible_date"]):
        _change(next(order_of), placed_at=datetime(1970, 1, 1, tzinfo=UTC))
    for _ in range(made["price_not_positive"]):
        order = next(order_of)
        _line(order, products[int(dice.integers(len(products)))], 1, Decimal(0))
    for _ in range(made["quantity_outlier"]):
        order = next(order_of)
        line = order.lines.order_by("pk")[0]
        more = 300 * line.unit_price - (line.unit_price * line.quantity - line.discount)
        OrderLine.objects.filter(pk=line.pk).update(quantity=300, discount=0)
        _change(order, total=order.total + more, subtotal=order.subtotal + more)
    for number in range(made["return_without_sale"]):
        order = next(order_of)
        product = products[int(dice.integers(len(products)))]
        credit = Order.objects.create(
            number=f"CN{number + 1001}",
            user_id=order.user_id,
            email=order.email,
            country=order.country,
            placed_at=order.placed_at,
            status=Status.CREDIT_NOTE,
            total=-99 * (product.price or Decimal(1)),
        )
        _line(credit, product, -99, product.price or Decimal(1))
    made["staff"] = 3
    for _ in range(made["staff"]):
        order = next(order_of)
        Order.objects.filter(pk=order.pk).update(user=staff, email=staff.email)
    return made


def repeat_events(count: int, dice: np.random.Generator) -> int:
    """Write some events of known visitors twice, under another key; gives how many."""
    found = list(Event.objects.exclude(session_key="").filter(name="view_item").order_by("pk")[: count * 20 : 20])
    for event in found:
        event.pk = None
        event.event_id = UUID(bytes=dice.bytes(16), version=4)
        event.created_at += timedelta(microseconds=1)
    Event.objects.bulk_create(found)
    return len(found)


def register_again(accounts: list[User], count: int, dice: np.random.Generator) -> list[tuple[int, int]]:
    """Let some people make a second account, with which they buy nothing; gives the keys of both.

    In turn the address has a tag, or a letter too few, or it is another one and the telephone number is the same.
    """
    pairs = []
    for turn, place in enumerate(dice.permutation(len(accounts))[:count].tolist()):
        first = accounts[place]
        local, _, host = first.email.partition("@")
        number = f"20 7946 {int(dice.integers(10_000)):04d}"
        slip = int(dice.integers(1, len(local) - 1))
        email, phones = (
            (f"{local}+shop@{host}", ("", "")),
            (f"{local[:slip]}{local[slip + 1 :]}@{host}", ("", "")),
            (f"{local.partition('.')[0]}{int(dice.integers(1000))}@example.org", (f"+44 {number}", f"0044 {number}")),
        )[turn % 3]
        second = User.objects.create(
            username=email,
            email=email,
            first_name=first.first_name,
            last_name=first.last_name,
            password=first.password,
            date_joined=first.date_joined + timedelta(days=int(dice.integers(1, 30))),
        )
        profile = first.profile
        Profile.objects.filter(user=second).update(
            phone=phones[1], country=profile.country, region=profile.region, city=profile.city,
            language=profile.language,
        )  # fmt: skip
        if phones[0]:
            Profile.objects.filter(pk=profile.pk).update(phone=phones[0])
        pairs.append((first.pk, second.pk))
    return pairs


def _change(order: Order, **values: object) -> None:
    Order.objects.filter(pk=order.pk).update(**values)


def _line(order: Order, product: Product, quantity: int, price: Decimal) -> None:
    OrderLine.objects.create(
        order=order, product=product, sku=product.sku, name=product.name, quantity=quantity, unit_price=price
    )
