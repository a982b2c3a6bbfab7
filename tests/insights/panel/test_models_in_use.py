from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from insights.models import ModelVersion
from insights.panel import models_in_use
from insights.panel.labels import SLOTS

pytestmark = pytest.mark.django_db


def test_current__stands_in_the_order_of_the_slots(world: None) -> None:
    assert list(models_in_use.current()) == [slot for slot in SLOTS if slot != "together"]


def test_horizons__are_those_of_what_is_served(world: None) -> None:
    assert models_in_use.horizons() == {"churn": 60, "purchase": 30}
    ModelVersion.objects.filter(slot="churn").update(parameters={"horizon_days": 45})
    assert models_in_use.horizons()["churn"] == 45


def test_views__marks_the_best_of_each_measure(world: None, ask_for: Callable[..., Any]) -> None:
    version = models_in_use.current()["churn"]
    [view] = models_in_use.views(ask_for("train_models"), [version])
    assert view.is_current
    rows = {row["name"]: row for row in view.comparison}
    assert rows["Gradient boosting"]["is_winner"]
    heads = [name for name, _meaning in view.heads]
    brier = heads.index("Brier score")
    assert [name for name, row in rows.items() if row["cells"][brier][1]] == ["Gradient boosting"], "less is better"
    assert view.comparison[-1]["name"] == "Rule: days since the last order"


def test_views__what_is_no_measure_is_no_row(world: None, ask_for: Callable[..., Any]) -> None:
    version = models_in_use.current()["ratings"]
    version.metrics = {"rmse": 0.59, "users": 598.0, "squared_gain_low": 0.006, "horizon_days": 30, "calibration": []}
    [view] = models_in_use.views(ask_for("train_models"), [version])
    assert [name for name, *_ in view.metrics] == ["RMSE"]


@pytest.mark.parametrize("key", ["recall@10", "recall_at_10", "recall_at"])
def test_metric__is_one_however_it_is_spelt(key: str) -> None:
    assert models_in_use.metric(key)[0] == "Recall@10"


def test_metric__recall_alone_is_another() -> None:
    assert models_in_use.metric("recall")[0] == "Recall"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.8123, "0.812"), (1840, "1,840"), (140475.3, "140,475"), (None, "–"), (True, "–"), ("x", "–")],
)
def test_measure__is_written_short(value: object, shown: str) -> None:
    assert models_in_use.measure(value) == shown
