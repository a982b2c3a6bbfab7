"""From drawn numbers to rows of the shop's own tables."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.text import slugify

from shop_demo.bulk import insert_rows
from shop_demo.models import (
    Category,
    Coupon,
    Event,
    Order,
    OrderLine,
    Product,
    Profile,
    Refund,
    Review,
    Status,
    refresh_ratings,
)
from shop_demo.pricing import TAX, pennies, postage
from shop_demo.simulator.buying import Purchase
from shop_demo.simulator.goods import PARENTS, SHELVES, Good
from shop_demo.simulator.looking import SAID, Step, said
from shop_demo.simulator.people import PLACES, People, address_of, name_of
from shop_demo.simulator.words import FACTS, description, opinion

BATCH = 2_000
COUPON = "LEAVES15"
_PERCENT = 15
_ON_REQUEST = "Old tree raw pu-erh, 250 g"
_LIQUORS = {"green": "green", "oolong": "gold", "black": "red", "white": "gold", "puerh": "red", "herbal": "amber"}
_GRAMS = re.compile(r", (\d+) g$")


_EVENT = (
    "event_id",
    "session_key",
    "user_id",
    "name",
    "product_id",
    "order_id",
    "value",
    "query",
    "path",
    "created_at",
)


@dataclass
class Clock:
    """Seconds of the simulation to moments of the shop."""

    midnight: datetime
    now: datetime

    def at(self, second: int) -> datetime:
        """A moment, by the shop's clock; never later than now."""
        wall = self.midnight.replace(tzinfo=None) + timedelta(seconds=int(second))
        return min(wall.replace(tzinfo=self.midnight.tzinfo), self.now)


def save_goods(stock: list[Good], clock: Clock, dice: np.random.Generator) -> list[Product]:
    """Shelves and goods; the last eight came late, so that something is new."""
    parents = {
        slug: Category.objects.create(slug=slug, name=names[0], name_zh=names[1], position=place)
        for place, (slug, names) in enumerate(PARENTS.items())
    }
    shelves = [
        Category.objects.create(
            slug=shelf.slug, name=shelf.names[0], name_zh=shelf.names[1], parent=parents[shelf.parent], position=place
        )
        for place, shelf in enumerate(SHELVES)
    ]
    late = set(dice.choice(len(stock), size=8, replace=False).tolist())
    products = []
    for place, good in enumerate(stock):
        name, chinese = good.names
        shelf = SHELVES[good.shelf].slug
        english_text, chinese_text = description(good.title, shelf)
        grams = _GRAMS.search(name)
        products.append(
            Product(
                sku=good.sku,
                name=name,
                name_zh=chinese,
                slug=slugify(name),
                description=english_text,
                description_zh=chinese_text,
                details=_details(shelf),
                weight=int(grams[1]) if grams else None,
                category=shelves[good.shelf],
                brand=good.brand,
                # One is priced by the day's market, as rare tea is.
                price=None if good.names[0] == _ON_REQUEST else good.price,
                was_price=(good.price * Decimal("1.2")).quantize(Decimal("0.1")) if place % 11 == 0 else None,
                cost=pennies(good.price * Decimal("0.42")),
                stock=_stock(place, dice),
                published_at=clock.now - timedelta(days=int(dice.integers(2, 20))) if place in late else clock.at(0),
                art={"shape": good.shape, "palette": good.palette, "liquor": _LIQUORS.get(shelf, "green")},
            )
        )
    Product.objects.bulk_create(products)
    Coupon.objects.get_or_create(code=COUPON, defaults={"percent": _PERCENT})
    return products


def _stock(place: int, dice: np.random.Generator) -> int | None:
    """Most shelves are full; some goods are never counted, a few are nearly or wholly sold out."""
    full = int(dice.integers(15, 400)) if place % 5 else None
    return 0 if place % 41 == 12 else 1 + place % 7 if place % 29 == 4 else full


