from __future__ import annotations

from typing import Any

import pytest

from insights.vocabulary import FEATURES, feature_value, say_reason


def test_features__all_have_a_name_and_a_sentence_in_both_languages() -> None:
    for term in FEATURES.values():
        assert term.en
        assert term.zh
        assert "{value}" in term.say_en
        assert "{value}" in term.say_zh


@pytest.mark.parametrize(
    ("reason", "english", "chinese"),
    [
        ({"value": 51, "typical": 31}, "No order for 51 days, usually 31", "距上次下单 51 天，一般 31 天"),
        ({"value": 51, "typical": 51}, "No order for 51 days", "距上次下单 51 天"),
        ({"value": 51, "typical": None}, "No order for 51 days", "距上次下单 51 天"),
        ({"value": None, "typical": 31}, "Days since the last order: not known", "距上次下单天数：未知"),
    ],
)
def test_say_reason__what_is_so_here_and_what_is_usual(reason: dict[str, Any], english: str, chinese: str) -> None:
    said = {"feature": "recency_days", **reason}
    assert say_reason(said, "en") == english
    assert say_reason(said, "zh-hans") == chinese


def test_say_reason__a_feature_that_is_none_any_more_keeps_its_key() -> None:
    assert say_reason({"feature": "clicks_in_march", "value": 1}, "en") == "clicks in march"


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [("recency_days", 12.04, "12"), ("recency_days", 9.5, "9.5"), ("recency_days", None, ""), ("unknown", "x", "x")],
)
def test_feature_value__as_people_write_it(key: str, value: object, written: str) -> None:
    assert feature_value(key, value) == written
