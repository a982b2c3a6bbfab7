"""A small shop with seeded chance in it: written to the tables, and kept as plain Python rows beside them."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from insights.models import (
    STATE_SLOT,
    Category,
    Customer,
    CustomerState,
    Event,
    Excluded,
    Order,
    OrderLine,
    Product,
    Publication,
    Rating,
    Refund,
    Run,
    Visit,
    Visitor,
)

UTC = ZoneInfo("UTC")
START = datetime(2024, 1, 1, tzinfo=UTC)
COUNTRIES = ["United Kingdom", "Germany", "France", ""]
SEGMENTS = ["champions", "loyal", "at_risk", "lost"]


@dataclass
class Line:
    """A line as plain data."""

    product: Product
    quantity: int
    amount: Decimal


@dataclass
class Bought:
    """An order as plain data, with all that decides whether it counts."""

    row: Order
    customer: Customer | None
    placed_at: datetime
    day: date
    hour: int
    country: str
    channel: str
    coupon: str
    total: Decimal
    excluded: str
    excluded_at: datetime | None
    lines: list[Line] = field(default_factory=list)
    refunds: list[tuple[datetime, date, Decimal]] = field(default_factory=list)

    def valid(self, as_of: datetime | None = None) -> bool:
        """Whether it counts, as it was known."""
        if as_of is None:
            return self.excluded == ""
        if self.placed_at >= as_of:
            return False
        later = (
            self.excluded in ("cancelled", "refunded") and self.excluded_at is not None and self.excluded_at >= as_of
        )
        return self.excluded == "" or later


@dataclass
class World:
    """The whole shop."""

    orders: list[Bought]
    customers: list[Customer]
    products: list[Product]
    categories: list[Category]
    visits: list[Visit]
    ratings: list[Rating]
    states: dict[int, CustomerState]

    def valid(self, as_of: datetime | None = None) -> list[Bought]:
        """The valid orders."""
        return [order for order in self.orders if order.valid(as_of)]

    def first_day(self, customer: Customer, as_of: datetime | None = None) -> date | None:
        """The day of a customer's first valid order."""
        return min((order.day for order in self.valid(as_of) if order.customer is customer), default=None)


def build(seed: int = 1, *, orders: int = 160, people: int = 30, days: int = 200, zone: str = "Europe/London") -> World:
    """Fill the tables, and give the same as plain data."""
    chance = random.Random(seed)
    shop_zone = ZoneInfo(zone)
    categories = [
        Category.objects.create(external_id=f"c{index}", name=name, path=name)
        for index, name in enumerate(["Tea", "Teaware", "Gifts"])
    ]
    products = [
        Product.objects.create(
            external_id=f"P{index}",
            name=f"Thing {index}" if index != 3 else "",
            category=chance.choice([*categories, None]),
            brand=chance.choice(["Fern", "Kettle", ""]),
            price=Decimal(chance.randint(100, 9000)) / 100,
        )
        for index in range(10)
    ]
    customers = [
        Customer.objects.create(
            external_id=f"k{index}",
            name=f"Person {index}",
            country=chance.choice(COUNTRIES),
            joined_at=START - timedelta(days=chance.randint(0, 100)),
            accepts_marketing=chance.choice([True, False, None]),
        )
        for index in range(people)
    ]
    made = [_order(index, chance, customers, products, shop_zone, days) for index in range(orders)]
    world = World(made, customers, products, categories, [], [], {})
    for customer in customers:
        customer.first_order_date = world.first_day(customer)
        customer.save(update_fields=["first_order_date"])
    world.states.update(_states(chance, customers))
    world.visits.extend(_visits(chance, customers, shop_zone, days))
    world.ratings.extend(_ratings(chance, customers, products, days))
    return world


