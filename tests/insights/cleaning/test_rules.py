from __future__ import annotations

from typing import get_args

from insights.cleaning import BY_KEY, RULES, CleaningReport, Effect
from insights.models import Excluded
from insights.sources import KINDS


def test_rules__have_one_name_and_say_what_they_do() -> None:
    assert len(BY_KEY) == len(RULES)
    for rule in RULES:
        assert rule.effect in get_args(Effect)
        assert str(rule.label)
        assert str(rule.description).endswith(".")
        assert set(rule.kinds) <= set(KINDS)


def test_rules__each_reason_for_which_an_order_does_not_count_is_one() -> None:
    names = {"impossible": "impossible_total"}
    for reason in Excluded.values:
        if reason:
            assert BY_KEY[names.get(reason, reason)].effect == "not_counted"


def test_report__adds_up() -> None:
    total = CleaningReport(3, 2, {"bot": 1}) + CleaningReport(1, 1, {"bot": 1, "whitespace": 2})
    assert total.as_dict() == {"rows_in": 4, "rows_kept": 3, "counts": {"bot": 2, "whitespace": 2}}
