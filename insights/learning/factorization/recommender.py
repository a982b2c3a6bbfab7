"""What all recommenders share: the check of what comes in, and the choice of the best items."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, csr_matrix
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ..validation import IntArray
from .top import top_k

Interactions = csr_array | csr_matrix
Scores = NDArray[np.float32]

_SCORES_AT_ONCE = 8_000_000


class Recommender(BaseEstimator, ABC):
    """Ranks the items for each user of the matrix that it was fitted on.

    Of two items with the same score the more popular one comes first, then the one with the lower index; so a
    user without a history is shown what is popular, by every recommender.

    Attributes:
        interactions_: (n_users, n_items) float32, what was fitted on, without zeros.
        popularity_: int array (n_items,), users of each item.
    """

    interactions_: Any

    def fit(self, interactions: Interactions) -> Self:
        """Learn from a matrix of users × items whose entries say how much a user took to an item.

        Args:
            interactions: (n_users, n_items) sparse, 0 or more; doubled entries are added up.

        Raises:
            ValueError: for another type, no rows or columns, no entry, or negative or infinite ones.
        """
        self.interactions_ = check_interactions(interactions)
        self.popularity_: IntArray = np.bincount(
            self.interactions_.indices, minlength=self.interactions_.shape[1]
        ).astype(np.int64)
        self._learn(self.interactions_)
        return self

    def recommend(self, user_rows: ArrayLike, k: int = 10, exclude_seen: bool = True) -> tuple[IntArray, Scores]:
        """The ``k`` best items of each user, best first.

        Args:
            user_rows: (n,) rows of the fitted matrix.
            k: items a user, 1 or more.
            exclude_seen: whether items that the user has an entry for are left out.

        Returns:
            Item indices and scores, both (n, k); where fewer items remain, ``-1`` and ``-inf`` fill the row up.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: for a ``k`` below 1.
            IndexError: for rows that the matrix does not have.
        """
        check_is_fitted(self)
        check_k(k)
        rows = self._rows(user_rows)
        items, values = np.empty((len(rows), k), dtype=np.int64), np.empty((len(rows), k), dtype=np.float32)
        popular_first = np.argsort(-self.popularity_, kind="stable")
        for part in chunks(len(rows), self.interactions_.shape[1]):
            scores = self._scores(rows[part])
            if exclude_seen:
                seen = self.interactions_[rows[part]]
                scores[rows_of(seen), seen.indices] = -np.inf
            places, values[part] = top_k(scores[:, popular_first], k)
            items[part] = np.where(places >= 0, popular_first[places], places)
        return items, values

    @abstractmethod
    def _learn(self, interactions: Any) -> None:
        """Set the fitted attributes."""

    @abstractmethod
    def _scores(self, rows: IntArray) -> Scores:
        """Scores of all items for these users, (n, n_items), in an array that may be written to."""

    def _rows(self, user_rows: ArrayLike) -> IntArray:
        rows = np.atleast_1d(np.asarray(user_rows, dtype=np.int64))
        n_users = self.interactions_.shape[0]
        if len(rows) and (rows.min() < 0 or rows.max() >= n_users):
            raise IndexError(f"user_rows must lie between 0 and {n_users - 1}; use fold_in for users who came later.")
        return rows


def check_interactions(interactions: Interactions, n_items: int | None = None) -> Any:
    """A float32 CSR copy without zeros and doubled entries.

    Raises:
        ValueError: for another type, no rows, columns or entries, another number of items, or bad values.
    """
    if not isinstance(interactions, csr_array | csr_matrix):
        raise ValueError(f"interactions must be a SciPy CSR matrix, not {type(interactions).__name__}.")
    if not all(interactions.shape):
        raise ValueError(f"interactions is empty (shape {interactions.shape}): at least one user and item are needed.")
    if n_items is not None and interactions.shape[1] != n_items:
        raise ValueError(f"interactions has {interactions.shape[1]} items where {n_items} are expected.")
    given: Any = interactions
    checked = csr_array(given, dtype=np.float32, copy=True)
    checked.sum_duplicates()
    checked.eliminate_zeros()
    if not np.isfinite(checked.data).all() or (checked.data < 0).any():
        raise ValueError("interactions must hold finite numbers of 0 or more; leave what is disliked out.")
    if n_items is None and not checked.nnz:
        raise ValueError("interactions holds no entry: nothing can be learnt.")
    return checked


def check_k(k: int) -> None:
    """Refuse to recommend nothing.

    Raises:
        ValueError: for a ``k`` below 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}.")


def chunks(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Slices of rows whose scores fit into some tens of megabytes."""
    size = max(1, _SCORES_AT_ONCE // n_columns)
    return (slice(begin, begin + size) for begin in range(0, n_rows, size))


def rows_of(matrix: Any) -> IntArray:
    """The row of each entry of a CSR matrix, (n_entries,)."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
