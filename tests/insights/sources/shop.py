"""A few rows in the demo shop's own tables, and what our tables say of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import User

from insights import models as ours
from shop_demo.models import Category, Event, Order, OrderLine, Product, Review

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_numbers = count(1)


def person(name: str = "", **more: Any) -> User:
    """An account."""
    name = name or f"person{next(_numbers)}"
    return User.objects.create(username=name, email=more.pop("email", f"{name}@example.com"), **more)


def product(sku: str = "", **more: Any) -> Product:
    """A product on the shelf for tea."""
    shelf, _ = Category.objects.get_or_create(slug="tea", defaults={"name": "Tea"})
    sku = sku or f"P{next(_numbers)}"
    return Product.objects.create(
        **{"sku": sku, "name": f"Product {sku}", "price": Decimal("5"), "category": shelf} | more
    )


def order(user: User | None = None, *lines: tuple[Product, int, str], days: int = 0, **more: Any) -> Order:
    """An order with its lines, placed so many days after noon of the second of March 2026."""
    total = sum((quantity * Decimal(price) for _, quantity, price in lines), Decimal())
    made = Order.objects.create(
        **{
            "number": f"N{next(_numbers):04}",
            "user": user,
            "placed_at": NOON + timedelta(days=days),
            "subtotal": total,
            "total": total,
            "country": "GB",
        }
        | more
    )
    for item, quantity, price in lines:
        line(made, item, quantity, price)
    return made


def line(made: Order, item: Product, quantity: int, price: str) -> OrderLine:
    """A line of an order."""
    return OrderLine.objects.create(
        order=made, product=item, sku=item.sku, name=item.name, quantity=quantity, unit_price=Decimal(price)
    )


def review(user: User, item: Product, stars: int = 5, **more: Any) -> Review:
    """A review."""
    return Review.objects.create(user=user, product=item, stars=stars, created_at=NOON, **more)


def event(name: str, session: str = "s1", minutes: float = 0, **more: Any) -> Event:
    """Something that a visitor did."""
    return Event.objects.create(
        **{
            "name": name,
            "session_key": session,
            "created_at": NOON + timedelta(minutes=minutes),
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        }
        | more
    )


_UNSAID = {"id", "recorded_at", "fingerprint", "first_seen", "resolved_at"}
_CANONICAL = (
    ours.Customer,
    ours.Category,
    ours.Product,
    ours.Order,
    ours.OrderLine,
    ours.Refund,
    ours.Rating,
    ours.Event,
    ours.Visit,
)


def everything() -> dict[str, list[dict[str, Any]]]:
    """All that our tables say, with keys in place of primary keys, in a fixed order."""
    found = {}
    for model in _CANONICAL:
        # A guest who became an account stays as the record of it.
        rows = [_said(row) for row in model._default_manager.all() if not getattr(row, "merged_into_id", None)]
        found[model.__name__] = sorted(rows, key=repr)
    return found


def _said(row: Any) -> dict[str, Any]:
    values = {}
    for field in row._meta.concrete_fields:
        if field.name in _UNSAID:
            continue
        value = getattr(row, field.name)
        values[field.name] = getattr(value, "external_id", None) or str(value) if field.is_relation and value else value
    return values
