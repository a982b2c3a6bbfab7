"""Churn and purchase: refused with too little, judged on later days, served only when better than the simple rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from insights.features import snapshot
from insights.models import ModelVersion
from insights.training import prediction, registry, verdicts
from insights.training.prediction import RECIPES
from insights.training.recipe import Made, Recipe
from tests.insights.features.shop import Shop, build_shop
from tests.insights.training.versions import register

pytestmark = pytest.mark.django_db
Cook = Callable[..., Made]
CHURN, PURCHASE = RECIPES


@pytest.fixture
def least(settings: Any) -> None:
    """A hundred customers are enough."""
    settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"MIN_CUSTOMERS": 100, "CHURN_DAYS": 60}}


@pytest.fixture
def two_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two methods take less time than all of them, and say as much of who is served."""
    monkeypatch.setattr(prediction, "compare", partial(prediction.compare, models=("softmax", "tree")))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.slot)
class TestTooLittle:
    def test_no_data(self, cook: Cook, recipe: Recipe) -> None:
        made = cook(recipe)
        assert made.candidate is None
        assert {need.key: need.have for need in made.needs} == {
            "customers": 0,
            "returning_customers": 0,
            "history_days": 0,
        }

    def test_one_customer_only(self, cook: Cook, recipe: Recipe, settings: Any) -> None:
        settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"MIN_CUSTOMERS": 1}}
        build_shop(n_customers=1, n_days=300, seed=4)
        made = cook(recipe)
        assert made.candidate is None
        assert not all(need.ok for need in made.needs)

    def test_too_few_customers_or_days(self, cook: Cook, recipe: Recipe, least: None) -> None:
        build_shop(n_customers=110, n_days=60)
        made = cook(recipe)
        assert [need.key for need in made.needs if not need.ok] == ["history_days"]

    def test_nobody_of_one_kind(self, cook: Cook, recipe: Recipe, least: None) -> None:
        shop = build_shop(n_customers=110, n_days=300)
        # Long after the last order everybody has left, and nobody has bought.
        made = cook(recipe, shop.end + timedelta(days=200))
        assert made.candidate is None
        assert {need.key for need in made.needs if not need.ok} & {"stayed", "bought", "left", "did_not_buy"}


@pytest.fixture
def shop(least: None) -> Shop:
    return build_shop(n_customers=110, n_days=300)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.slot)
def test_a_model__is_judged_against_the_simple_rule_and_says_why(shop: Shop, cook: Cook, recipe: Recipe) -> None:
    made = cook(recipe)
    candidate = made.candidate
    assert candidate is not None, made.needs
    names = [row["model"] for row in candidate.comparison]
    assert {"recency_rule", "softmax", "tree", "forest"} <= set(names)
    assert candidate.recipe in names
    assert candidate.recipe != "recency_rule"
    gain = candidate.metrics["average_precision"] - candidate.baseline["average_precision"]
    assert candidate.verdict.publish == (gain >= 0)
    assert candidate.metrics["auc_low"] <= candidate.metrics["auc"] <= candidate.metrics["auc_high"]
    assert candidate.scores is not None
    chances = candidate.scores.columns[f"{recipe.slot}_probability"]
    assert ((chances >= 0) & (chances <= 1)).all()
    reasons = json.loads(candidate.scores.columns[f"{recipe.slot}_reasons"][0])
    assert reasons
    assert "feature" in reasons[0]
    if recipe is CHURN:
        low, high = (candidate.scores.columns[f"churn_{side}"] for side in ("low", "high"))
        assert ((low <= chances) & (chances <= high)).all()


class TestWhoIsServed:
    """The rule itself is in test_verdicts; here, what the recipe feeds it with."""

    @pytest.fixture
    def judged(self, shop: Shop, cook: Cook, two_methods: None) -> Callable[..., Any]:
        """Judges a comparison in which one method says what is given."""
        seen: dict[str, Any] = {}
        real = prediction.fit

        def fit(data: Any, context: Any) -> Any:
            seen["data"], seen["context"] = data, context
            seen["fitted"] = seen.get("fitted") or real(data, context)
            return seen["fitted"]

        cook(replace(PURCHASE, fit=fit))

        def judge(**changes: Any) -> Any:
            return prediction.evaluate(
                seen["data"], replace(seen["fitted"], **changes), seen["context"], slot="purchase"
            )

        judge.seen = seen  # type: ignore[attr-defined]
        return judge

    def test_a_worse_challenger_and_a_loser_to_the_rule_are_not(self, judged: Any) -> None:
        fitted, data = judged.seen["fitted"], judged.seen["data"]
        first = judged()
        assert first.interval is None
        assert not first.same

        class Knows:
            """Says what happened, or the opposite."""

            def __init__(self, y: Any) -> None:
                self.y = y

            def predict_proba(self, X: Any) -> Any:
                return np.column_stack([1 - self.y, self.y])

        other = next(name for name in fitted.estimators if name != fitted.best)
        served = register("purchase", recipe=other)
        registry.publish(served)
        estimators = fitted.estimators | {other: Knows(data.test.y.astype(float))}
        worse = judged(estimators=estimators)
        assert worse.interval is not None
        assert worse.interval[1] < 0
        assert verdicts.verdict(0.1, worse.interval).text == verdicts.LOST_TO_CURRENT
        estimators = fitted.estimators | {fitted.best: Knows(data.test.y.astype(float))}
        better = judged(estimators=estimators)
        assert better.interval is not None
        assert better.interval[0] > 0
        rows = [dict(row) for row in fitted.table]
        next(row for row in rows if row["model"] == fitted.best)["average_precision"] = 0.0
        assert judged(table=rows).gain < 0
        ModelVersion.objects.filter(pk=served.pk).update(recipe=fitted.best)
        assert judged().same


def test_churn_days__follow_from_the_shops_own_gaps_and_fit_twice(tmp_path: Path, settings: Any) -> None:
    shop = build_shop(n_customers=110, n_days=300)
    taken = snapshot(shop.end, tmp_path / "taken")
    assert 30 <= prediction.churn_days(taken) <= (300 - 30) // 2
    settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"CHURN_DAYS": 45}}
    assert prediction.churn_days(taken) == 45
