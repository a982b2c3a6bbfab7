from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import f1_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from insights.learning import CalibratedModel
from insights.learning.evaluation import expected_calibration_error
from insights.testing import EstimatorContract

from .shopper_data import shoppers

X, Y = shoppers(1_500, 0)
X = np.nan_to_num(X, nan=3.0)
X_LATER, Y_LATER = shoppers(3_000, 1)
X_LATER = np.nan_to_num(X_LATER, nan=3.0)


class TestCalibratedModel(EstimatorContract):
    def make(self) -> CalibratedModel:
        return CalibratedModel(DecisionTreeClassifier(max_depth=4, random_state=0), random_state=0)

    def data(self) -> tuple[Any, ...]:
        return X, Y

    def outcome(self, fitted: Any) -> Any:
        return fitted.predict_proba(X)


def test_predict_proba__an_overconfident_classifier_is_put_right() -> None:
    doubled = np.column_stack([X] * 4)
    later = np.column_stack([X_LATER] * 4)
    raw = GaussianNB().fit(doubled, Y).predict_proba(later)[:, 1]
    calibrated = CalibratedModel(GaussianNB(), random_state=0).fit(doubled, Y).predict_proba(later)[:, 1]
    assert expected_calibration_error(Y_LATER, calibrated) < 0.06
    assert expected_calibration_error(Y_LATER, calibrated) < 0.8 * expected_calibration_error(Y_LATER, raw)


def test_predict_proba__a_margin_becomes_a_probability() -> None:
    model = CalibratedModel(LinearSVC(dual=False), random_state=0).fit(X, Y)
    p = model.predict_proba(X_LATER)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert expected_calibration_error(Y_LATER, p[:, 1]) < 0.06


def test_predict__uses_the_threshold_learnt_in_training() -> None:
    model = CalibratedModel(GaussianNB(), random_state=0).fit(X, Y)
    p = model.predict_proba(X_LATER)[:, 1]
    assert (model.predict(X_LATER) == (p >= model.threshold_)).all()
    assert f1_score(Y_LATER, model.predict(X_LATER)) > f1_score(Y_LATER, p >= 0.5)


def test_fit__a_classifier_that_stops_early_is_no_warning() -> None:
    model = CalibratedModel(MLPClassifier((4,), max_iter=2, random_state=0)).fit(X[:100], Y[:100])
    assert model.estimator_.n_iter_ == 2


def test_fit__two_rows_of_a_class_are_enough() -> None:
    y = np.zeros(30, dtype=int)
    y[:2] = 1
    assert CalibratedModel(GaussianNB(), random_state=0).fit(X[:30], y).predict_proba(X[:3]).shape == (3, 2)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros(1_500), "the rarer one has 0"),
        (np.eye(1, 1_500)[0], "the rarer one has 1"),
        (Y[:9], "X has 1500 rows and y has 9"),
        (Y + 1, "only 0 and 1"),
    ],
)
def test_fit__says_what_is_wrong(y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CalibratedModel(GaussianNB()).fit(X, y)
