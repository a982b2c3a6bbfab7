from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone, translation

from insights.models import Conversation, Message
from insights.panel.answers import speaking, table_of, view

pytestmark = pytest.mark.django_db

MONEY = {"key": "revenue", "label": "Revenue", "kind": "metric", "unit": "money"}
CATEGORY = {"key": "category", "label": "Category", "kind": "dimension", "unit": "text"}
DAY = {"key": "day", "label": "Day", "kind": "dimension", "unit": "date"}
BEFORE = {"time_range": {"start": "2026-01-01", "end": "2026-02-01"}}


@pytest.fixture
def shown(ask_for: Callable[..., Any]) -> Callable[..., Any]:
    """Makes the view of an answer."""

    def shown(**answer: Any) -> Any:
        talk = Conversation.objects.create(user_key="1")
        message = Message.objects.create(
            conversation=talk, question="?", answer={"language": "en", **answer}, seconds=0.4
        )
        return view(ask_for("ask_insights"), message)

    return shown


def test_view__one_number_stands_alone_with_its_move(shown: Callable[..., Any]) -> None:
    found = shown(kind="number", columns=[MONEY], rows=[[57560]], comparison={**BEFORE, "rows": [[52600]]}, text="t")
    assert (found.hero, found.delta.text, found.delta.css) == ("£57,560", "▲ 9.4%", "ins-good")
    assert found.figure is None
    assert found.rows == []
    assert found.csv


def test_view__things_compared_are_bars_with_a_key(shown: Callable[..., Any]) -> None:
    found = shown(
        kind="table",
        plan={"query": {"metrics": ["revenue"], "time_range": {"start": "2026-02-01", "end": "2026-03-01"}}},
        columns=[CATEGORY, MONEY],
        rows=[["Green tea", 300], ["Oolong", 100]],
        comparison={**BEFORE, "rows": [[200], [110]]},
    )
    assert found.figure.svg.count("k-bar2") == 4
    assert found.key == ("1–28 Feb", "1–31 Jan")
    assert [column.label for column in found.table.columns] == ["Category", "Revenue", "1–31 Jan", "Change"]
    assert [(cell.text, cell.css) for cell in found.rows[1]] == [
        ("Oolong", "ins-left"), ("£100", ""), ("£110", "ins-quiet"), ("▼ 9.1%", "ins-bad"),
    ]  # fmt: skip


def test_view__a_course_is_a_line(shown: Callable[..., Any]) -> None:
    rows = [[f"2026-03-{day:02}", day] for day in range(1, 10)]
    found = shown(kind="series", columns=[DAY, MONEY], rows=rows)
    assert "k-line" in found.figure.svg
    assert found.key is None
    assert found.rows[0][0].text == "1 Mar"


@pytest.mark.parametrize("kind", ["customers", "recommendation", "explanation"])
def test_view__lists_are_not_drawn(shown: Callable[..., Any], kind: str) -> None:
    assert shown(kind=kind, columns=[CATEGORY, MONEY], rows=[["A", 1], ["B", 2]]).figure is None


def test_view__a_customer_leads_to_the_page_and_a_long_number_is_cut(shown: Callable[..., Any]) -> None:
    risk = {"key": "churn_probability", "label": "Churn risk", "kind": "metric", "unit": "rate"}
    key = {"key": "customer", "label": "Customer", "kind": "dimension", "unit": "text"}
    guest = "guest:22a4f02064329eb74de6be0b"
    found = shown(kind="customers", columns=[key, risk], rows=[["1001", 0.999], [guest, 0.5]])
    assert found.rows[0][0].url == "/admin/insights/customers/1001/"
    assert found.rows[0][1].text == "over 99%"
    assert found.rows[1][0].text.endswith("…")
    assert (
        found.rows[1][0].url == f"/admin/insights/customers/{guest.replace(':', '%3A')}/"
        or guest in found.rows[1][0].url
    )


def test_view__a_reason_adds_points(shown: Callable[..., Any]) -> None:
    reason = {"key": "reason", "label": "Reason", "kind": "dimension", "unit": "text"}
    effect = {"key": "contribution", "label": "Effect", "kind": "metric", "unit": "rate"}
    found = shown(kind="explanation", columns=[reason, effect], rows=[["A", 0.182], ["B", -0.01]])
    assert [row[1].text for row in found.rows] == ["+18.2 pts", "−1.0 pts"]


def test_view__what_is_not_known_is_a_dash(shown: Callable[..., Any]) -> None:
    found = shown(kind="table", columns=[CATEGORY, MONEY], rows=[[None, None], ["B", 2]])
    assert [cell.text for cell in found.rows[0]] == ["–", "–"]


@pytest.mark.parametrize(
    "answer", [{}, {"kind": "refusal", "text": "No."}, {"kind": "table", "columns": [], "rows": []}]
)
def test_view__whatever_was_remembered_can_be_shown(shown: Callable[..., Any], answer: dict[str, Any]) -> None:
    assert shown(**answer).rows == []


def test_view__a_draft_has_nowhere_to_lead(ask_for: Callable[..., Any]) -> None:
    answer = {"kind": "table", "columns": [CATEGORY, MONEY], "rows": [["A", 1], ["B", 2]]}
    found = view(ask_for("ask_insights"), Message(question="?", answer=answer, asked_at=timezone.now()))
    assert (found.csv, found.feedback_url) == ("", "")


def test_speaking__is_the_language_of_the_answer() -> None:
    with translation.override("en"), speaking({"language": "zh"}):
        assert table_of({"columns": [DAY], "rows": [["2026-03-01"]]}).shown[0][0][0] == "3 月 1 日"
    with translation.override("zh-hans"), speaking({"language": "en"}):
        assert table_of({"columns": [DAY], "rows": [["2026-03-01"]]}).shown[0][0][0] == "1 Mar"
