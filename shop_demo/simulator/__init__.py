"""A seeded world with a known truth: customers with types, tastes and an end, and what they leave in the shop's tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from shop_demo.models import Order, Product
from shop_demo.simulator import store
from shop_demo.simulator.advertising import Clicks, save_spend
from shop_demo.simulator.buying import buy
from shop_demo.simulator.dirt import DUPLICATE_EVENTS, SECOND_ACCOUNTS, register_again, repeat_events, spoil
from shop_demo.simulator.goods import goods
from shop_demo.simulator.looking import crawl, look, rush
from shop_demo.simulator.people import KINDS, address_of, factors, people
from shop_demo.simulator.truth import Truth

__all__ = ["ADMIN", "CUSTOMER", "HORIZON", "PASSWORD", "ShopNotEmptyError", "Simulated", "Truth", "simulate"]

DAYS = 730
HORIZON = 90
"""Days after the last one whose purchases only the truth knows."""
ADMIN, CUSTOMER, PASSWORD = "admin", "maya@example.com", "fern-and-kettle"
"""The log-ins of the demo."""

Progress = Callable[[str, int], None]


class ShopNotEmptyError(Exception):
    """The shop holds something already; the message says what to do."""


@dataclass(frozen=True)
class Simulated:
    """What was written."""

    customers: int
    products: int
    orders: int
    events: int
    reviews: int
    dirt: dict[str, int]
    seconds: float


def simulate(
    folder: Path,
    *,
    customers: int = 2000,
    seed: int = 7,
    until: datetime | None = None,
    days: int = DAYS,
    progress: Progress | None = None,
) -> Simulated:
    """Fill the shop, whole or not at all, and write the truth into ``folder``.

    Args:
        customers: accounts and guests together.
        until: the last moment that happened; now, when None.
        progress: called with what is being written and how much is done.

    Raises:
        ShopNotEmptyError: the shop has goods or orders already.
        ValueError: for fewer than ten customers or days.
    """
    if customers < 10 or days < 10:
        raise ValueError("At least ten customers and ten days are needed.")
    if Order.objects.exists() or Product.objects.exists():
        raise ShopNotEmptyError("The shop has goods or orders already. Give --replace to take them out first.")
    started = time.perf_counter()
    with transaction.atomic():
        found, truth = _simulate(
            folder, customers, seed, until or timezone.now(), days, progress or (lambda what, done: None)
        )
    truth.save(folder)
    return Simulated(**found, seconds=time.perf_counter() - started)


def _simulate(
    folder: Path, count: int, seed: int, until: datetime, days: int, progress: Progress
) -> tuple[dict[str, Any], Truth]:
    # One stream of random numbers for each part, so that a change in one leaves the others as they were.
    streams = iter(np.random.default_rng(seed).spawn(9))
    stock = goods()
    crowd = people(count, days, next(streams))
    like, known = factors(stock, next(streams))
    clock = store.clock_of(timezone.get_default_timezone(), until, days)  # type: ignore[arg-type]
    bought = buy(crowd, like, known, stock, clock.midnight.date(), days, HORIZON, next(streams))
    progress("goods", 0)
    products = store.save_goods(stock, clock, next(streams))
    progress("accounts", 0)
    admin = _log_in(ADMIN, staff=True)
    accounts = store.save_people(crowd, clock)
    favourite = _make_known(accounts, bought.past)
    progress("orders", 0)
    luck = next(streams)
    orders, fates = store.save_orders(bought.past, crowd, accounts, stock, products, clock, luck)
    reviews = store.save_reviews(bought.past, crowd, accounts, like, stock, products, clock, luck)
    steps = next(streams)
    names = [good.names[0] for good in stock]
    machines, hasty = max(5, count // 15), max(2, count // 150)
    clicks = Clicks()
    events = store.save_events(
        chain(
            clicks.count(look(crowd, bought.past, like, known, days, names, steps)),
            crawl(machines, days, len(stock), steps),
            rush(hasty, days, len(stock), steps),
        ),
        accounts,
        orders,
        products,
        clock,
        steps,
        lambda done: progress("events", done),
    )
    dirt = next(streams)
    spoiled = spoil(orders, admin, products, dirt) | {"bot_visits": machines, "too_fast_visits": hasty}
    spoiled["duplicate_event"] = repeat_events(max(1, round(events * DUPLICATE_EVENTS)), dirt)
    spend = save_spend(folder, clicks, clock.midnight.date(), next(streams))
    signed_up = [account for account in accounts if account is not None]
    again = register_again(signed_up, max(1, round(SECOND_ACCOUNTS * len(signed_up))), next(streams))
    spoiled["second_account"] = len(again)
    facts = {
        "seed": seed,
        "customers": count,
        "days": days,
        "start": clock.midnight.date().isoformat(),
        "until": until.isoformat(),
        "horizon": HORIZON,
        "orders": len(orders),
        "events": events,
        "reviews": reviews,
        "fates": fates,
        "dirt": spoiled,
        "favourite": favourite,
        "second_accounts": again,
        "ad_spend": spend,
    }
    truth = Truth(
        users=np.array([account.pk if account else 0 for account in accounts], dtype=np.int64),
        emails=np.array([address_of(number) for number in range(count)]),
        kind=np.array([KINDS[kind].name for kind in crowd.kind]),
        joined=crowd.joined,
        leaves=crowd.leaves,
        taste=crowd.taste,
        sensitivity=crowd.sensitivity,
        like=like,
        skus=np.array([good.sku for good in stock]),
        future=np.array(
            [(each.person, good, each.moment // 86400 - days) for each in bought.future for good, _ in each.lines],
            dtype=np.int64,
        ).reshape(-1, 3),
        facts=facts,
    )
    return {
        "customers": count,
        "products": len(products),
        "orders": len(orders),
        "events": events,
        "reviews": reviews,
        "dirt": spoiled,
    }, truth


def _log_in(name: str, *, staff: bool) -> User:
    user, _ = User.objects.get_or_create(username=name, defaults={"email": f"{name}@fernandkettle.example"})
    user.is_staff = user.is_superuser = staff
    user.set_password(PASSWORD)
    user.save()
    return user


def _make_known(accounts: list[User | None], purchases: list[Any]) -> int:
    """Give the account with the most orders a log-in of its own; gives the place of its person."""
    counts = np.bincount([each.person for each in purchases], minlength=len(accounts))
    counts[[place for place, account in enumerate(accounts) if account is None]] = -1
    place = int(counts.argmax())
    account = accounts[place]
    assert account is not None, "somebody has an account"
    account.set_password(PASSWORD)
    account.username = CUSTOMER
    account.save()
    return place
