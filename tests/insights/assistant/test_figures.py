"""Figures of answers against plain Python, on a small shop with seeded chance in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from insights.analytics import TimeRange
from insights.assistant import ask
from insights.models import Customer
from tests.insights.analytics import oracle
from tests.insights.analytics.oracle import Oracle
from tests.insights.analytics.world import Bought, World, build

pytestmark = pytest.mark.django_db
AS_OF = datetime(2024, 7, 19, tzinfo=ZoneInfo("Europe/London"))
TODAY = date(2024, 7, 18)
JUNE = TimeRange(start=date(2024, 6, 1), end=date(2024, 7, 1))
MAY = TimeRange(start=date(2024, 5, 1), end=date(2024, 6, 1))
QUARTER = TimeRange(start=date(2024, 4, 1), end=date(2024, 7, 1))
YEAR = TimeRange(start=date(2024, 1, 1), end=date(2024, 7, 19))
LAST_90 = TimeRange(start=date(2024, 4, 20), end=date(2024, 7, 19))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One shop for the whole module; each test only asks."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield build(seed=5, orders=220)
        transaction.set_rollback(True)


def agree(metric: str, got: Any, wanted: Any, where: str = "in all") -> None:
    """Whether a figure is the expected one; answers are plain data, whose money is a float."""
    oracle.agree(metric, got, float(wanted) if isinstance(wanted, Decimal) else wanted, where)


def known(world: World, only: Callable[[Bought], bool] = lambda order: True) -> World:
    """The world with some of its orders."""
    return World(
        [order for order in world.orders if only(order)],
        world.customers, world.products, world.categories, world.visits, world.ratings, world.states,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "metric", "days"),
    [
        ("What was our revenue last month?", "revenue", JUNE),
        ("上个月的销售额是多少？", "revenue", JUNE),
        ("how many orders in May", "orders", MAY),
        ("五月有多少订单", "orders", MAY),
        ("aov last quarter", "aov", QUARTER),
        ("本年客单价", "aov", YEAR),
        ("units sold between 1 and 30 June", "units", JUNE),
        ("6月1日到6月30日的销量", "units", JUNE),
        ("How many new customers in June?", "new_customers", JUNE),
        ("上月老客数", "returning_customers", JUNE),
        ("repeat rate in the last 90 days", "repeat_rate", LAST_90),
        ("how many orders were cancelled this year", "cancelled_orders", YEAR),
        ("gross sales in june", "gross_revenue", JUNE),
        ("median order value last quarter", "median_order_value", QUARTER),
    ],
)
def test_a_figure(world: World, question: str, metric: str, days: TimeRange) -> None:
    answer = ask(question, as_of=AS_OF)
    assert answer.kind == "number", answer.text
    agree(metric, answer.rows[0][0], Oracle(world, (), days, AS_OF).values(metric).get((), 0))


@pytest.mark.parametrize(
    ("question", "metric", "by", "days"),
    [
        ("Revenue by country last month", "revenue", ("country",), JUNE),
        ("上个月各国销售额", "revenue", ("country",), JUNE),
        ("orders by month this year", "orders", ("month",), YEAR),
        ("今年每月订单数", "orders", ("month",), YEAR),
        ("Sales split by new and returning customers in June", "revenue", ("new_or_returning",), JUNE),
        ("revenue by brand last quarter", "revenue", ("brand",), QUARTER),
        ("上季度各品类销量", "units", ("category",), QUARTER),
        ("orders by segment in the last 90 days", "orders", ("segment",), LAST_90),
        ("revenue by coupon this year", "revenue", ("coupon",), YEAR),
    ],
)
def test_a_breakdown(world: World, question: str, metric: str, by: tuple[str, ...], days: TimeRange) -> None:
    answer = ask(question, as_of=AS_OF)
    expected = Oracle(world, by, days, AS_OF).values(metric)
    found = {row[0]: row[1] for row in answer.rows}
    for (key,), value in expected.items():
        name = getattr(key, "name", None) or key
        agree(metric, found[name.isoformat() if isinstance(name, date) else name], value, str(key))
    assert sum(map(bool, found.values())) == sum(map(bool, expected.values()))


@pytest.mark.parametrize(
    ("question", "only"),
    [
        ("revenue in Germany last month", lambda order: order.country == "Germany"),
        ("上个月德国的销售额", lambda order: order.country == "Germany"),
        ("revenue in the UK and France last month", lambda order: order.country in ("United Kingdom", "France")),
        ("revenue excluding Germany last month", lambda order: order.country != "Germany"),
        ("除了法国，上个月的销售额", lambda order: order.country != "France"),
    ],
)
def test_a_condition(world: World, question: str, only: Callable[[Bought], bool]) -> None:
    answer = ask(question, as_of=AS_OF)
    agree("revenue", answer.rows[0][0], Oracle(known(world, only), (), JUNE, AS_OF).revenue().get(()))


@pytest.mark.parametrize("question", ["revenue june vs may", "上个月销售额环比"])
def test_a_comparison(world: World, question: str) -> None:
    answer = ask(question, as_of=AS_OF)
    agree("revenue", answer.rows[0][0], Oracle(world, (), JUNE, AS_OF).revenue()[()])
    agree("revenue", answer.comparison["totals"]["revenue"], Oracle(world, (), MAY, AS_OF).revenue()[()])


@pytest.mark.parametrize("question", ["Germany's share of revenue last month", "上个月德国占销售额的比例"])
def test_a_share(world: World, question: str) -> None:
    answer = ask(question, as_of=AS_OF)
    parts = Oracle(world, ("country",), JUNE, AS_OF).revenue()
    expected = parts[("Germany",)] / sum(parts.values())
    row = next(row for row in answer.rows if row[0] == "Germany")
    assert row[-1] == pytest.approx(float(expected))
    assert f"{100 * expected:.1f}%" in answer.text
    assert sum(row[-1] for row in answer.rows) == pytest.approx(1)


@pytest.mark.parametrize(
    ("question", "least"), [("bottom 2 countries by revenue last month", True), ("上个月销售额最高的2个国家", False)]
)
def test_the_first_and_the_last(world: World, question: str, least: bool) -> None:
    answer = ask(question, as_of=AS_OF)
    parts = Oracle(world, ("country",), JUNE, AS_OF).revenue()
    expected = sorted(parts.values(), reverse=not least)[:2]
    assert [Decimal(str(row[1])) for row in answer.rows] == expected


def spent(world: World, customer: Customer, days: TimeRange | None = None) -> Decimal:
    """What a customer spent, net of refunds, as it was known."""
    total = Decimal(0)
    for order in world.valid(AS_OF):
        if order.customer is not customer:
            continue
        total += order.total if days is None or days.start <= order.day < days.end else 0
        total -= sum(
            amount for at, day, amount in order.refunds if at < AS_OF and (days is None or days.start <= day < days.end)
        )
    return total


def ordered(world: World, customer: Customer, days: TimeRange | None = None) -> int:
    """How many valid orders a customer has, as it was known."""
    return sum(
        order.customer is customer and (days is None or days.start <= order.day < days.end)
        for order in world.valid(AS_OF)
    )


def silence(world: World, customer: Customer) -> int:
    """Days since the last order; −1 where there is none."""
    last = max(
        (order.day for order in world.valid(AS_OF) if order.customer is customer), default=TODAY + timedelta(days=1)
    )
    return (TODAY - last).days


@pytest.mark.parametrize(
    ("question", "meets"),
    [
        ("customers who spent over 200 in the last 90 days", lambda w, c: spent(w, c, LAST_90) > 200),
        ("最近90天消费超过200的客户", lambda w, c: spent(w, c, LAST_90) > 200),
        ("who spent more than 100 in June", lambda w, c: spent(w, c, JUNE) > 100),
        ("六月消费超过一百的客户", lambda w, c: spent(w, c, JUNE) > 100),
        ("customers who have not ordered for 30 days", lambda w, c: silence(w, c) >= 30),
        ("超过30天没有下单的客户", lambda w, c: silence(w, c) > 30),
        (
            "customers who spent over 200 in the last 90 days but have not ordered for 14 days",
            lambda w, c: spent(w, c, LAST_90) > 200 and silence(w, c) >= 14,
        ),
        ("customers with exactly 5 orders", lambda w, c: ordered(w, c) == 5),
        ("今年下单六次以上的客户", lambda w, c: ordered(w, c, YEAR) >= 6),
        ("customers who spent between 300 and 600", lambda w, c: 300 <= spent(w, c) <= 600),
        ("who ordered in June", lambda w, c: ordered(w, c, JUNE) > 0),
        ("customers who have not ordered in June", lambda w, c: ordered(w, c, JUNE) == 0),
        ("loyal customers", lambda w, c: w.states.get(c.pk) and w.states[c.pk].segment == "loyal"),
        ("接受营销的客户", lambda w, c: bool(c.accepts_marketing)),
        ("customers who joined in december", lambda w, c: c.joined_at.date() >= date(2023, 12, 1)),
        (
            "customers who first ordered in February",
            lambda w, c: (w.first_day(c, AS_OF) or TODAY).month == 2,
        ),
    ],
)
def test_customers(world: World, question: str, meets: Callable[[World, Customer], bool]) -> None:
    expected = {customer.external_id for customer in world.customers if meets(world, customer)}
    answer = ask(f"{question}", as_of=AS_OF)
    assert answer.kind == "customers", answer.text
    assert {row[0] for row in answer.rows} == expected if len(expected) <= 20 else len(answer.rows) == 20
    assert answer.text.startswith(str(len(expected)))


def test_customers_are_sorted_by_the_days_that_are_named(world: World) -> None:
    answer = ask("Who are our 5 biggest spenders in June?", as_of=AS_OF)
    expected = sorted((spent(world, customer, JUNE) for customer in world.customers), reverse=True)[:5]
    assert [Decimal(str(row[1])) for row in answer.rows] == expected
    assert "Jun" in answer.columns[1]["label"]


def test_customers_counted_by_a_dimension(world: World) -> None:
    first = ask("customers with more than 4 orders", as_of=AS_OF)
    answer = ask("how many are there by segment?", as_of=AS_OF, conversation=first.conversation)
    wanted = [customer for customer in world.customers if ordered(world, customer) > 4]
    segments = [world.states[customer.pk].segment if customer.pk in world.states else "" for customer in wanted]
    found = dict(answer.rows)
    assert sum(found.values()) == len(wanted)
    assert {name: n for name, n in found.items() if name != "unknown"} == {
        name: segments.count(name) for name in set(segments) if name
    }
