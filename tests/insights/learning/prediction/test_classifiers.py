from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from insights.learning import Comparison, compare
from insights.learning.evaluation import classification_metrics
from insights.learning.prediction import BASELINE, MODELS, classifiers, make_model

from .shopper_data import NAMES, shoppers

X, Y = shoppers(700, 0)
X_LATER, Y_LATER = shoppers(1_000, 1)
KEYS = (
    "model accuracy precision recall f1 auc average_precision log_loss brier ece threshold confusion seconds"
).split()


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(X, Y, X_LATER, Y_LATER, feature_names=NAMES, baseline=X_LATER[:, 0], random_state=0)


def test_compare__every_model_beats_the_recency_rule(comparison: Comparison) -> None:
    assert [row["model"] for row in comparison.table] == [BASELINE, *MODELS]
    baseline, *rows = comparison.table
    assert all(sorted(row) == sorted(KEYS) for row in comparison.table)
    for row in rows:
        assert row["auc"] > baseline["auc"], row["model"]
        assert row["ece"] < (0.15 if row["model"] == "tree" else 0.08), row["model"]
        assert 0 < row["threshold"] < 1
        assert row["seconds"] > 0


def test_compare__best_has_the_best_average_precision(comparison: Comparison) -> None:
    rows = {row["model"]: row for row in comparison.table[1:]}
    top = max(row["average_precision"] for row in rows.values())
    assert rows[comparison.best]["average_precision"] == pytest.approx(top, abs=1e-3)


def test_compare__the_table_can_be_had_again_from_the_estimators(comparison: Comparison) -> None:
    for row in comparison.table[1:]:
        model = comparison.estimators[row["model"]]
        again = classification_metrics(Y_LATER, model.predict_proba(X_LATER)[:, 1], model.threshold_)
        assert {key: row[key] for key in again} == again


def test_compare__the_same_seed_gives_the_same_table(comparison: Comparison) -> None:
    again = compare(X, Y, X_LATER, Y_LATER, models=("forest", "neural_network"), random_state=0)
    first = {row["model"]: row for row in comparison.table}
    for row in again.table:
        assert {**row, "seconds": 0} == {**first[row["model"]], "seconds": 0}


def test_compare__tells_its_progress() -> None:
    told: list[Any] = []
    compare(X, Y, X_LATER, Y_LATER, models=("tree", "softmax"), progress=lambda *step: told.append(step))
    assert told == [(0, 2, "tree"), (1, 2, "softmax")]


def test_compare__gaps_that_appear_only_later() -> None:
    whole = np.nan_to_num(X, nan=3.0)
    result = compare(whole, Y, X_LATER, Y_LATER, random_state=0)
    assert all(np.isfinite(row["log_loss"]) for row in result.table)


def test_compare__a_later_period_without_any_positive() -> None:
    result = compare(X, Y, X_LATER, np.zeros(1_000), models=("tree", "softmax"), random_state=0)
    by_loss = min(result.table, key=lambda row: row["log_loss"])
    assert np.isnan(by_loss["average_precision"])
    assert result.best == by_loss["model"]


def test_compare__baseline_decides_as_many_as_before_were_positive() -> None:
    result = compare(X, Y, X_LATER, Y_LATER, models=("tree",), baseline=X_LATER[:, 0])
    row = result.table[0]
    decided = row["confusion"][0][1] + row["confusion"][1][1]
    assert decided == pytest.approx(Y.mean() * 1_000, abs=2)
    assert np.isnan(row["log_loss"])


def test_compare__baseline_within_0_and_1_is_judged_as_probability() -> None:
    result = compare(X, Y, X_LATER, Y_LATER, models=("tree",), baseline=np.full(1_000, Y.mean()))
    assert 0 < result.table[0]["log_loss"] < 1


def test_order__ties_go_to_the_smaller_log_loss() -> None:
    rows = [
        {"model": "a", "average_precision": 0.5001, "log_loss": 0.40},
        {"model": "b", "average_precision": 0.4999, "log_loss": 0.39},
        {"model": "c", "average_precision": 0.4500, "log_loss": 0.10},
    ]
    assert min(rows, key=classifiers._order)["model"] == "b"


def test_make_model__large_data_get_a_linear_support_vector_machine() -> None:
    small, large = (make_model("svm", rows).estimator[-1] for rows in (2_000, 2_001))
    assert (type(small).__name__, type(large).__name__) == ("SVC", "LinearSVC")


def test_make_model__names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"Unknown model 'boost'. Known: softmax, tree"):
        make_model("boost", 10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": Y[:3]}, "X has 700 rows and y has 3"),
        ({"y_test": Y_LATER[:3]}, "X_test has 1000 rows and y_test has 3"),
        ({"X_test": X_LATER[:, :2]}, "X_test has 2 columns where 6 are expected"),
        ({"X": np.where(X > 3, np.inf, X)}, "X holds infinite values"),
        ({"y": np.ones(700)}, "at least two rows of each class"),
        ({"models": ()}, "at least one model"),
        ({"models": ("tree", "tree")}, "none twice"),
        ({"feature_names": ["a"]}, "1 feature names"),
        ({"baseline": [1.0]}, "same length"),
    ],
)
def test_compare__says_what_is_wrong(change: dict[str, Any], message: str) -> None:
    given = {"X": X, "y": Y, "X_test": X_LATER, "y_test": Y_LATER, "models": ("tree",)} | change
    with pytest.raises(ValueError, match=message):
        compare(**given)


@pytest.mark.slow
def test_compare__the_zoo_on_5000_customers_is_quick() -> None:
    random = np.random.default_rng(0)
    rows, later = (random.normal(size=(5_000, 30)) for _ in range(2))
    left, left_later = (rows[:, 0] > random.normal(1, 1, 5_000) for rows in (rows, later))
    result = compare(rows, left, later, left_later, random_state=0)
    assert sum(row["seconds"] for row in result.table) < 25


@pytest.mark.parametrize("name", MODELS)
def test_make_model__takes_a_column_of_which_nothing_is_known(name: str) -> None:
    random = np.random.default_rng(3)
    X = random.normal(size=(120, 3))
    y = (X[:, 0] > 0).astype(int)
    X[:, 2] = np.nan
    p = make_model(name, len(X), 0).fit(X, y).predict_proba(X)[:, 1]
    assert np.isfinite(p).all()
