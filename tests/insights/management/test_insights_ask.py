from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from insights.assistant import KINDS
from insights.models import Conversation, Customer
from tests.insights.panel import data

pytestmark = pytest.mark.django_db

KEYS = {"kind", "plan", "columns", "rows", "text", "assumptions", "follow_ups", "conversation"}


@pytest.fixture
def world() -> None:
    data.shop(30)
    data.trained()


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The one object on standard output, and nothing else there."""
    call_command("insights_ask", *arguments, "--json")
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return json.loads(out)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What was our revenue in the last 30 days?", "number"),
        ("最近30天的销售额是多少？", "number"),
        ("Orders by country in the last 90 days", "table"),
        ("Revenue by day in the last 30 days", "series"),
        ("List customers with more than 1 order", "customers"),
        ("Write me a poem about the sea", "refusal"),
    ],
)
def test_json__has_the_agreed_keys(world: None, capsys: pytest.CaptureFixture[str], question: str, kind: str) -> None:
    told = said(capsys, question)
    assert set(told) >= KEYS
    assert told["kind"] == kind
    assert told["kind"] in KINDS
    assert isinstance(told["plan"], dict)
    assert all(len(row) == len(told["columns"]) for row in told["rows"])
    assert told["text"]
    if kind == "customers":
        assert Customer.objects.filter(external_id=told["rows"][0][0]).exists()
    if kind == "refusal":
        assert told["rows"] == []
        assert told["follow_ups"], "the nearest questions that can be answered"


def test_conversation__goes_on(world: None, capsys: pytest.CaptureFixture[str]) -> None:
    first = said(capsys, "What was our revenue in the last 90 days?")
    second = said(capsys, "and by country?", "--conversation", first["conversation"])
    assert second["conversation"] == first["conversation"]
    assert second["kind"] == "table"
    assert Conversation.objects.count() == 1


def test_language_and_day(world: None, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "Revenue in the last 30 days", "--language", "zh", "--as-of", "2020-01-31")
    assert any("一" <= letter <= "鿿" for letter in told["text"])
    assert not told["rows"] or told["rows"][0][-1] in (0, None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Revenue?", "--as-of", "yesterday"], "is no day; write YYYY-MM-DD"),
        (["Revenue?", "--language", "fr"], "invalid choice"),
        (["Revenue?", "--conversation", "none such"], "onversation"),
    ],
)
def test_errors__say_what_is_wrong(
    world: None, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("insights_ask", *arguments, "--json")
    assert capsys.readouterr().out == ""


def test_text__shows_the_table_and_how_to_go_on(world: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("insights_ask", "Orders by country in the last 90 days")
    assert "--conversation" in capsys.readouterr().out
