from __future__ import annotations

import json
from io import StringIO
from unicodedata import east_asian_width

import pytest
from django.core.management import CommandError, call_command

from insights.management.commands.insights_ask import aligned
from tests.insights.panel import data

pytestmark = pytest.mark.django_db


def told(question: str, *arguments: str) -> str:
    out = StringIO()
    call_command("insights_ask", question, *arguments, stdout=out)
    return out.getvalue()


def places(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def test_aligned__counts_chinese_characters_twice() -> None:
    lines = aligned([["城市", "销售额"], ["上海", "£1,200"], ["London", "£9"]], [False, True])
    assert lines == ["城市    销售额", "上海    £1,200", "London      £9"]
    assert len({places(line) for line in lines}) == 1


def test_it_prints_a_table_whose_columns_are_straight() -> None:
    data.shop(20)
    lines = told("最近90天各国销售额与上一期相比").split("\n")
    head = next(index for index, line in enumerate(lines) if line.startswith("国家"))
    rows = lines[head : lines.index("", head)] if "" in lines[head:] else lines[head:]
    table = [line for line in rows if line and not line.startswith(("·", "→"))]
    assert len(table) > 2
    assert len({places(line) for line in table}) == 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("orders in France in the last 90 days", "Only Country: France"),
        ("最近90天法国的订单数", "仅限 国家: France"),
    ],
)
def test_it_says_which_customers_and_days_a_figure_is_of(question: str, said: str) -> None:
    data.shop(20)
    assert said in told(question).split("\n")[1]


def test_it_goes_on_with_a_conversation() -> None:
    data.shop(20)
    first = json.loads(told("orders in the last 90 days", "--json"))
    second = json.loads(told("and by country?", "--json", "--conversation", first["conversation"]))
    assert second["conversation"] == first["conversation"]
    assert sum(row[-1] for row in second["rows"]) == first["rows"][0][0]
    assert f"--conversation {first['conversation']}" in told("and by city?", "--conversation", first["conversation"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--conversation", "nonsense"], "no conversation “nonsense”"),
        (["--conversation", "00000000-0000-0000-0000-000000000000"], "Leave it out to begin a new one"),
        (["--as-of", "tomorrow"], "is no day"),
        (["--language", "fr"], "invalid choice"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        told("orders", *arguments)


def test_nothing_asked_is_no_error() -> None:
    assert "Ask about" in told("")
    assert json.loads(told("", "--json"))["kind"] == "refusal"
