from __future__ import annotations

from importlib import import_module
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from insights.learning import compare, explain

from .shopper_data import NAMES, shoppers

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(40, 4))
BACKGROUND = RANDOM.normal(size=(50, 4))


class Rule:
    """A probability with an interaction of three features."""

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        a, b, c, d = X.T
        p = 1 / (1 + np.exp(-(a + 0.5 * b * c + d * a * b)))
        return np.column_stack([1 - p, p])


class Pairs:
    """Not above pairwise interactions."""

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        a, b, c, d = X.T
        p = 0.5 + 0.01 * a + 0.02 * b * c - 0.03 * d**2
        return np.column_stack([1 - p, p])


def exact(rule: Rule | Pairs, row: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shapley values by all orders."""
    orders = list(permutations(range(len(row))))
    total = np.zeros(len(row))
    for order in orders:
        at = reference.copy()
        before = rule.predict_proba(at[None])[0, 1]
        for column in order:
            at[column] = row[column]
            after = rule.predict_proba(at[None])[0, 1]
            total[column] += after - before
            before = after
    return total / len(orders)


def test_explain__rows_sum_to_the_difference_from_the_reference() -> None:
    explanation = explain(Rule(), X, BACKGROUND, random_state=0)
    reference = np.median(BACKGROUND, axis=0)
    assert explanation.base_value == pytest.approx(Rule().predict_proba(reference[None])[0, 1])
    total = explanation.contributions.sum(axis=1) + explanation.base_value
    np.testing.assert_allclose(total, Rule().predict_proba(X)[:, 1], atol=1e-12)


def test_explain__pairwise_interactions_are_exact() -> None:
    explanation = explain(Pairs(), X[:5], BACKGROUND, n_permutations=1, random_state=3)
    expected = [exact(Pairs(), row, explanation.reference) for row in X[:5]]
    np.testing.assert_allclose(explanation.contributions, expected, atol=1e-12)


def test_explain__comes_near_the_shapley_values() -> None:
    explanation = explain(Rule(), X[:5], BACKGROUND, n_permutations=200, random_state=0)
    expected = [exact(Rule(), row, explanation.reference) for row in X[:5]]
    np.testing.assert_allclose(explanation.contributions, expected, atol=0.01)


def test_explain__batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = explain(Rule(), X, BACKGROUND, random_state=0).contributions
    sizes = []

    class Watched(Rule):
        def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
            sizes.append(len(X))
            return super().predict_proba(X)

    module = import_module("insights.learning.prediction.explain")
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 35)
    parts = explain(Watched(), X, BACKGROUND, random_state=0).contributions
    np.testing.assert_allclose(parts, whole, atol=1e-12)
    assert max(sizes) <= 35


def test_explain__a_row_like_the_reference_has_no_reasons() -> None:
    reference = np.median(BACKGROUND, axis=0)
    explanation = explain(Rule(), reference[None], reference, random_state=0)
    assert explanation.reasons(0) == []


def test_reasons__strongest_first_with_value_and_typical() -> None:
    shop, left = shoppers(800, 0)
    model = compare(shop, left, shop, left, models=("gradient_boosting",), random_state=0).estimators
    explanation = explain(model["gradient_boosting"], shop, shop, NAMES, n_permutations=4, random_state=0)
    absent = int(np.argmax(shop[:, 0]))
    reasons = explanation.reasons(absent, limit=2)
    assert reasons[0]["feature"] == "recency"
    assert reasons[0]["value"] == shop[:, 0].max()
    assert reasons[0]["typical"] == pytest.approx(np.median(shop[:, 0]))
    assert reasons[0]["contribution"] > 0.1
    assert abs(reasons[0]["contribution"]) >= abs(reasons[1]["contribution"])


def test_reasons__a_missing_value_is_none() -> None:
    class Known:
        def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
            p = np.where(np.isnan(X[:, 0]), 0.2, 0.7)
            return np.column_stack([1 - p, p])

    explanation = explain(Known(), [[np.nan, 1.0]], [[5.0, 1.0]], ["rating", "orders"], random_state=0)
    assert explanation.reasons(0) == [
        {"feature": "rating", "value": None, "typical": 5.0, "contribution": pytest.approx(-0.5)}
    ]
    assert explain(Known(), [[1.0, 1.0]], [[np.nan, 1.0]]).base_value == 0.2


@pytest.mark.parametrize(
    ("rows", "background", "n_permutations", "message"),
    [
        (X, BACKGROUND[:, :2], 8, "background has 2 columns where 4 are expected"),
        (X, BACKGROUND, 0, "n_permutations must be at least 1"),
        (X[:0], BACKGROUND, 8, "X is empty"),
        (X * np.inf, BACKGROUND, 8, "infinite"),
    ],
)
def test_explain__says_what_is_wrong(
    rows: NDArray[np.float64], background: NDArray[np.float64], n_permutations: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        explain(Rule(), rows, background, n_permutations=n_permutations)
