"""A small seeded shop, straight in the canonical tables: what the features and the trainings are tested on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
from django.utils import timezone

from insights.models import Category, Customer, Event, Excluded, Order, OrderLine, Product, Rating, Refund

START = datetime(2023, 1, 1, tzinfo=UTC)


def local(moment: datetime) -> datetime:
    return timezone.localtime(moment, timezone.get_default_timezone())


def make_order(
    customer: Customer | None, placed_at: datetime, lines: list[tuple[Product, int, str]], **fields: object
) -> Order:
    """An order as cleaning leaves it: lines are (product, quantity, unit price)."""
    total = sum((Decimal(price) * quantity for _, quantity, price in lines), Decimal(0))
    values: dict[str, object] = {
        "external_id": uuid.uuid4().hex,
        "customer": customer,
        "placed_at": placed_at,
        "currency": "GBP",
        "total": total,
        "base_total": total,
        "counts": True,
        "excluded": Excluded.NO,
        "local_date": local(placed_at).date(),
        "local_hour": local(placed_at).hour,
        **fields,
    }
    order = Order.objects.create(**values)
    for product, quantity, price in lines:
        amount = Decimal(price) * quantity
        OrderLine.objects.create(
            external_id=uuid.uuid4().hex,
            order=order,
            product=product,
            quantity=quantity,
            unit_price=price,
            net_amount=amount,
            base_amount=amount,
            counts=order.counts,
        )
    return order


def make_event(customer: Customer | None, name: str, occurred_at: datetime, product: Product | None = None) -> Event:
    return Event.objects.create(
        event_id=uuid.uuid4(),
        name=name,
        customer=customer,
        product=product,
        occurred_at=occurred_at,
        local_date=local(occurred_at).date(),
    )


@dataclass
class Shop:
    """What ``build_shop`` made."""

    customers: list[Customer] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    end: datetime = START


def build_shop(
    *,
    n_customers: int = 120,
    n_products: int = 30,
    n_days: int = 400,
    seed: int = 7,
    views: bool = True,
    ratings: bool = True,
) -> Shop:
    """Customers who buy at their own pace until they leave, of one of three tastes, a third of the products each."""
    random = np.random.default_rng(seed)
    shop = Shop(end=START + timedelta(days=n_days))
    categories = Category.objects.bulk_create(
        Category(external_id=str(number), name=f"Shelf {number}") for number in range(3)
    )
    shop.products = Product.objects.bulk_create(
        Product(
            external_id=str(number),
            name=f"Product {number}",
            category=categories[number % 3],
            price=Decimal(5 + number),
            published_at=START,
        )
        for number in range(n_products)
    )
    shop.customers = Customer.objects.bulk_create(
        Customer(external_id=str(number), joined_at=START) for number in range(n_customers)
    )
    orders, lines, events, stars = [], [], [], []
    for customer in shop.customers:
        taste = int(random.integers(3))
        pace, leave = random.gamma(4, 8), random.exponential(n_days)
        day = float(random.uniform(0, n_days * 0.7))
        gone = day + leave
        while day < min(gone, n_days):
            placed = START + timedelta(days=day, hours=float(random.uniform(0, 1)))
            weights = np.where(np.arange(n_products) % 3 == taste, 8.0, 1.0)
            bought = random.choice(
                n_products, size=int(random.integers(1, 4)), replace=False, p=weights / weights.sum()
            )
            total = sum((shop.products[item].price for item in bought), Decimal(0))
            orders.append(_order(customer, placed, total))
            lines += [_line(orders[-1], shop.products[item]) for item in bought]
            if views:
                events += [_event(customer, shop.products[item], placed - timedelta(hours=2)) for item in bought]
            if ratings and random.random() < 0.5:
                item = int(bought[0])
                value = 4.5 if item % 3 == taste else 2.5
                stars.append(_rating(customer, shop.products[item], value + random.normal(0, 0.4), placed))
            day += max(1.0, float(random.exponential(pace)))
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(lines)
    Event.objects.bulk_create(events)
    Rating.objects.bulk_create(stars)
    return shop


def cancel(order: Order, at: datetime) -> None:
    """What cleaning writes when an order is cancelled."""
    Order.objects.filter(pk=order.pk).update(
        counts=False, excluded=Excluded.CANCELLED, excluded_at=at, cancelled_at=at, is_cancelled=True
    )
    OrderLine.objects.filter(order=order).update(counts=False)


def refund(order: Order, amount: str, at: datetime) -> Refund:
    """A partial refund."""
    return Refund.objects.create(
        external_id=uuid.uuid4().hex,
        order=order,
        amount=amount,
        base_amount=amount,
        occurred_at=at,
        counts=True,
        local_date=local(at).date(),
    )


def on(day: date | str, hour: int = 12) -> datetime:
    """Noon, or another hour, of a day, in the shop's zone."""
    given = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(given.year, given.month, given.day, hour, tzinfo=timezone.get_default_timezone())


def _order(customer: Customer, placed: datetime, total: Decimal) -> Order:
    here = local(placed)
    return Order(
        external_id=uuid.uuid4().hex,
        customer=customer,
        placed_at=placed,
        currency="GBP",
        total=total,
        base_total=total,
        counts=True,
        excluded=Excluded.NO,
        local_date=here.date(),
        local_hour=here.hour,
    )


def _line(order: Order, product: Product) -> OrderLine:
    price = product.price
    return OrderLine(
        external_id=uuid.uuid4().hex,
        order=order,
        product=product,
        quantity=1,
        unit_price=price,
        net_amount=price,
        base_amount=price,
        counts=True,
    )


def _event(customer: Customer, product: Product, at: datetime) -> Event:
    return Event(
        event_id=uuid.uuid4(),
        name="view_item",
        customer=customer,
        product=product,
        occurred_at=at,
        local_date=local(at).date(),
    )


def _rating(customer: Customer, product: Product, value: float, at: datetime) -> Rating:
    return Rating(
        external_id=uuid.uuid4().hex,
        customer=customer,
        product=product,
        value=float(np.clip(round(value * 2) / 2, 1, 5)),
        occurred_at=at + timedelta(days=1),
    )
