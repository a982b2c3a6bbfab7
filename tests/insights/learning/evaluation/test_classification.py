from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as reference

from insights.learning.evaluation import (
    best_f1_threshold,
    bootstrap_interval,
    classification_metrics,
    confusion_matrix,
    score_metrics,
)

RANDOM = np.random.default_rng(2)
P = np.round(RANDOM.random(300), 2)
Y = (RANDOM.random(300) < P).astype(int)


def test_classification_metrics__agree_with_scikit_learn() -> None:
    measured = classification_metrics(Y, P, 0.4)
    decided = P >= 0.4
    expected = {
        "accuracy": reference.accuracy_score(Y, decided),
        "precision": reference.precision_score(Y, decided),
        "recall": reference.recall_score(Y, decided),
        "f1": reference.f1_score(Y, decided),
        "auc": reference.roc_auc_score(Y, P),
        "average_precision": reference.average_precision_score(Y, P),
        "log_loss": reference.log_loss(Y, P),
        "brier": reference.brier_score_loss(Y, P),
        "threshold": 0.4,
    }
    assert {key: measured[key] for key in expected} == pytest.approx(expected)
    assert measured["confusion"] == reference.confusion_matrix(Y, decided).tolist()
    assert 0 <= measured["ece"] < 0.1


def test_classification_metrics__without_a_positive_row() -> None:
    measured = classification_metrics([0, 0, 0], [0.1, 0.6, 0.2])
    unknown = {key for key, value in measured.items() if value != value}
    assert unknown == {"recall", "f1", "auc", "average_precision"}
    assert measured["precision"] == 0
    assert measured["accuracy"] == pytest.approx(2 / 3)


def test_classification_metrics__without_a_negative_row() -> None:
    measured = classification_metrics([1, 1], [0.1, 0.6])
    assert {key for key, value in measured.items() if value != value} == {"auc"}
    assert measured["confusion"] == [[0, 0], [1, 1]]


def test_classification_metrics__without_a_positive_decision() -> None:
    measured = classification_metrics([0, 1], [0.1, 0.2], 0.5)
    assert np.isnan(measured["precision"])
    assert measured["recall"] == measured["f1"] == 0


def test_classification_metrics__a_sure_error_costs_a_finite_log_loss() -> None:
    assert 30 < classification_metrics([1, 0], [0.0, 1.0])["log_loss"] < 40


def test_score_metrics__a_score_has_no_probability_measures() -> None:
    measured = score_metrics([0, 1, 1], [-90, -30, -5], -40)
    assert measured["auc"] == measured["f1"] == 1
    assert np.isnan([measured[key] for key in ("log_loss", "brier", "ece")]).all()


def test_confusion_matrix__counts_by_row_truth_and_column_decision() -> None:
    assert confusion_matrix([0, 0, 0, 1, 1, 0], [0.1, 0.9, 0.2, 0.9, 0.3, 0.5], 0.5).tolist() == [[2, 2], [1, 1]]


def test_best_f1_threshold__is_the_best_of_all() -> None:
    best = best_f1_threshold(Y, P)
    by_threshold = {threshold: reference.f1_score(Y, threshold <= P) for threshold in np.unique(P)}
    assert by_threshold[best] == max(by_threshold.values())


def test_best_f1_threshold__needs_a_positive_row() -> None:
    with pytest.raises(ValueError, match="no 1"):
        best_f1_threshold([0, 0], [0.1, 0.2])


def test_bootstrap_interval__holds_the_metric_and_narrows_with_rows() -> None:
    auc = reference.roc_auc_score
    low, high = bootstrap_interval(auc, Y, P, n_resamples=100, random_state=0)
    assert low < auc(Y, P) < high
    few_low, few_high = bootstrap_interval(auc, Y[:40], P[:40], n_resamples=100, random_state=0)
    assert few_high - few_low > 1.5 * (high - low)
    assert (low, high) == bootstrap_interval(auc, Y, P, n_resamples=100, random_state=0)


def test_bootstrap_interval__compares_two_models_on_the_same_rows() -> None:
    def gain(y: np.ndarray, p: np.ndarray) -> float:
        return reference.brier_score_loss(y, p[:, 0]) - reference.brier_score_loss(y, p[:, 1])

    low, _ = bootstrap_interval(gain, Y, np.column_stack([1 - P, P]), n_resamples=50, random_state=0)
    assert low > 0


def test_bootstrap_interval__of_a_metric_that_is_never_known() -> None:
    assert np.isnan(bootstrap_interval(lambda y, p: float("nan"), [0, 0], [0.1, 0.2])).all()


def test_bootstrap_interval__samples_without_an_answer_do_not_count() -> None:
    def auc(y: np.ndarray, p: np.ndarray) -> float:
        return score_metrics(y, p, 0.5)["auc"]

    low, high = bootstrap_interval(auc, [0, 0, 0, 1], [0.1, 0.2, 0.3, 0.9], random_state=0)
    assert low == high == 1


@pytest.mark.parametrize(
    ("y", "p", "confidence", "message"),
    [
        ([0, 1], [0.5], 0.95, "2 rows and p has 1"),
        ([0, 1], [0.5, np.nan], 0.95, "NaN"),
        ([0, 1], [0.5, 0.5], 95, "between 0 and 1"),
    ],
)
def test_bootstrap_interval__says_what_is_wrong(y: list[int], p: list[float], confidence: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bootstrap_interval(reference.brier_score_loss, y, p, confidence=confidence)