def _order(
    index: int, chance: random.Random, customers: list[Customer], products: list[Product], zone: ZoneInfo, days: int
) -> Bought:
    placed_at = START + timedelta(minutes=chance.randint(0, days * 24 * 60))
    local = placed_at.astimezone(zone)
    excluded = chance.choices(["", "cancelled", "refunded", "test", "staff"], [80, 6, 6, 4, 4])[0]
    excluded_at = placed_at + timedelta(days=chance.randint(1, 40)) if excluded in ("cancelled", "refunded") else None
    customer = chance.choice([*customers, None, None, None])
    lines = [
        Line(chance.choice(products), chance.randint(1, 4), Decimal(chance.randint(50, 9999)) / 100)
        for _ in range(chance.randint(1, 4))
    ]
    total = sum((line.amount for line in lines), Decimal(0)) + Decimal("3.95")
    row = Order.objects.create(
        external_id=f"o{index}",
        channel=chance.choice(["shop", "market"]),
        customer=customer,
        placed_at=placed_at,
        currency="EUR",
        total=total,
        base_total=total,
        country=chance.choice(COUNTRIES),
        coupon=chance.choice(["", "", "SPRING"]),
        counts=excluded == "",
        excluded=excluded,
        excluded_at=excluded_at,
        is_cancelled=excluded == "cancelled",
        local_date=local.date(),
        local_hour=local.hour,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            external_id=f"o{index}-{place}",
            order=row,
            product=line.product,
            quantity=line.quantity,
            unit_price=line.amount / line.quantity,
            net_amount=line.amount,
            base_amount=line.amount,
            counts=excluded == "",
        )
        for place, line in enumerate(lines)
    )
    country = row.country or (customer.country if customer else "") or "unknown"
    bought = Bought(
        row, customer, placed_at, local.date(), local.hour, country, row.channel, row.coupon or "none", total, excluded, excluded_at, lines
    )  # fmt: skip
    if excluded in ("", "refunded") and chance.random() < 0.2:
        at = placed_at + timedelta(days=chance.randint(0, 30), hours=chance.randint(1, 20))
        amount = Decimal(chance.randint(10, 400)) / 100
        Refund.objects.create(
            external_id=f"r{index}",
            order=row,
            amount=amount,
            base_amount=amount,
            occurred_at=at,
            counts=excluded == "",
            local_date=at.astimezone(zone).date(),
        )
        bought.refunds.append((at, at.astimezone(zone).date(), amount))
    return bought


def _states(chance: random.Random, customers: list[Customer]) -> dict[int, CustomerState]:
    old, now = Run.objects.create(kind="training"), Run.objects.create(kind="training")
    Publication.objects.create(slot=STATE_SLOT, generation=now)
    CustomerState.objects.create(generation=old, customer=customers[0], as_of=START, segment="lost", churn_band="high")
    states = {}
    for customer in customers[: len(customers) * 3 // 4]:
        probability = chance.random()
        states[customer.pk] = CustomerState.objects.create(
            generation=now,
            customer=customer,
            as_of=START,
            segment=chance.choice(SEGMENTS),
            cluster=chance.choice([0, 1, None]),
            churn_probability=probability,
            churn_band="high" if probability >= 0.6 else "medium" if probability >= 0.3 else "low",
            value_365=Decimal(chance.randint(0, 50000)) / 100,
            value_band=chance.choice(["top", "low"]),
            purchase_probability=chance.random(),
            next_order_expected=date(2024, 8, 1) + timedelta(days=chance.randint(0, 50)),
        )
    return states


def _visits(chance: random.Random, customers: list[Customer], zone: ZoneInfo, days: int) -> list[Visit]:
    visits = []
    for index in range(120):
        at = START + timedelta(minutes=chance.randint(0, days * 24 * 60))
        local = at.astimezone(zone)
        visitor = None
        if chance.random() < 0.7:
            visitor, _created = Visitor.objects.get_or_create(
                key=f"v{chance.randint(0, 40)}", defaults={"first_seen": at, "last_seen": at}
            )
        carts = chance.choice([0, 0, 1, 2])
        visits.append(
            Visit.objects.create(
                visitor=visitor,
                session_key=f"s{index}",
                customer=chance.choice([*customers, None]),
                started_at=at,
                ended_at=at + timedelta(minutes=5),
                page_views=chance.randint(1, 9),
                carts=carts,
                purchases=chance.choice([0, 1]) if carts else 0,
                device=chance.choice(["phone", "desktop", ""]),
                country=chance.choice(COUNTRIES),
                utm_source=chance.choice(["", "letter", "ads"]),
                referrer=chance.choice(["", "https://example.org/"]),
                counts=chance.random() < 0.9,
                local_date=local.date(),
                local_hour=local.hour,
            )
        )
    return visits


def _ratings(chance: random.Random, customers: list[Customer], products: list[Product], days: int) -> list[Rating]:
    return [
        Rating.objects.create(
            external_id=f"rate{index}",
            customer=chance.choice(customers),
            product=chance.choice(products),
            value=chance.randint(1, 5),
            occurred_at=(at := START + timedelta(minutes=chance.randint(0, days * 24 * 60))),
            counts=chance.random() < 0.9,
            local_date=at.date(),
        )
        for index in range(60)
    ]


def event(name: str, at: datetime, **values: object) -> Event:
    """One event, on its day in the shop's zone."""
    local = at.astimezone(ZoneInfo("Europe/London"))
    return Event.objects.create(event_id=uuid.uuid4(), name=name, occurred_at=at, local_date=local.date(), **values)


__all__ = ["START", "Bought", "Excluded", "Line", "World", "build", "event"]
