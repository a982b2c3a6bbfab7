from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from insights.analytics import METRICS, Query
from insights.assistant import wording


@pytest.mark.parametrize(
    ("start", "end", "english"),
    [
        (date(2026, 6, 5), date(2026, 6, 6), "on 5 June 2026"),
        (date(2026, 6, 1), date(2026, 7, 1), "in Jun 2026"),
        (date(2026, 1, 1), date(2027, 1, 1), "in 2026"),
        (date(2026, 6, 3), date(2026, 6, 11), "from 3 June 2026 to 10 June 2026"),
        (date(2026, 4, 1), date(2026, 7, 1), "from 1 April 2026 to 30 June 2026"),
        (date(2000, 1, 1), date(2026, 5, 1), "until 30 April 2026"),
    ],
)
def test_in_period__says_a_stretch_as_people_do(start: date, end: date, english: str) -> None:
    with translation.override("en"):
        assert wording.in_period(start, end) == english


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [
        (None, 5, "count", "there is nothing to compare with"),
        (5, None, "count", "there is nothing to compare with"),
        (5, 5, "count", "the same as before"),
        (0.25, 0.20, "rate", "up 5.0 pts from 20.0%"),
        (0.15, 0.20, "rate", "down 5.0 pts from 20.0%"),
        (5, 0, "count", "up from 0"),
        (Decimal(150), Decimal(100), "money", "up 50.0% from £100"),
        (50, 200, "count", "down 75.0% from 200"),
        (-50, -100, "count", "up 50.0% from −100"),
    ],
)
def test_change__says_by_how_much(now: Any, before: Any, unit: str, said: str) -> None:
    with translation.override("en"):
        assert wording.change(now, before, unit) == said


def test_moved_by__has_its_sign() -> None:
    assert wording.moved_by(Decimal("-12.5"), "money") == "−£12.50"
    assert wording.moved_by(3, "count") == "+3"


@pytest.mark.parametrize(
    ("parts", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C", "D"], "A, B and C")]
)
def test_listing__joins_a_few_names(parts: list[str], said: str) -> None:
    with translation.override("en"):
        assert wording.listing(parts) == said


def test_suggestions__are_questions_that_are_understood() -> None:
    """What is offered in place of a refusal must not be refused itself, in either language."""
    from insights.assistant.language import read

    for language in ("en", "zh-hans"):
        with translation.override(language):
            offered = {question for reason in wording.REFUSALS for question in wording.suggestions(reason)}
            for asked in ("best_customers", "best_products", "performance"):
                offered |= set(wording.clarification(asked)[1])
            for metric in METRICS:
                offered.add(wording.next_questions(Query(metrics=[metric]))[-1])
        for question in offered:
            reading = read(question, today=date(2026, 11, 26), values={})
            assert reading.tool not in ("refuse", "clarify"), question
            assert not [values for key, values in reading.notes if key == "unused"], question


@pytest.mark.parametrize(
    ("value", "column", "said"),
    [
        (None, {"key": "revenue", "kind": "metric", "unit": "money"}, "–"),
        ("loyal", {"key": "segment", "labels": {"loyal": "Loyal customers"}}, "Loyal customers"),
        ("2026-06-01", {"key": "month", "kind": "dimension"}, "Jun 2026"),
        ("2026-04-01", {"key": "quarter", "kind": "dimension"}, "Q2 2026"),
        (0.25, {"key": "repeat_rate", "kind": "metric", "unit": "rate"}, "25.0%"),
        (1234.5, {"key": "revenue", "kind": "metric", "unit": "money"}, "£1,235"),
        (2.5, {"key": "score", "kind": "dimension", "unit": "text"}, "2.50"),
        ("Tea", {"key": "category", "kind": "dimension"}, "Tea"),
    ],
)
def test_shown__writes_a_cell_as_people_do(value: Any, column: dict[str, Any], said: str) -> None:
    with translation.override("en"):
        assert wording.shown(value, column) == said
