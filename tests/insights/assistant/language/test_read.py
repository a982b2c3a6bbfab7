"""Questions to calls: the same meaning in two languages gives the same call."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.assistant.language import Reading, read

TODAY = date(2026, 11, 24)
VALUES = {
    "country": ["United Kingdom", "Germany", "France", "China"],
    "region": ["华东", "Scotland"],
    "city": ["London"],
    "category": ["Green tea", "Teaware"],
    "product": ["Dragon Well", "Gaiwan", "Spring Dragon Well", "龙井"],
}
OCTOBER = {"start": "2026-10-01", "end": "2026-11-01", "unit": "month"}


def understand(question: str, previous: Reading | None = None) -> Reading:
    return read(question, today=TODAY, values=VALUES, previous=previous)


def query_of(question: str, previous: Reading | None = None) -> dict[str, Any]:
    reading = understand(question, previous)
    assert reading.tool == "query_metrics", reading
    query = reading.arguments["query"]
    assert isinstance(query, dict)
    return query


@pytest.mark.parametrize(
    ("question", "metrics", "dimensions"),
    [
        ("What was our revenue last month?", ["revenue"], []),
        ("上个月的销售额是多少？", ["revenue"], []),
        ("上個月的銷售額是多少？", ["revenue"], []),
        ("Average order value by country in Q3", ["aov"], ["country"]),
        ("三季度各国家的客单价", ["aov"], ["country"]),
        ("How many orders yesterday?", ["orders"], []),
        ("昨天有多少订单？", ["orders"], []),
        ("revenue trend this year by month", ["revenue"], ["month"]),
        ("今年每个月的订单数", ["orders"], ["month"]),
        ("New customers per week since September", ["new_customers"], ["week"]),
        ("How big is each segment?", ["customers"], ["segment"]),
        ("每个分群有多少客户", ["customers"], ["segment"]),
        ("conversion rate last week", ["conversion_rate"], []),
        ("上个月销售额和客单价是多少", ["revenue", "aov"], []),
        ("What share of revenue comes from returning customers?", ["revenue"], ["new_or_returning"]),
        ("How many people bought Dragon Well last month?", ["buyers"], []),
    ],
)
def test_read__figures(question: str, metrics: list[str], dimensions: list[str]) -> None:
    query = query_of(question)
    assert (query["metrics"], query["dimensions"]) == (metrics, dimensions)


def test_read__the_question_of_the_mission() -> None:
    query = query_of("上个月华东地区的复购率是多少？")
    assert query["metrics"] == ["repeat_rate"]
    assert query["filters"] == [{"dimension": "region", "op": "in", "values": ["华东"]}]
    assert query["time_range"] == OCTOBER
    reading = understand("Which loyal customers are about to leave?")
    assert reading.tool == "find_customers"
    assert reading.arguments["conditions"] == [
        {"field": "segment", "op": "in", "value": ["loyal"]},
        {"field": "churn_band", "op": "in", "value": ["high"]},
    ]
    assert understand("哪些忠诚客户快流失了？").arguments == reading.arguments


@pytest.mark.parametrize("question", ["Top 10 products in the last 90 days", "最近90天卖得最好的10个商品"])
def test_read__top_n(question: str) -> None:
    query = query_of(question)
    assert (query["dimensions"], query["limit"]) == (["product"], 10)
    assert query["order_by"] == [{"key": query["metrics"][0], "descending": True}]


def test_read__worst_is_ascending() -> None:
    assert query_of("Which products sold worst last quarter?")["order_by"][0]["descending"] is False


@pytest.mark.parametrize(
    ("question", "compare_to"),
    [
        ("Orders in the last 30 days compared with the period before", "previous_period"),
        ("本月销售额环比", "previous_period"),
        ("revenue this month year over year", "previous_year"),
        ("本月销售额同比", "previous_year"),
        ("revenue in March vs February", "previous_period"),
        ("revenue in March vs January", {"start": "2026-01-01", "end": "2026-02-01", "unit": "month"}),
    ],
)
def test_read__comparisons(question: str, compare_to: Any) -> None:
    assert query_of(question)["compare_to"] == compare_to


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("Which customers spent more than 500?", {"field": "spend", "op": "gt", "value": 500.0}),
        ("消费超过500元的客户", {"field": "spend", "op": "gt", "value": 500.0}),
        ("customers who haven't ordered in the last 60 days", {"field": "recency_days", "op": "gte", "value": 60}),
        ("最近60天没有下单的客户", {"field": "recency_days", "op": "gte", "value": 60}),
        ("customers from Germany who ordered at least 3 times", {"field": "orders", "op": "gte", "value": 3.0}),
        ("下单3次以上的客户", {"field": "orders", "op": "gte", "value": 3.0}),
        ("customers who bought Gaiwan", {"field": "bought_product", "op": "in", "value": ["Gaiwan"]}),
        ("List the champions", {"field": "segment", "op": "in", "value": ["champions"]}),
    ],
)
def test_read__customers(question: str, condition: dict[str, Any]) -> None:
    reading = understand(question)
    assert reading.tool == "find_customers"
    assert condition in reading.arguments["conditions"]


@pytest.mark.parametrize(
    ("question", "order_by", "limit"),
    [
        ("Which customers are most likely to buy in the next 30 days?", "purchase_probability", 20),
        ("谁最可能在30天内购买？", "purchase_probability", 20),
        ("购买概率最高的15个客户", "purchase_probability", 15),
        ("Top 5 customers by revenue", "spend", 5),
        ("消费最多的5个客户", "spend", 5),
    ],
)
def test_read__customers_in_order(question: str, order_by: str, limit: int) -> None:
    arguments = understand(question).arguments
    assert (arguments["order_by"], arguments["limit"]) == (order_by, limit)


@pytest.mark.parametrize(
    ("question", "tool", "arguments"),
    [
        ("Tell me about customer c123", "describe_customer", {"customer": "c123"}),
        ("客户c123的画像", "describe_customer", {"customer": "c123"}),
        ("Why is customer C-9 likely to leave?", "explain_prediction", {"customer": "C-9", "what": "churn"}),
        ("为什么客户c123会流失", "explain_prediction", {"customer": "c123", "what": "churn"}),
        (
            "What should we recommend to customer c123?",
            "recommend",
            {"customer": "c123", "type": "for_you", "limit": 8},
        ),
        ("给客户c123推荐什么", "recommend", {"customer": "c123", "type": "for_you", "limit": 8}),
        ("Products similar to Dragon Well", "recommend", {"product": "Dragon Well", "type": "similar", "limit": 8}),
        ("和龙井相似的商品", "recommend", {"product": "龙井", "type": "similar", "limit": 8}),
        ("What goes with Gaiwan?", "recommend", {"product": "Gaiwan", "type": "bought_together", "limit": 8}),
        ("What does repeat rate mean?", "define", {"kind": "metric", "key": "repeat_rate"}),
        ("复购率怎么算的", "define", {"kind": "metric", "key": "repeat_rate"}),
        ("best customers", "clarify", {"question": "best_customers"}),
        ("最好的客户", "clarify", {"question": "best_customers"}),
    ],
)
def test_read__other_tools(question: str, tool: str, arguments: dict[str, Any]) -> None:
    reading = understand(question)
    assert (reading.tool, reading.arguments) == (tool, arguments)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Delete all orders", "write"),
        ("删除所有订单", "write"),
        ("What's the weather?", "outside"),
        ("email address of customer c123", "contact"),
        ("客户c123的手机号", "contact"),
        ("How will revenue be next month?", "future"),
        ("下个月销售额会是多少", "future"),
        ("revenue'; drop table orders", "sql"),
        ("Wie viele Kunden haben wir?", "language"),
        ("売上はいくらですか", "language"),
        ("asdf qwer", "not_understood"),
        ("", "empty"),
    ],
)
def test_read__refusals(question: str, reason: str) -> None:
    reading = understand(question)
    assert (reading.tool, reading.arguments["reason"]) == ("refuse", reason)


def test_read__follow_ups_inherit() -> None:
    first = understand("What was our revenue last month?")
    by_country = query_of("and by country?", first)
    assert (by_country["dimensions"], by_country["time_range"]) == (["country"], OCTOBER)
    germany = query_of("what about Germany?", first)
    assert germany["filters"] == [{"dimension": "country", "op": "in", "values": ["Germany"]}]
    before = query_of("那上上个月呢？", first)
    assert before["metrics"] == ["revenue"]
    assert before["time_range"]["start"] == "2026-09-01"
    people = understand("购买概率最高的20个客户")
    france = understand("那法国呢", people)
    assert france.arguments["conditions"] == [{"field": "country", "op": "in", "value": ["France"]}]
    assert france.arguments["order_by"] == "purchase_probability"


def test_read__names_what_it_did_not_use_and_what_it_corrected() -> None:
    notes = dict(understand("revnue last month for zorblax").notes)
    assert notes["corrected"] == {"typed": "revnue", "read": "revenue"}
    assert notes["unused"] == {"words": ["zorblax"]}
    assert "default_period" in dict(understand("revenue").notes)


def test_read__a_name_of_the_shop_beats_a_season() -> None:
    query = query_of("units of Spring Dragon Well last month")
    assert query["filters"] == [{"dimension": "product", "op": "in", "values": ["Spring Dragon Well"]}]
    assert query["time_range"] == OCTOBER


@given(st.text(max_size=80))
def test_read__never_fails(question: str) -> None:
    assert understand(question).tool
