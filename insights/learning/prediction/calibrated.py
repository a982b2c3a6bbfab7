"""A classifier whose probabilities can be taken at their word, with the threshold that suits it."""

from __future__ import annotations

import warnings
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from ..evaluation import best_f1_threshold
from ..validation import FloatArray, IntArray, check_binary, check_matrix

_LEAST_PROBABILITY = 1e-4


class CalibratedModel(ClassifierMixin, BaseEstimator):
    """A binary classifier, calibrated and with its own threshold, from the rows it is trained on alone.

    Each training row is scored by a copy of the classifier that has not seen it (stratified folds). On these scores
    a logistic curve is fitted (Platt, "Probabilistic Outputs for Support Vector Machines", 1999) and the threshold
    with the best F1 is taken; the classifier is then fitted to all rows. Unlike
    ``CalibratedClassifierCV(ensemble=False)``, which works the same way, the held-out scores serve the threshold too.
    All runs in one thread: where cores are shared, gradient boosting in two was measured 20 times slower.

    Args:
        estimator: a scikit-learn classifier with ``predict_proba`` or ``decision_function``.
        n_splits: folds; fewer where the rarer class has fewer rows.
        random_state: seed of the folds, or None.

    Attributes:
        classes_: array([0, 1]).
        estimator_: the classifier, fitted to all rows.
        curve_: the fitted ``LogisticRegression`` from score to probability.
        threshold_: from this probability on, ``predict`` says 1.
    """

    def __init__(self, estimator: BaseEstimator, n_splits: int = 3, random_state: int | None = None) -> None:
        self.estimator = estimator
        self.n_splits = n_splits
        self.random_state = random_state

    @threadpool_limits.wrap(limits=1)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn classifier, calibration and threshold.

        Args:
            X: (n, n_features); NaN is allowed where the classifier takes it.
            y: (n,) of 0 and 1, with at least two rows of each.

        Raises:
            ValueError: for empty, unequal or infinite arrays, other labels, or fewer than two rows of a class.
        """
        X, y = check_matrix("X", X, allow_nan=True), check_binary("y", y)
        if len(X) != len(y):
            raise ValueError(f"X has {len(X)} rows and y has {len(y)}.")
        rarer = int(np.bincount(y, minlength=2).min())
        if rarer < 2:
            raise ValueError(f"y needs at least two rows of each class; the rarer one has {rarer}.")
        self.n_features_in_ = X.shape[1]
        self.classes_ = np.array([0, 1])
        folds = StratifiedKFold(min(self.n_splits, rarer), shuffle=True, random_state=self.random_state)
        held_out = np.empty(len(y))
        for seen, unseen in folds.split(X, y):
            held_out[unseen] = _score(self._fitted_copy(X[seen], y[seen]), X[unseen])
        self.curve_ = LogisticRegression().fit(held_out[:, None], y)
        self.threshold_ = best_f1_threshold(y, self.curve_.predict_proba(held_out[:, None])[:, 1])
        self.estimator_ = self._fitted_copy(X, y)
        return self

    @threadpool_limits.wrap(limits=1)
    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Calibrated probabilities of 0 and of 1, (n, 2).

        Raises:
            NotFittedError: before ``fit``.
            ValueError: for an empty or infinite ``X``, or another number of columns.
        """
        check_is_fitted(self)
        X = check_matrix("X", X, n_columns=self.n_features_in_, allow_nan=True)
        return self.curve_.predict_proba(_score(self.estimator_, X)[:, None])

    def predict(self, X: ArrayLike) -> IntArray:
        """1 where the probability reaches ``threshold_``, else 0: int array (n,).

        Raises:
            NotFittedError: before ``fit``.
            ValueError: as in :meth:`predict_proba`.
        """
        return (self.predict_proba(X)[:, 1] >= self.threshold_).astype(np.int64)

    def _fitted_copy(self, X: FloatArray, y: IntArray) -> BaseEstimator:
        with warnings.catch_warnings():
            # A network or linear machine that stops early is judged by its results like any other.
            warnings.simplefilter("ignore", ConvergenceWarning)
            return clone(self.estimator).fit(X, y)


def _score(estimator: BaseEstimator, X: FloatArray) -> FloatArray:
    if hasattr(estimator, "predict_proba"):
        p = estimator.predict_proba(X)[:, 1]
        return logit(np.clip(p, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY))
    return estimator.decision_function(X)
