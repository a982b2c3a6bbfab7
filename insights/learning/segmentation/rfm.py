"""Recency, frequency, monetary value: scores by quantile, eleven named segments and eight types.

Scoring customers by quantiles of the three is from A. M. Hughes, *Strategic Database Marketing* (1994). The names
and the recency × (frequency and monetary) plane are Putler's ("RFM Analysis For Successful Customer
Segmentation"); Putler's rectangles overlap, and the grid below gives each cell to one of those that cover it.
The eight types (RFM 八类客户) compare each of the three with its mean.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ..validation import FloatArray, IntArray, check_vectors

_GRID_SIZE = 5
# Rows: recency 5 (bought lately) down to 1. Columns: frequency and monetary together, 1 to 5.
_GRID = np.array(
    [
        ["new", "potential_loyalists", "potential_loyalists", "champions", "champions"],
        ["promising", "potential_loyalists", "potential_loyalists", "loyal", "champions"],
        ["about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"],
        ["hibernating", "hibernating", "at_risk", "at_risk", "at_risk"],
        ["lost", "hibernating", "at_risk", "cannot_lose", "cannot_lose"],
    ]
)
SEGMENTS = (
    "champions",
    "loyal",
    "potential_loyalists",
    "new",
    "promising",
    "need_attention",
    "about_to_sleep",
    "at_risk",
    "cannot_lose",
    "hibernating",
    "lost",
)
# Index: 4 · (recency good) + 2 · (frequency good) + (monetary good).
_TYPE_OF_CODE = np.array(
    [
        "general_win_back",
        "to_win_back",
        "general_keep",
        "to_keep",
        "general_develop",
        "to_develop",
        "general_value",
        "high_value",
    ]
)
TYPES = (
    "high_value",
    "to_develop",
    "to_keep",
    "to_win_back",
    "general_value",
    "general_develop",
    "general_keep",
    "general_win_back",
)


class RFM(BaseEstimator):
    """Scores from 1 to ``scale`` by quantile, the named segment and the type of each customer.

    The edges are the quantiles at 1/scale, 2/scale, …; a value equal to an edge belongs to the interval below it
    (as in ``pandas.qcut``), so equal values always score alike. Recency is inverted: few days score high.
    A column that does not vary says nothing and scores in the middle, except that a single order always
    scores 1 in frequency.

    The segment is read from a 5 × 5 grid: the recency score against the mean of the frequency and monetary
    scores, halves rounded down; other scales are stretched linearly to 1…5 first. The lowest column is for the
    lowest frequency score alone, whatever was spent, so that *new* and *promising* tell of first orders.

    Args:
        scale: number of bins, 2 or more.

    Attributes:
        r_, f_, m_: int arrays (n,), scores.
        segment_: str array (n,), one of :data:`SEGMENTS`.
        type_: str array (n,), one of :data:`TYPES`.
        edges_: dict of ``recency``, ``frequency``, ``monetary`` to ascending float arrays (scale − 1,), in the
            units of the input.
        means_: dict of the same keys to the means that part the eight types.
    """

    def __init__(self, scale: int = 5) -> None:
        self.scale = scale

    def fit(self, recency: ArrayLike, frequency: ArrayLike, monetary: ArrayLike) -> Self:
        """Learn edges and means, and score the customers given.

        Args:
            recency: (n,) days since the last order, 0 or more.
            frequency: (n,) number of orders, 0 or more.
            monetary: (n,) money spent, 0 or more (set what refunds made negative to 0).

        Raises:
            ValueError: for empty, unequal, missing or negative columns, or a ``scale`` below 2.
        """
        if int(self.scale) != self.scale or self.scale < 2:
            raise ValueError(f"scale must be a whole number of at least 2, not {self.scale!r}.")
        columns = _checked(recency, frequency, monetary)
        self.edges_ = {name: _edges(column, self.scale) for name, column in columns.items()}
        if columns["frequency"].min() == columns["frequency"].max() <= 1:
            self.edges_["frequency"] = np.ones(self.scale - 1)
        # Rounding must not put the mean of equal values beside them.
        self.means_ = {name: float(np.clip(c.mean(), c.min(), c.max())) for name, c in columns.items()}
        scores = self.transform(recency, frequency, monetary)
        self.r_, self.f_, self.m_ = scores.T
        self.segment_ = _segments(scores, self.scale)
        self.type_ = self.predict_type(recency, frequency, monetary)
        return self

    def transform(self, recency: ArrayLike, frequency: ArrayLike, monetary: ArrayLike) -> IntArray:
        """Scores of customers by the learnt edges: int array (n, 3) of recency, frequency, monetary.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: as in :meth:`fit`.
        """
        check_is_fitted(self)
        columns = _checked(recency, frequency, monetary)
        below = {name: np.searchsorted(self.edges_[name], column) for name, column in columns.items()}
        scores = (self.scale - below["recency"], below["frequency"] + 1, below["monetary"] + 1)
        return np.column_stack(scores).astype(np.int64)

    def predict(self, recency: ArrayLike, frequency: ArrayLike, monetary: ArrayLike) -> NDArray[np.str_]:
        """Segments of customers by the learnt edges: str array (n,).

        Raises:
            NotFittedError: before ``fit``.
            ValueError: as in :meth:`fit`.
        """
        return _segments(self.transform(recency, frequency, monetary), self.scale)

    def predict_type(self, recency: ArrayLike, frequency: ArrayLike, monetary: ArrayLike) -> NDArray[np.str_]:
        """Types of customers by the learnt means: str array (n,). At the mean counts as good.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: as in :meth:`fit`.
        """
        check_is_fitted(self)
        columns = _checked(recency, frequency, monetary)
        recent = columns["recency"] <= self.means_["recency"]
        frequent = columns["frequency"] >= self.means_["frequency"]
        rich = columns["monetary"] >= self.means_["monetary"]
        return _TYPE_OF_CODE[4 * recent + 2 * frequent + rich]


def _checked(recency: ArrayLike, frequency: ArrayLike, monetary: ArrayLike) -> dict[str, FloatArray]:
    columns = check_vectors(minimum=0.0, recency=recency, frequency=frequency, monetary=monetary)
    return dict(zip(("recency", "frequency", "monetary"), columns, strict=True))


def _edges(values: FloatArray, scale: int) -> FloatArray:
    low, high = values.min(), values.max()
    if low == high:
        under = np.full(scale // 2, np.nextafter(low, -np.inf))
        return np.append(under, np.full(scale - 1 - len(under), low))
    return np.quantile(values, np.arange(1, scale) / scale)


def _segments(scores: IntArray, scale: int) -> NDArray[np.str_]:
    recency = _stretched(scores[:, 0], scale)
    value = np.maximum(_stretched(scores[:, 1:].mean(axis=1), scale), 2)
    value[scores[:, 1] == 1] = 1
    return _GRID[_GRID_SIZE - recency, value - 1]


def _stretched(score: NDArray[np.number], scale: int) -> IntArray:
    """Scores 1…scale on 1…5, halves rounded down."""
    stretched = 1 + (score - 1) * (_GRID_SIZE - 1) / (scale - 1)
    return np.ceil(stretched - 0.5).astype(np.int64)
