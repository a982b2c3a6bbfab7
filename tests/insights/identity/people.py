"""A few people with rows of every kind, and what belongs to whom."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from insights.cleaning import redraw_visits
from insights.identity import OWNED, merge
from insights.models import Customer, Event, IdentityLink, Merge, MergeHow, Order, Product, Rating, Visit, Visitor

Two = tuple[Customer, Customer]
WHEN = datetime(2026, 1, 5, 12, tzinfo=UTC)


def person(key: str, channel: str = "shop", **more: Any) -> Customer:
    """A customer of a channel."""
    return Customer.objects.create(external_id=key, channel=channel, **more)


def join(source: Customer, target: Customer, by: str = "maya") -> Merge:
    """Join two people by hand."""
    made = merge(source, target, how=MergeHow.HAND, by=by)
    assert made is not None
    return made


def order(customer: Customer | None, number: str, days: int = 0, **more: Any) -> Order:
    """A valid order, placed so many days after the fifth of January 2026."""
    placed = WHEN + timedelta(days=days)
    known = {"channel": customer.channel if customer else "shop", "currency": "EUR", "total": 10, "base_total": 10}
    return Order.objects.create(
        **{"external_id": number, "customer": customer, "placed_at": placed, "counts": True, "excluded": "",
           "local_date": placed.date()} | known | more
    )  # fmt: skip


def browse(visitor: Visitor | None, customer: Customer | None, minutes: int = 0, session: str = "") -> Event:
    """A page view, and its visit."""
    moment = WHEN + timedelta(minutes=minutes)
    event = Event.objects.create(
        event_id=uuid.uuid4(), name="page_view", occurred_at=moment, local_date=moment.date(), visitor=visitor,
        customer=customer, session_key=session or f"session of {visitor and visitor.key}", page=f"/{minutes}/",
    )  # fmt: skip
    redraw_visits("shop", [event.session_key])
    return event


def outfit(customer: Customer) -> None:
    """Give somebody a row of each kind."""
    key = customer.external_id
    product, _ = Product.objects.get_or_create(external_id="tea", defaults={"name": "Tea"})
    browser = Visitor.objects.create(key=f"browser of {key}", customer=customer, first_seen=WHEN, last_seen=WHEN)
    IdentityLink.objects.create(visitor=browser, customer=customer, how="login", linked_at=WHEN)
    order(customer, f"{key}-1", days=ord(key[0]) % 7)
    order(customer, f"{key}-2", days=9)
    Rating.objects.create(external_id=f"r{key}", customer=customer, product=product, value=5, occurred_at=WHEN)
    browse(browser, customer)


def everything() -> dict[str, Any]:
    """Whose each row is. A visit is told by its session and its start, since drawing it anew makes another row."""
    found: dict[str, Any] = {}
    for model in OWNED:
        rows = model._default_manager.order_by("pk")
        name = str(model._meta.model_name)
        if model is Visit:
            found[name] = sorted(map(str, rows.values_list("session_key", "started_at", "customer")))
        else:
            found[name] = list(rows.values_list("pk", "customer"))
    found["people"] = list(Customer.objects.order_by("pk").values_list("pk", "merged_into", "first_order_date"))
    return found