def _details(shelf: str) -> list[dict[str, str]]:
    """Rows of the table of facts, as the shop keeps them."""
    return [
        {"name": name[0], "name_zh": name[1], "value": value[0], "value_zh": value[1]} for name, value in FACTS[shelf]
    ]


def save_people(people: People, clock: Clock) -> list[User | None]:
    """Accounts; nothing for guests."""
    accounts: list[User | None] = []
    for number in range(len(people)):
        if people.guest[number]:
            accounts.append(None)
            continue
        country = PLACES[people.place[number]][0]
        given, _, family = name_of(number, country).partition(" ")
        accounts.append(
            User(
                username=address_of(number),
                email=address_of(number),
                first_name=given,
                last_name=family,
                password="!",  # noqa: S106 - nobody signs in to these accounts
                date_joined=clock.at(people.joined[number] * 86400),
            )
        )
    User.objects.bulk_create([account for account in accounts if account is not None], batch_size=BATCH)
    known = dict(User.objects.values_list("username", "pk"))
    profiles = []
    for number, account in enumerate(accounts):
        if account is None:
            continue
        account.pk = known[account.username]
        country, region, city, _ = PLACES[people.place[number]]
        agreed = int(people.marketing[number])
        profiles.append(
            Profile(
                user_id=account.pk,
                country=country,
                region=region,
                city=city,
                language="zh-hans" if country == "CN" else "en",
                accepts_marketing=None if agreed < 0 else bool(agreed),
            )
        )
    Profile.objects.bulk_create(profiles, batch_size=BATCH)
    return accounts


def save_orders(
    purchases: list[Purchase],
    people: People,
    accounts: list[User | None],
    stock: list[Good],
    products: list[Product],
    clock: Clock,
    dice: np.random.Generator,
) -> tuple[list[Order], dict[str, int]]:
    """Orders with their lines, and what came back of them; gives the orders and how many of each fate."""
    orders: list[Order] = []
    lines: list[OrderLine] = []
    fates = {"cancelled": 0, "refunded": 0, "part_refunded": 0}
    refunds: list[Refund] = []
    luck = dice.random(len(purchases))
    for number, purchase in enumerate(purchases):
        order, sold = _order(number, purchase, people, accounts, stock, products, clock)
        if luck[number] < 0.03:
            fates["cancelled"] += 1
            order.status, order.cancelled_at = Status.CANCELLED, min(order.placed_at + timedelta(hours=5), clock.now)
        elif luck[number] < 0.04:
            fates["refunded"] += 1
            order.status = Status.REFUNDED
            refunds.append(_refund(order, order.total, 12, clock))
        elif luck[number] < 0.06:
            fates["part_refunded"] += 1
            refunds.append(_refund(order, sold[0].unit_price, 9, clock))
        orders.append(order)
        lines += sold
    Order.objects.bulk_create(orders, batch_size=BATCH)
    keys = dict(Order.objects.values_list("number", "pk"))
    for order in orders:
        order.pk = keys[order.number]
    for row in (*lines, *refunds):
        row.order_id = row.order.pk
    OrderLine.objects.bulk_create(lines, batch_size=BATCH)
    Refund.objects.bulk_create(refunds, batch_size=BATCH)
    return orders, fates


def _order(
    number: int,
    purchase: Purchase,
    people: People,
    accounts: list[User | None],
    stock: list[Good],
    products: list[Product],
    clock: Clock,
) -> tuple[Order, list[OrderLine]]:
    account = accounts[purchase.person]
    country, region, city, _ = PLACES[people.place[purchase.person]]
    placed_at = clock.at(purchase.moment)
    order = Order(
        number=f"FK{number + 100001}",
        user=account,
        email=address_of(purchase.person),
        name=name_of(purchase.person, country),
        country=country,
        region=region,
        city=city,
        placed_at=placed_at,
        status=Status.DELIVERED if clock.now - placed_at > timedelta(days=5) else Status.PAID,
        coupon=COUPON if purchase.coupon else "",
    )
    lines = []
    for good, quantity in purchase.lines:
        price = stock[good].price
        lines.append(
            OrderLine(
                order=order,
                product=products[good],
                sku=products[good].sku,
                name=products[good].name,
                quantity=quantity,
                unit_price=price,
                discount=pennies(price * quantity * _PERCENT / 100) if purchase.coupon else Decimal(0),
                unit_cost=products[good].cost,
            )
        )
    order.subtotal = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    order.discount = sum((line.discount for line in lines), Decimal(0))
    order.shipping = postage(order.subtotal - order.discount, country)
    order.total = order.subtotal - order.discount + order.shipping
    order.tax = pennies(order.total * TAX / (1 + TAX)) if country == "GB" else Decimal(0)
    return order, lines


