from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from insights.analytics import Condition, CustomerFilter, TimeRange, count_customers, find_customers, today
from insights.exceptions import QueryError
from insights.models import Customer
from tests.insights.analytics.world import World, build

pytestmark = pytest.mark.django_db
MARCH = {"start": "2024-03-01", "end": "2024-04-01"}
SPRING = {"start": "2024-03-01", "end": "2024-06-01"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield build(seed=8)
        transaction.set_rollback(True)


def chosen(*conditions: dict[str, Any]) -> set[str]:
    wanted = CustomerFilter.model_validate({"conditions": conditions})
    return set(wanted.queryset().values_list("external_id", flat=True))


def theirs(world: World, customer: Customer, within: dict[str, str] | None = None) -> list[Any]:
    days = TimeRange.model_validate(within) if within else None
    return [
        order
        for order in world.valid()
        if order.customer is customer and (days is None or days.start <= order.day < days.end)
    ]


def spend(world: World, customer: Customer) -> Any:
    return sum(order.total - sum(amount for _at, _day, amount in order.refunds) for order in theirs(world, customer))


@pytest.mark.parametrize(
    ("condition", "meets"),
    [
        ({"field": "orders", "op": "gt", "value": 4}, lambda w, c: len(theirs(w, c)) > 4),
        ({"field": "orders", "op": "eq", "value": 0, "within": MARCH}, lambda w, c: not theirs(w, c, MARCH)),
        ({"field": "orders", "op": "in", "value": [2, 3]}, lambda w, c: len(theirs(w, c)) in (2, 3)),
        ({"field": "orders", "op": "not_between", "value": [2, 4]}, lambda w, c: not 2 <= len(theirs(w, c)) <= 4),
        ({"field": "orders", "op": "gte", "value": 2, "within": SPRING}, lambda w, c: len(theirs(w, c, SPRING)) >= 2),
        ({"field": "frequency", "op": "lte", "value": 3}, lambda w, c: len(theirs(w, c)) <= 3),
        ({"field": "spend", "op": "lt", "value": 300}, lambda w, c: spend(w, c) < 300),
        (
            {"field": "ordered", "op": "between", "value": ["2024-03-01", "2024-06-01"]},
            lambda w, c: theirs(w, c, SPRING),
        ),
        ({"field": "country", "op": "not_in", "value": ["Germany", "unknown"]}, None),
        ({"field": "accepts_marketing", "value": False}, lambda w, c: not c.accepts_marketing),
        (
            {"field": "bought_brand", "op": "in", "value": ["fern"], "within": MARCH},
            lambda w, c: "Fern" in brands(w, c, MARCH),
        ),
        (
            {"field": "bought_brand", "op": "not_in", "value": ["Fern"], "within": MARCH},
            lambda w, c: "Fern" not in brands(w, c, MARCH),
        ),
        ({"field": "bought_product", "op": "eq", "value": "Thing 4"}, lambda w, c: "Thing 4" in products(w, c)),
        (
            {"field": "bought_category", "op": "in", "value": ["Tea"], "within": SPRING},
            lambda w, c: "Tea" in categories(w, c, SPRING),
        ),
        (
            {"field": "segment", "op": "in", "value": ["Loyal customers", "流失风险客户"]},
            lambda w, c: state(w, c, "segment") in ("loyal", "at_risk"),
        ),
    ],
)
def test_queryset__agrees_with_plain_python(
    world: World, condition: dict[str, Any], meets: Callable[[World, Customer], Any] | None
) -> None:
    if meets is None:
        found = Customer.objects.filter(external_id__in=chosen(condition))
        assert found
        assert "Germany" not in {customer.country for customer in found}
        return
    expected = {customer.external_id for customer in world.customers if meets(world, customer)}
    assert 0 < len(expected) < len(world.customers)
    assert chosen(condition) == expected


def state(world: World, customer: Customer, name: str) -> Any:
    return getattr(world.states.get(customer.pk), name, None)


def lines(world: World, customer: Customer, within: dict[str, str] | None = None) -> list[Any]:
    return [line for order in theirs(world, customer, within) for line in order.lines]


def brands(world: World, customer: Customer, within: dict[str, str]) -> set[str]:
    return {line.product.brand for line in lines(world, customer, within)}


def products(world: World, customer: Customer) -> set[str]:
    return {line.product.name for line in lines(world, customer)}


def categories(world: World, customer: Customer, within: dict[str, str] | None = None) -> set[str]:
    return {line.product.category.name for line in lines(world, customer, within) if line.product.category}


def test_queryset__takes_all_conditions_at_once(world: World) -> None:
    many, spring = (
        {"field": "orders", "op": "gte", "value": 3},
        {"field": "ordered", "op": "between", "value": list(SPRING.values())},
    )
    assert chosen(many, spring) == chosen(many) & chosen(spring)
    assert chosen() == {customer.external_id for customer in world.customers}


def test_queryset__days_are_counted_from_today(world: World) -> None:
    """The shop's last order is long ago: nobody bought lately, everybody once did within enough days."""
    assert chosen({"field": "orders", "op": "gte", "value": 1, "days": 30}) == set()
    far = (today() - date(2024, 1, 1)).days + 1
    ever = chosen({"field": "orders", "op": "gte", "value": 1})
    assert chosen({"field": "orders", "op": "gte", "value": 1, "days": far}) == ever
    window = Condition(field="orders", op="gte", value=1, days=30).window(None)
    assert window == TimeRange(start=today() - timedelta(days=29), end=today() + timedelta(days=1), unit="day")


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"field": "spnd", "value": 1}, "spend"),
        ({"field": "segment", "op": "gt", "value": "loyal"}, "cannot be compared"),
        ({"field": "segment", "value": "loyl"}, "loyal"),
        ({"field": "spend", "op": "gt", "value": "much"}, "needs a number"),
        ({"field": "spend", "op": "gt", "value": None}, "needs a number"),
        ({"field": "spend", "op": "gt", "value": [1, 2]}, "one value"),
        ({"field": "spend", "op": "between", "value": [1]}, "two values"),
        ({"field": "country", "op": "in", "value": []}, "at least one"),
        ({"field": "country", "op": "in", "value": ["x"] * 201}, "200 values"),
        ({"field": "first_order", "op": "gt", "value": "soon"}, "no day"),
        ({"field": "is_guest", "value": "yes"}, "true or false"),
        ({"field": "recency_days", "op": "gt", "value": 3, "days": 5}, "has no “days”"),
        ({"field": "segment", "value": "loyal", "within": SPRING}, "has no “within”"),
        ({"field": "spend", "op": "gt", "value": 3, "days": 5, "within": SPRING}, "not both"),
    ],
)
def test_condition__says_what_is_wrong(condition: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        Condition.model_validate(condition)


def test_queryset__an_unknown_product_is_an_error_and_not_nobody(world: World) -> None:
    with pytest.raises(QueryError, match="no product called “Unicorn”"):
        chosen({"field": "bought_product", "op": "in", "value": ["Unicorn"]})


@pytest.mark.parametrize(
    ("conditions", "english", "chinese"),
    [
        ([], "All customers.", "全部客户。"),
        (
            [
                {"field": "spend", "op": "gt", "value": 500, "days": 90},
                {"field": "recency_days", "op": "gte", "value": 30},
            ],
            "Customers who spent more than £500 in the last 90 days and whose last order was at least 30 days ago.",
            "最近 90 天内消费超过 £500、距上次下单至少 30 天的客户。",
        ),
        (
            [{"field": "orders", "op": "gte", "value": 1, "within": SPRING}],
            "Customers with at least 1 order from 1 March 2024 to 31 May 2024.",
            "2024 年 3 月 1 日至 2024 年 5 月 31 日期间订单数至少 1 的客户。",
        ),
        (
            [{"field": "orders", "op": "lt", "value": 3, "within": {"start": "2024-03-01", "end": "2024-03-02"}}],
            "Customers with fewer than 3 orders on 1 March 2024.",
            "2024 年 3 月 1 日订单数低于 3 的客户。",
        ),
        (
            [{"field": "country", "op": "in", "value": ["DE", "GB"]}],
            "Customers whose country is Germany or United Kingdom.",
            "国家为德国或英国的客户。",
        ),
        (
            [{"field": "bought_product", "op": "not_in", "value": ["Sencha"]}],
            "Customers who did not buy “Sencha”.",
            "没买过“Sencha”的客户。",
        ),
        (
            [{"field": "city", "op": "contains", "value": "don"}],
            "Customers whose city is like “don”.",
            "城市包含“don”的客户。",
        ),
        ([{"field": "is_guest", "value": True}], "Customers who are guests.", "是游客的客户。"),
        (
            [{"field": "ordered", "op": "not_between", "value": ["2024-03-01", "2024-04-01"]}],
            "Customers who did not order between 1 March 2024 and 31 March 2024.",
            "在 2024 年 3 月 1 日到 2024 年 3 月 31 日之间没有下过单的客户。",
        ),
        (
            [{"field": "churn_probability", "op": "gte", "value": 0.8}],
            "Customers with a churn risk of at least 80%.",
            "流失风险至少 80% 的客户。",
        ),
    ],
)
def test_sentence__is_in_both_languages(conditions: list[dict[str, Any]], english: str, chinese: str) -> None:
    wanted = CustomerFilter.model_validate({"conditions": conditions})
    assert wanted.sentence("en") == english
    assert wanted.sentence("zh-hans") == chinese


def test_find_customers__shows_what_was_asked_in_its_days(world: World) -> None:
    wanted = CustomerFilter.model_validate(
        {"conditions": [{"field": "orders", "op": "gte", "value": 1, "within": SPRING}]}
    )
    result = find_customers(wanted, "spend", within=TimeRange.model_validate(SPRING))
    labels = [column.label for column in result.columns]
    assert sum("Mar" in label for label in labels) == 2
    assert [column.key for column in result.columns].count("spend") == 2
    with pytest.raises(QueryError, match="cannot be taken of a time range"):
        find_customers(wanted, "recency_days", within=TimeRange.model_validate(SPRING))


def test_count_customers__counts_each_once(world: World) -> None:
    result = count_customers(CustomerFilter(), "country")
    assert result.totals["customers"] == len(world.customers)
    assert sum(result.column("customers")) == len(world.customers)
    for wrong in ("device", "zebra"):
        with pytest.raises(QueryError):
            count_customers(CustomerFilter(), wrong)
