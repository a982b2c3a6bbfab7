from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from insights.panel.understood import Chip, chips, when

QUERY = {
    "metrics": ["revenue", "orders"],
    "dimensions": ["category"],
    "time_range": {"start": "2026-01-01", "end": "2026-02-01"},
    "compare_to": "previous_year",
    "filters": [{"dimension": "country", "op": "not_in", "values": ["France", "Germany"]}],
    "currency": "EUR",
}


def said(plan: dict[str, Any]) -> list[tuple[str, str]]:
    return [(chip.label, chip.value) for chip in chips(plan)]


def test_chips__of_a_query_name_every_part() -> None:
    assert said({"tool": "query_metrics", "arguments": {"query": {}}, "query": QUERY}) == [
        ("Figure", "Revenue, Orders"),
        ("By", "Category"),
        ("When", "1–31 Jan"),
        ("Against", "the year before"),
        ("Only", "Country ≠ France, Germany"),
        ("In", "EUR"),
    ]


def test_chips__of_customers_say_field_sign_and_value_as_people_do() -> None:
    conditions = [
        {"field": "churn_probability", "op": "gt", "value": 0.6},
        {"field": "segment", "op": "in", "value": ["champions", "loyal"]},
        {"field": "spend", "op": "gte", "value": 500},
    ]
    arguments = {"conditions": conditions, "order_by": "churn_probability", "limit": 20, "count_only": False}
    assert said({"arguments": arguments}) == [
        ("Only", "Churn risk > 60%"),
        ("Only", "Segment: Champions, Loyal customers"),
        ("Only", "Spend ≥ £500"),
        ("Sorted by", "Churn risk"),
        ("At most", "20"),
    ]


def test_chips__of_customers_say_what_is_denied_and_of_when() -> None:
    last, this = {"start": "2025-01-01", "end": "2026-01-01"}, {"start": "2026-01-01", "end": "2026-02-01"}
    conditions = [
        {"field": "bought_product", "op": "in", "value": ["Sencha"], "within": last},
        {"field": "bought_product", "op": "not_in", "value": ["Sencha"], "within": this},
        {"field": "ordered", "op": "not_between", "value": ["2026-01-01", "2026-02-01"]},
        {"field": "spend", "op": "gt", "value": 500, "days": 90},
    ]
    found = [value for _label, value in said({"arguments": {"conditions": conditions}})]
    assert found[0].startswith("Bought product: Sencha (1 Jan")
    assert found[1].startswith("Bought product ≠ Sencha (1")
    assert found[2].startswith("Ordered in a period ≠ 1")
    assert found[3] == "Spend > £500 (within 90 days)"


def test_chips__of_one_customer_have_no_names_of_code() -> None:
    assert said({"arguments": {"customer": "3", "what": "churn"}}) == [
        ("Customer", "3"),
        ("About", "May not come back"),
    ]
    assert said({"arguments": {"customer": "3", "type": "for_you", "limit": 8}}) == [
        ("Customer", "3"),
        ("Kind", "For you"),
        ("At most", "8"),
    ]


def test_chips__in_chinese() -> None:
    with translation.override("zh-hans"):
        found = said({"query": QUERY})
    assert found[0][1] == "销售额、订单数"
    assert all(not label.isascii() for label, _value in found)


@pytest.mark.parametrize("plan", [{}, {"arguments": None}, {"tool": "refuse", "arguments": {"reason": "weather"}}])
def test_chips__of_no_reading_are_none(plan: dict[str, Any]) -> None:
    assert chips(plan) == []


def test_chips__what_is_unknown_is_shown_as_it_is() -> None:
    plan = {"arguments": {"conditions": [{"field": "shoe_size", "op": "gt", "value": 42}]}}
    assert said(plan) == [("Only", "shoe size > 42")]
    assert chips({"query": {"metrics": ["nonsense"]}})[0] == Chip("Figure", "nonsense")


def test_chips__group_and_time_can_be_changed() -> None:
    by_label = {chip.label: chip for chip in chips({"query": QUERY})}
    assert [text for text, _ in by_label["By"].instead] == ["By country?", "By month?", "By segment?"], (
        "all but its own"
    )
    assert by_label["When"].instead
    assert not by_label["Figure"].instead


def test_when__without_a_range_is_all_time() -> None:
    assert when(None) == "all time"
    assert when({"start": "2026-03-01", "end": "2026-03-02"}) == "1 Mar"


@pytest.mark.django_db
def test_chips__what_they_offer_instead_is_understood(world: None) -> None:
    from insights.assistant import ask

    first = ask("Revenue by category last quarter")
    offered = {chip.label: [question for _, question in chip.instead] for chip in chips(first.plan)}
    for question in offered["By"]:
        query = ask(question, conversation=first.conversation).plan["query"]
        assert query["metrics"] == ["revenue"], question
        assert query["time_range"]["start"] == first.plan["query"]["time_range"]["start"], question
    again = ask("Revenue by category last quarter")
    for question in offered["When"]:
        query = ask(question, conversation=again.conversation).plan["query"]
        assert (query["metrics"], query["dimensions"]) == (["revenue"], ["category"]), question
