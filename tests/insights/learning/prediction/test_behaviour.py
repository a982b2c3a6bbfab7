from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import softmax

from insights.learning import BehaviourClassifier
from insights.testing import EstimatorContract

from .shopper_data import shoppers

X, Y = shoppers(400, 0)


class TestBehaviourClassifier(EstimatorContract):
    def make(self) -> BehaviourClassifier:
        return BehaviourClassifier(regularization=0.5)

    def data(self) -> tuple[Any, ...]:
        return X, Y

    def outcome(self, fitted: Any) -> Any:
        return fitted.predict_proba(X)


def test_fit__recovers_the_probabilities_of_several_actions() -> None:
    random = np.random.default_rng(1)
    seen = random.normal(size=(4_000, 3))
    theta = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 0.5], [-1.0, -1.0, 0.5]])
    true = softmax(seen @ theta.T, axis=1)
    actions = np.array(["buy", "leave", "view"])[(true.cumsum(axis=1) > random.random((4_000, 1))).argmax(axis=1)]
    model = BehaviourClassifier().fit(seen, actions)
    p = model.predict_proba(seen)
    assert model.classes_.tolist() == ["buy", "leave", "view"]
    assert model.coef_.shape == (3, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert np.abs(p - true).mean() < 0.02
    assert (model.predict(seen) == model.classes_[p.argmax(axis=1)]).all()


def test_fit__missing_values_speak() -> None:
    random = np.random.default_rng(2)
    column = random.normal(size=300)
    gone = random.random(300) < 0.5
    column[gone] = np.nan
    model = BehaviourClassifier().fit(column[:, None], gone.astype(int))
    assert (model.predict(column[:, None]) == gone).all()


def test_fit__an_unknown_column_is_kept_without_a_warning() -> None:
    both = np.column_stack([X[:, 0], np.full(len(X), np.nan)])
    assert BehaviourClassifier().fit(both, Y).predict_proba(both).shape == (400, 2)


@pytest.mark.parametrize(
    ("y", "parameters", "message"),
    [
        (Y[:5], {}, "one label for each of the 400 rows"),
        (np.zeros(400), {}, "only one class"),
        (Y, {"regularization": 0}, "above 0"),
        (np.linspace(0, 1, 400), {}, "Unknown label type"),
    ],
)
def test_fit__says_what_is_wrong(y: Any, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BehaviourClassifier(**parameters).fit(X, y)


def test_predict_proba__refuses_other_columns() -> None:
    with pytest.raises(ValueError, match="2 columns where 6 are expected"):
        BehaviourClassifier().fit(X, Y).predict_proba(X[:, :2])