def _refund(order: Order, amount: Decimal, days: int, clock: Clock) -> Refund:
    return Refund(
        order=order,
        amount=amount,
        reason="damaged" if days == 9 else "sent back",
        created_at=min(order.placed_at + timedelta(days=days), clock.now),
    )


def save_reviews(
    purchases: list[Purchase],
    people: People,
    accounts: list[User | None],
    like: Any,
    stock: list[Good],
    products: list[Product],
    clock: Clock,
    dice: np.random.Generator,
) -> int:
    """Stars that follow taste, with a mood of their own; one a person and product. Gives their number."""
    fit = people.taste @ like.T / np.sqrt(like.shape[1])
    strict = dice.normal(0, 0.35, len(people))
    known: set[tuple[int, int]] = set()
    reviews = []
    for purchase in purchases:
        account = accounts[purchase.person]
        for good, _ in purchase.lines:
            if account is None or (purchase.person, good) in known or dice.random() > 0.12:
                continue
            known.add((purchase.person, good))
            mood = 3.55 + 1.1 * fit[purchase.person, good] + strict[purchase.person] + dice.normal(0, 0.55)
            stars = int(np.clip(np.rint(mood), 1, 5))
            chinese = PLACES[people.place[purchase.person]][0] == "CN"
            number = purchase.person * 31 + good * 7
            title, body = opinion(stars, SHELVES[stock[good].shelf].slug, number, chinese=chinese)
            reviews.append(
                Review(
                    product=products[good],
                    user=account,
                    name=account.first_name,
                    stars=stars,
                    title=title,
                    body=body,
                    created_at=clock.at(purchase.moment + int(dice.integers(4, 20)) * 86400),
                )
            )
    Review.objects.bulk_create(reviews, batch_size=BATCH)
    refresh_ratings(Product.objects.all())
    return len(reviews)


def save_events(
    steps: Iterable[Step],
    accounts: list[User | None],
    orders: list[Order],
    products: list[Product],
    clock: Clock,
    dice: np.random.Generator,
    progress: Callable[[int], None],
) -> int:
    """The log of events; gives their number."""
    done = 0
    for chunk in _chunks(_events(steps, accounts, orders, products, clock, dice)):
        insert_rows(Event, (*_EVENT, *SAID), chunk)
        done += len(chunk)
        progress(done)
    return done


def _events(
    steps: Iterable[Step],
    accounts: list[User | None],
    orders: list[Order],
    products: list[Product],
    clock: Clock,
    dice: np.random.Generator,
) -> Iterator[tuple[Any, ...]]:
    paths = [product.get_absolute_url() for product in products]
    for step in steps:
        account = accounts[step.person] if step.person >= 0 else None
        order = orders[step.order] if step.order >= 0 else None
        yield (
            uuid.UUID(bytes=dice.bytes(16), version=4),
            step.session,
            account.pk if account else None,
            step.name,
            products[step.good].pk if step.good >= 0 else None,
            order.pk if order else None,
            order.total if order else None,
            step.query,
            paths[step.good] if step.good >= 0 else "/",
            clock.at(step.moment),
            *said(step),
        )


def clock_of(zone: ZoneInfo, end: datetime, days: int) -> Clock:
    """The clock of a simulation whose last day is that of ``end``."""
    last = end.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Clock(last - timedelta(days=days - 1), end)


def _chunks(items: Iterable[Model]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
