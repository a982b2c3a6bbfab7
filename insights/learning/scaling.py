"""A scale on which customers can be compared: logarithms where a column is skewed, then robust units."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .validation import FloatArray, check_matrix

_IQR_OF_NORMAL = 1.3489795
_SKEWED = 1.0


class RobustLogScaler(TransformerMixin, BaseEstimator):
    """Signed logarithm of skewed columns, then (value − median) / (IQR / 1.349), cut at ± ``clip``.

    A column is taken as ``sign(x) · log(1 + |x|)`` where its skewness is above 1 and the logarithm lessens it, as
    with money and counts. Where the quartiles coincide the standard deviation is the unit; a column that does not
    vary becomes 0. NaN passes through, for an imputer to fill.

    Args:
        clip: largest absolute value given out, in robust standard deviations.

    Attributes:
        logged_: bool array (n_features,), the columns taken as logarithms.
        center_: float array (n_features,), medians.
        scale_: float array (n_features,), units.
    """

    def __init__(self, clip: float = 4.0) -> None:
        self.clip = clip

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learn which columns are skewed, and their medians and units.

        Args:
            X: (n_rows, n_features); NaN is allowed.
            y: ignored.

        Raises:
            ValueError: for an empty or infinite ``X``.
        """
        X = check_matrix("X", X, allow_nan=True)
        self.n_features_in_ = X.shape[1]
        known = np.where(np.isnan(X).all(axis=0), 0.0, X)
        raw, logged = np.abs(_skewness(known)), np.abs(_skewness(_signed_log(known)))
        self.logged_ = (raw > _SKEWED) & (logged < raw)
        known = np.where(self.logged_, _signed_log(known), known)
        low, self.center_, high = np.nanquantile(known, (0.25, 0.5, 0.75), axis=0)
        scale = (high - low) / _IQR_OF_NORMAL
        scale = np.where(scale > 0, scale, np.nanstd(known, axis=0))
        self.scale_ = np.where(scale > 0, scale, 1.0)
        return self

    def transform(self, X: ArrayLike) -> FloatArray:
        """``X`` on the learnt scale, (n_rows, n_features).

        Raises:
            NotFittedError: before ``fit``.
            ValueError: for an empty or infinite ``X``, or another number of columns.
        """
        check_is_fitted(self)
        X = check_matrix("X", X, n_columns=self.n_features_in_, allow_nan=True)
        X = np.where(self.logged_, _signed_log(X), X)
        return np.clip((X - self.center_) / self.scale_, -self.clip, self.clip)


class UnknownToZero(TransformerMixin, BaseEstimator):
    """Sets columns of which nothing was known in training to 0; a tree has nothing to split them by.

    Attributes:
        unknown_: bool array (n_features,).
    """

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learn which columns are empty.

        Args:
            X: (n_rows, n_features); NaN is allowed.
            y: ignored.

        Raises:
            ValueError: for an empty or infinite ``X``.
        """
        X = check_matrix("X", X, allow_nan=True)
        self.n_features_in_ = X.shape[1]
        self.unknown_ = np.isnan(X).all(axis=0)
        return self

    def transform(self, X: ArrayLike) -> FloatArray:
        """``X`` without them, (n_rows, n_features).

        Raises:
            NotFittedError: before ``fit``.
            ValueError: for an empty or infinite ``X``, or another number of columns.
        """
        check_is_fitted(self)
        X = check_matrix("X", X, n_columns=self.n_features_in_, allow_nan=True)
        return np.where(self.unknown_, 0.0, X)


def _signed_log(X: FloatArray) -> FloatArray:
    return np.sign(X) * np.log1p(np.abs(X))


def _skewness(X: FloatArray) -> FloatArray:
    spread = np.nanstd(X, axis=0)
    z = (X - np.nanmean(X, axis=0)) / np.where(spread > 0, spread, 1.0)
    return np.nanmean(z**3, axis=0)
