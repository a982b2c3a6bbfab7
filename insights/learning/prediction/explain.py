"""Why a score is what it is: Shapley values of the features, in probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from ..validation import FloatArray, IntArray, check_feature_names, check_matrix

_ROWS_AT_ONCE = 20_000


class _Classifier(Protocol):
    def predict_proba(self, X: FloatArray, /) -> FloatArray: ...


@dataclass(frozen=True)
class Explanation:
    """What each feature adds to or takes from the probability, against a typical customer."""

    contributions: FloatArray
    """(n, n_features); each row sums to its probability less ``base_value``."""
    base_value: float
    """Probability of the reference row."""
    reference: FloatArray
    """(n_features,) the typical customer: the medians of the background."""
    rows: FloatArray
    """(n, n_features) the rows explained."""
    feature_names: list[str]
    """Names of the columns."""

    def reasons(self, row: int, limit: int = 3) -> list[dict[str, Any]]:
        """The strongest contributions of one row, largest first; those of exactly 0 are left out.

        Args:
            row: row number in ``contributions``.
            limit: most reasons given.

        Returns:
            Dicts of ``feature``, ``value``, ``typical`` and ``contribution``; a missing value is None.
        """
        contributions = self.contributions[row]
        strongest = np.argsort(-np.abs(contributions), kind="stable")[:limit]
        return [
            {
                "feature": self.feature_names[column],
                "value": _plain(self.rows[row, column]),
                "typical": _plain(self.reference[column]),
                "contribution": float(contributions[column]),
            }
            for column in strongest
            if contributions[column] != 0
        ]


def explain(
    estimator: _Classifier,
    X: ArrayLike,
    background: ArrayLike,
    feature_names: Sequence[str] | None = None,
    *,
    n_permutations: int = 8,
    random_state: int | np.random.RandomState | None = None,
) -> Explanation:
    """Shapley values of the probability of class 1, by permutation sampling against one reference row.

    In a random order the features of the reference are replaced one by one by those of the row, and each is
    credited with the change it makes; the credits are averaged over orders (Castro, Gómez & Tejada 2009; Štrumbelj
    & Kononenko 2014). Each order is followed by its reverse, which lessens the variance (Mitchell et al. 2022). The
    credits of one order add up to p(row) − p(reference), hence so do their averages. Exact for models without
    interactions of more than two features in the probability, whatever the number of orders.

    Args:
        estimator: a fitted binary classifier.
        X: (n, n_features) rows to explain; NaN is allowed where the estimator takes it.
        background: (m, n_features) rows whose medians are the reference, or the reference itself (n_features,).
        feature_names: one name a column; ``x0, x1, …`` by default.
        n_permutations: number of orders, reverses included; an odd number is rounded up.
        random_state: seed, ``RandomState`` or None.

    Raises:
        ValueError: for empty or infinite arrays, unequal numbers of columns or names, or ``n_permutations`` below 1.
    """
    if n_permutations < 1:
        raise ValueError(f"n_permutations must be at least 1, not {n_permutations}.")
    X = check_matrix("X", X, allow_nan=True)
    names = check_feature_names(feature_names, X.shape[1])
    reference = _reference(background, X.shape[1])
    random = check_random_state(random_state)
    orders = [random.permutation(X.shape[1]) for _ in range((n_permutations + 1) // 2)]
    orders += [order[::-1] for order in orders]
    base = float(estimator.predict_proba(reference[None])[0, 1])
    contributions = np.zeros_like(X)
    step = max(1, _ROWS_AT_ONCE // (X.shape[1] + 1))
    for start in range(0, len(X), step):
        rows = X[start : start + step]
        for order in orders:
            contributions[start : start + step, order] += _credits(estimator, rows, reference, order)
    return Explanation(contributions / len(orders), base, reference, X, names)


def _reference(background: ArrayLike, n_columns: int) -> FloatArray:
    background = np.atleast_2d(np.asarray(background, dtype=np.float64))
    background = check_matrix("background", background, n_columns=n_columns, allow_nan=True)
    unknown = np.isnan(background).all(axis=0)
    return np.where(unknown, np.nan, np.nanmedian(np.where(unknown, 0.0, background), axis=0))


def _credits(estimator: _Classifier, rows: FloatArray, reference: FloatArray, order: IntArray) -> FloatArray:
    """Change of the probability at each step of ``order``, (n, n_features) in that order."""
    n, d = rows.shape
    mixed = np.empty((d + 1, n, d))
    mixed[0] = reference
    for step, column in enumerate(order):
        mixed[step + 1] = mixed[step]
        mixed[step + 1, :, column] = rows[:, column]
    p = estimator.predict_proba(mixed.reshape(-1, d))[:, 1].reshape(d + 1, n)
    return np.diff(p, axis=0).T


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
