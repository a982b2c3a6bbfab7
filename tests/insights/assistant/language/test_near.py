from __future__ import annotations

import pytest

from insights.assistant.language import read
from tests.insights.assistant.language.plans import TODAY, VALUES


@pytest.mark.parametrize(
    ("question", "instead"),
    [
        ("revenue of bowls last month", ["revenue of Matcha bowl last month"]),
        ("who bought Sencha but never a bowl", ["who bought Sencha but never a Matcha bowl"]),
        ("雾峰的销售额", ["云雾峰的销售额"]),
    ],
)
def test_read__asks_whether_a_name_was_meant_that_an_unread_word_is_a_part_of(
    question: str, instead: list[str]
) -> None:
    values = {**VALUES, "brand": {"Misty Peak": ["云雾峰"]}}
    reading = read(question, today=TODAY, values=values)
    assert (reading.tool, reading.arguments["instead"]) == ("refuse", instead)


@pytest.mark.parametrize("question", ["delete all bowls", "the password of the bowl", "what will bowls cost tomorrow"])
def test_read__asks_nothing_back_where_it_must_refuse(question: str) -> None:
    assert "instead" not in read(question, today=TODAY, values=VALUES).arguments
