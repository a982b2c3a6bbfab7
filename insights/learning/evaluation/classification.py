"""How good a yes-or-no prediction is: decisions, ranking and probabilities.

What cannot be said is NaN, without a warning: with one class only in ``y`` there is no AUC; without positive
rows no recall, F1 or average precision; without positive decisions no precision.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from ..validation import FloatArray, IntArray, check_binary, check_probabilities, check_vector, check_vectors
from .calibration import expected_calibration_error

_LEAST_PROBABILITY = 1e-15


def classification_metrics(y: ArrayLike, p: ArrayLike, threshold: float = 0.5) -> dict[str, Any]:
    """Every measure of probabilities ``p`` for what happened, ``y``.

    Args:
        y: (n,) of 0 and 1.
        p: (n,) probabilities of 1.
        threshold: from this probability on, a row is decided as 1.

    Returns:
        ``accuracy``, ``precision``, ``recall``, ``f1``, ``auc``, ``average_precision``, ``log_loss``, ``brier``,
        ``ece``, ``threshold`` (floats) and ``confusion`` ([[true 0, false 1], [false 0, true 1]]).

    Raises:
        ValueError: for empty or unequal arrays, other labels than 0 and 1, or values outside 0–1.
    """
    measured = score_metrics(y, check_probabilities("p", p), threshold)
    labels, probabilities = check_vectors(y=y, p=p)
    safe = np.clip(probabilities, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    return measured | {
        "log_loss": float(-np.mean(labels * np.log(safe) + (1 - labels) * np.log1p(-safe))),
        "brier": float(np.mean((labels - probabilities) ** 2)),
        "ece": expected_calibration_error(labels, probabilities),
    }


def score_metrics(y: ArrayLike, score: ArrayLike, threshold: float) -> dict[str, Any]:
    """The keys of :func:`classification_metrics` for a score that is no probability.

    Args:
        y: (n,) of 0 and 1.
        score: (n,) finite numbers, higher for a likelier 1.
        threshold: from this score on, a row is decided as 1.

    Returns:
        The same keys; ``log_loss``, ``brier`` and ``ece`` are NaN.

    Raises:
        ValueError: for empty or unequal arrays, or other labels than 0 and 1.
    """
    labels = check_binary("y", y)
    _, scores = check_vectors(y=labels, score=score)
    confusion = confusion_matrix(labels, scores, threshold)
    (true_0, false_1), (false_0, true_1) = confusion.tolist()
    positives, decided = true_1 + false_0, true_1 + false_1
    both = 0 < positives < len(labels)
    return {
        "accuracy": _share(true_0 + true_1, len(labels)),
        "precision": _share(true_1, decided),
        "recall": _share(true_1, positives),
        "f1": _share(2 * true_1, positives + decided) if positives else float("nan"),
        "auc": float(roc_auc_score(labels, scores)) if both else float("nan"),
        "average_precision": float(average_precision_score(labels, scores)) if positives else float("nan"),
        "log_loss": float("nan"),
        "brier": float("nan"),
        "ece": float("nan"),
        "threshold": float(threshold),
        "confusion": confusion.tolist(),
    }


def confusion_matrix(y: ArrayLike, score: ArrayLike, threshold: float) -> IntArray:
    """Counts by what happened (row) and what was decided (column): int array (2, 2).

    Args:
        y: (n,) of 0 and 1.
        score: (n,) probabilities or scores.
        threshold: from this score on, a row is decided as 1.

    Raises:
        ValueError: for empty or unequal arrays, or other labels than 0 and 1.
    """
    labels = check_binary("y", y)
    _, scores = check_vectors(y=labels, score=score)
    return np.bincount(2 * labels + (scores >= threshold), minlength=4).reshape(2, 2)


def best_f1_threshold(y: ArrayLike, p: ArrayLike) -> float:
    """The threshold with the best F1 on these rows, which must not be the ones that it is judged on.

    Args:
        y: (n,) of 0 and 1.
        p: (n,) probabilities or scores.

    Returns:
        One of the values of ``p``, the highest where several are equally good.

    Raises:
        ValueError: for empty or unequal arrays, other labels than 0 and 1, or no 1 at all.
    """
    labels = check_binary("y", y)
    _, scores = check_vectors(y=labels, p=p)
    if not labels.any():
        raise ValueError("y holds no 1: there is no threshold to find.")
    precision, recall, thresholds = precision_recall_curve(labels, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, _LEAST_PROBABILITY)
    return float(thresholds[len(thresholds) - 1 - np.argmax(f1[:-1][::-1])])


def bootstrap_interval(
    metric: Callable[[IntArray, FloatArray], float],
    y: ArrayLike,
    p: ArrayLike,
    *,
    n_resamples: int = 200,
    confidence: float = 0.95,
    random_state: int | np.random.Generator | None = None,
) -> tuple[float, float]:
    """Percentile bootstrap interval of a metric (Efron & Tibshirani 1993, chapter 13).

    To compare two models on the same rows, give ``p`` as two columns and a metric that subtracts.

    Args:
        metric: called with resampled ``y`` and ``p``; samples for which it gives NaN do not count.
        y: (n,) of 0 and 1.
        p: (n,) or (n, k) probabilities or scores.
        n_resamples: number of samples drawn.
        confidence: share of samples within the interval.
        random_state: seed, ``Generator`` or None.

    Returns:
        The lower and upper end; NaN twice when every sample gave NaN.

    Raises:
        ValueError: for empty or unequal arrays, other labels than 0 and 1, or a confidence outside of 0–1.
    """
    if not 0 < confidence < 1 or n_resamples < 1:
        raise ValueError("confidence must lie between 0 and 1, and n_resamples be at least 1.")
    labels, scores = check_binary("y", y), np.asarray(p, dtype=np.float64)
    check_vector("p", scores.ravel())
    if len(labels) != len(scores):
        raise ValueError(f"y has {len(labels)} rows and p has {len(scores)}.")
    random = np.random.default_rng(random_state)
    draws = (random.integers(len(labels), size=len(labels)) for _ in range(n_resamples))
    values = np.array([metric(labels[rows], scores[rows]) for rows in draws])
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, (tail, 1 - tail))
    return float(low), float(high)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
