"""Softmax regression on behaviour: how likely each next action is, given what has been seen."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ..validation import FloatArray, check_matrix


class BehaviourClassifier(ClassifierMixin, BaseEstimator):
    """Multinomial logistic regression, P(y_t = k | x_t, θ) = exp(θ_k · x_t) / Σ_j exp(θ_j · x_t).

    ``x_t`` is what is known of a customer at time t and ``y_t`` what happens next; two classes or more. Missing
    values become the column's median with a column that says so, and columns are standardised; θ then maximises
    the likelihood under a Gaussian prior (Bishop, *Pattern Recognition and Machine Learning*, 4.3.4).

    Args:
        regularization: strength of the prior, above 0; 1 is one unit of evidence.

    Attributes:
        classes_: (n_classes,) labels.
        coef_: θ on the standardised columns, (1, d) for two classes, else (n_classes, d); d includes one column
            for each feature with missing values.
        intercept_: (1,) or (n_classes,).
    """

    def __init__(self, regularization: float = 1.0) -> None:
        self.regularization = regularization

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn θ.

        Args:
            X: (n, n_features); NaN is a missing value.
            y: (n,) labels of any kind, two classes at least.

        Raises:
            ValueError: for an empty or infinite ``X``, a ``y`` of another length or of one class, or a
                ``regularization`` that is not above 0.
        """
        if not self.regularization > 0:
            raise ValueError(f"regularization must be above 0, not {self.regularization!r}.")
        X, y = check_matrix("X", X, allow_nan=True), np.asarray(y)
        if y.shape != (len(X),):
            raise ValueError(f"y must have one label for each of the {len(X)} rows of X, not shape {y.shape}.")
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds only one class, {self.classes_[0]!r}: two are needed.")
        self.n_features_in_ = X.shape[1]
        self.pipeline_ = make_pipeline(
            SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
            StandardScaler(),
            LogisticRegression(C=1 / self.regularization, max_iter=1_000),
        ).fit(X, y)
        self.coef_: FloatArray = self.pipeline_[-1].coef_
        self.intercept_: FloatArray = self.pipeline_[-1].intercept_
        return self

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """P(y_t = k | x_t, θ) for each row and class, (n, n_classes).

        Raises:
            NotFittedError: before ``fit``.
            ValueError: for an empty or infinite ``X``, or another number of columns.
        """
        check_is_fitted(self)
        return self.pipeline_.predict_proba(check_matrix("X", X, n_columns=self.n_features_in_, allow_nan=True))

    def predict(self, X: ArrayLike) -> NDArray[np.generic]:
        """The likeliest class of each row, (n,).

        Raises:
            NotFittedError: before ``fit``.
            ValueError: as in :meth:`predict_proba`.
        """
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
