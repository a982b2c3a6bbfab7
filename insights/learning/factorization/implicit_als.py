"""Matrix factorisation of implicit feedback.

Hu, Koren & Volinsky, "Collaborative Filtering for Implicit Feedback Datasets" (ICDM 2008).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from ..validation import IntArray
from .least_squares import Factors, solve_rows
from .recommender import Interactions, Recommender, Scores, check_interactions, check_k, chunks
from .top import top_k


class ImplicitALS(Recommender):
    """Users and items as vectors whose product is high where a user would take to an item.

    Minimises ``Σ c (p − x·y)² + λ₁ Σ |x|² + λ₂ Σ |y|²`` over all pairs of user and item, where p is 1 with an
    interaction r and 0 without, and the confidence c is ``1 + alpha · r``. Each half-step is solved exactly.

    The penalties follow the data, so that one ``regularization`` suits shops of any size: it is the share of what
    interactions spread by pure chance would pass for. The largest singular value of such noise against that of the
    data is about ``(√n_users + √n_items) / √n_interactions`` (Candès & Plan, "Matrix Completion With Noise", 2010),
    and is multiplied by the confidence that an average user (λ₁) or item (λ₂) has in all its interactions.

    Args:
        n_factors: length of the vectors.
        regularization: that share, above 0; the best is mostly near 0.7.
        alpha: how much an interaction of 1 adds to the confidence, above 0.
        n_iterations: rounds of solving for the users, then for the items.
        random_state: seed, ``Generator`` or None, for the vectors to begin with.

    Attributes:
        user_factors_: float32 array (n_users, n_factors).
        item_factors_: float32 array (n_items, n_factors).
        user_ridge_, item_ridge_: λ₁ and λ₂.
        interactions_, popularity_: as in all recommenders.
    """

    def __init__(
        self,
        n_factors: int = 64,
        regularization: float = 0.7,
        alpha: float = 1.0,
        n_iterations: int = 15,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.n_factors = n_factors
        self.regularization = regularization
        self.alpha = alpha
        self.n_iterations = n_iterations
        self.random_state = random_state

    def fold_in(self, interactions: Interactions) -> Factors:
        """The vectors of users who came after the training, (n, n_factors), with the items held fixed.

        Args:
            interactions: (n, n_items) sparse; a row without entries gets zeros.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: as in ``fit``, or for another number of items.
        """
        check_is_fitted(self)
        return self._solve(
            check_interactions(interactions, len(self.item_factors_)), self.item_factors_, self.user_ridge_
        )

    def similar(self, items: ArrayLike, k: int = 10) -> tuple[IntArray, Scores]:
        """The ``k`` items with the highest cosine to each of ``items``, the item itself left out.

        Args:
            items: (n,) item indices.
            k: items an item, 1 or more.

        Returns:
            Item indices and cosines (−1 to 1), both (n, k), filled up as in :meth:`recommend`. An item that nobody
            took to has a cosine of 0 to all.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: for a ``k`` below 1.
            IndexError: for items that the matrix does not have.
        """
        check_is_fitted(self)
        check_k(k)
        wanted = np.atleast_1d(np.asarray(items, dtype=np.int64))
        lengths = np.linalg.norm(self.item_factors_, axis=1, keepdims=True).astype(np.float32)
        units = self.item_factors_ / np.where(lengths > 0, lengths, 1)
        found, cosines = np.empty((len(wanted), k), dtype=np.int64), np.empty((len(wanted), k), dtype=np.float32)
        for part in chunks(len(wanted), len(units)):
            scores = np.asarray(units[wanted[part]] @ units.T, dtype=np.float32)
            scores[np.arange(len(scores)), wanted[part]] = -np.inf
            found[part], cosines[part] = top_k(scores, k)
        return found, cosines

    @threadpool_limits.wrap(limits=1)
    def _learn(self, interactions: Any) -> None:
        if self.n_factors < 1 or self.n_iterations < 1:
            raise ValueError("n_factors and n_iterations must be at least 1.")
        if not (self.regularization > 0 and self.alpha > 0):
            raise ValueError("regularization and alpha must be above 0.")
        n_users, n_items = interactions.shape
        confidence = interactions.nnz + self.alpha * float(interactions.data.sum(dtype=np.float64))
        chance = (np.sqrt(n_users) + np.sqrt(n_items)) / np.sqrt(interactions.nnz)
        self.user_ridge_ = float(self.regularization * chance * confidence / n_users)
        self.item_ridge_ = float(self.regularization * chance * confidence / n_items)
        by_item = interactions.T.tocsr()
        random = np.random.default_rng(self.random_state)
        start = random.standard_normal((n_items, self.n_factors), dtype=np.float32)
        self.item_factors_: Factors = start / np.float32(np.sqrt(self.n_factors))
        for _ in range(self.n_iterations):
            self.user_factors_: Factors = self._solve(interactions, self.item_factors_, self.user_ridge_)
            self.item_factors_ = self._solve(by_item, self.user_factors_, self.item_ridge_)

    def _solve(self, interactions: Any, factors: Factors, ridge: float) -> Factors:
        extra: NDArray[np.float32] = np.float32(self.alpha) * interactions.data
        common = factors.T @ factors + np.float32(ridge) * np.eye(factors.shape[1], dtype=np.float32)
        return solve_rows(interactions.indptr, interactions.indices, extra, 1 + extra, factors, common)

    def _scores(self, rows: IntArray) -> Scores:
        return self.user_factors_[rows] @ self.item_factors_.T
