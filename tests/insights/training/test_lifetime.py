"""What customers will still be worth: refused with too little, and never served when it loses to the simple rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from insights.training import verdicts
from insights.training.lifetime import HORIZONS, RECIPES
from insights.training.recipe import Made, Recipe
from insights.training.scores import NO_DAY
from tests.insights.features.shop import build_shop

pytestmark = pytest.mark.django_db
Cook = Callable[[Recipe], Made]
(LIFETIME,) = RECIPES


@pytest.fixture
def least(settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"MIN_CUSTOMERS": 50}}


def test_no_data(cook: Cook) -> None:
    assert {need.key for need in cook(LIFETIME).needs} == {"customers", "returning_customers", "history_days"}


def test_one_customer_only(cook: Cook, settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"MIN_CUSTOMERS": 1}}
    build_shop(n_customers=1, n_days=300, seed=4)
    made = cook(LIFETIME)
    assert made.candidate is not None or not all(need.ok for need in made.needs)


def test_values__grow_with_the_horizon_and_are_judged(cook: Cook, least: None) -> None:
    build_shop(n_customers=60, n_days=300)
    candidate = cook(LIFETIME).candidate
    assert candidate is not None
    assert candidate.scores is not None
    columns = candidate.scores.columns
    worth = np.column_stack([columns[f"value_{days}"] for days in HORIZONS])
    assert (worth >= 0).all()
    assert (np.diff(worth, axis=1) >= 0).all()
    assert ((columns["alive_probability"] >= 0) & (columns["alive_probability"] <= 1)).all()
    expected = columns["next_order_expected"]
    known = expected != NO_DAY
    assert known.any()
    assert (columns["next_order_from"][known] <= expected[known]).all()
    assert (columns["alive_probability"][known] >= 0.5).all()
    assert set(columns["value_band"]) == {"top", "high", "middle", "low"}
    gain = candidate.baseline["mae"] - candidate.metrics["mae"]
    assert candidate.verdict.publish == (gain >= 0)
    assert candidate.metrics["gain_low"] <= gain <= candidate.metrics["gain_high"]


def test_a_loser_to_the_simple_rule_is_not_served(cook: Cook, least: None) -> None:
    build_shop(n_customers=60, n_days=300)

    def foresight(context: Any) -> Any:
        data = LIFETIME.dataset(context)
        return replace(data, rule=data.spent)

    candidate = cook(replace(LIFETIME, dataset=foresight)).candidate
    assert candidate is not None
    assert candidate.baseline["mae"] == 0
    assert (candidate.verdict.publish, candidate.verdict.text) == (False, verdicts.LOST_TO_BASELINE)
