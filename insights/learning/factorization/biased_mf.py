"""Matrix factorisation of ratings.

Koren, Bell & Volinsky, "Matrix Factorization Techniques for Recommender Systems" (Computer 42(8), 2009), fitted by
the alternating least squares of Zhou, Wilkinson, Schreiber & Pan, "Large-Scale Parallel Collaborative Filtering for
the Netflix Prize" (AAIM 2008).
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from ..validation import FloatArray, IntArray, check_vector
from .least_squares import Factors, solve_rows

Ids = NDArray[Any]

_LEAST_RIDGE = 1e-3


class BiasedMF(BaseEstimator):
    """Predicts ratings as ``μ + b_u + b_i + q_i · p_u``.

    The biases are fitted first, then both the biases and the factors: each half-step solves a ridge regression for
    every user, or item, in which the bias is one more factor with a constant partner of 1.

    The penalty of the factors follows the data, so that one ``regularization`` suits shops of any size: it is a share
    of the largest singular value that pure noise would have, ``σ (√ratings per user + √ratings per item)`` (Candès &
    Plan, "Matrix Completion With Noise", 2010), with σ the standard deviation around the biases.

    Args:
        n_factors: length of the vectors; 0 leaves the biases alone.
        regularization: that share, above 0.
        bias_regularization: weight of the squared biases, above 0: a bias is drawn to 0 as by so many ratings.
        n_iterations: rounds of solving for the users, then for the items.
        clip: whether predictions are kept within the range of the ratings seen.
        random_state: seed, ``Generator`` or None, for the vectors to begin with.

    Attributes:
        users_, items_: the distinct ids, sorted.
        mean_: mean rating.
        user_bias_, item_bias_: float32 arrays, one value an id.
        user_factors_, item_factors_: float32 arrays (n_users, n_factors) and (n_items, n_factors).
        range_: lowest and highest rating seen.
    """

    def __init__(
        self,
        n_factors: int = 16,
        regularization: float = 0.6,
        bias_regularization: float = 3.0,
        n_iterations: int = 20,
        clip: bool = True,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.n_factors = n_factors
        self.regularization = regularization
        self.bias_regularization = bias_regularization
        self.n_iterations = n_iterations
        self.clip = clip
        self.random_state = random_state

    @threadpool_limits.wrap(limits=1)
    def fit(self, user_ids: ArrayLike, item_ids: ArrayLike, ratings: ArrayLike) -> Self:
        """Learn from single ratings; several of one user for one item all count.

        Args:
            user_ids: (n,) integers or texts.
            item_ids: (n,) integers or texts.
            ratings: (n,) finite numbers.

        Raises:
            ValueError: for empty, unequal or missing columns.
        """
        if self.n_factors < 0 or self.n_iterations < 1:
            raise ValueError("n_factors must be at least 0 and n_iterations at least 1.")
        if not (self.regularization > 0 and self.bias_regularization > 0):
            raise ValueError("regularization and bias_regularization must be above 0.")
        values = check_vector("ratings", ratings)
        given_users, given_items = _check_ids(user_ids, item_ids)
        if len(values) != len(given_users):
            raise ValueError(f"ratings has {len(values)} rows and user_ids has {len(given_users)}.")
        self.users_, users = np.unique(given_users, return_inverse=True)
        self.items_, items = np.unique(given_items, return_inverse=True)
        self.mean_ = float(values.mean())
        self.range_ = (float(values.min()), float(values.max()))
        off = (values - self.mean_).astype(np.float32)
        by_user, by_item = _Side.of(users, items, off, len(self.users_)), _Side.of(items, users, off, len(self.items_))

        ridge = np.array([self.bias_regularization])
        item_part = np.zeros((len(self.items_), 1), dtype=np.float32)
        for _ in range(self.n_iterations):
            user_part, item_part = _round(by_user, by_item, item_part, ridge)
        if self.n_factors:
            noise = float(np.std(off - user_part[users, 0] - item_part[items, 0]))
            chance = noise * (np.sqrt(len(off) / len(self.users_)) + np.sqrt(len(off) / len(self.items_)))
            ridge = np.append(ridge, np.full(self.n_factors, max(self.regularization * chance, _LEAST_RIDGE)))
            random = np.random.default_rng(self.random_state)
            start = random.standard_normal((len(self.items_), self.n_factors)) * np.sqrt(noise / self.n_factors)
            item_part = np.hstack([item_part, start]).astype(np.float32)
            for _ in range(self.n_iterations):
                user_part, item_part = _round(by_user, by_item, item_part, ridge)
        self.user_bias_, self.user_factors_ = user_part[:, 0], user_part[:, 1:]
        self.item_bias_, self.item_factors_ = item_part[:, 0], item_part[:, 1:]
        return self

    def predict(self, user_ids: ArrayLike, item_ids: ArrayLike) -> FloatArray:
        """The rating expected of each pair, (n,); for an unknown user or item the biases that are known.

        Args:
            user_ids: (n,) ids of the kind given to :meth:`fit`.
            item_ids: (n,) likewise.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: for unequal columns.
        """
        check_is_fitted(self)
        given_users, given_items = _check_ids(user_ids, item_ids)
        users, known_users = _places(self.users_, given_users)
        items, known_items = _places(self.items_, given_items)
        expected = np.full(len(users), self.mean_)
        expected += np.where(known_users, self.user_bias_[users], 0)
        expected += np.where(known_items, self.item_bias_[items], 0)
        taste = np.einsum("nf,nf->n", self.user_factors_[users], self.item_factors_[items])
        expected += np.where(known_users & known_items, taste, 0)
        return np.clip(expected, *self.range_) if self.clip else expected


class _Side(NamedTuple):
    """The ratings, less their mean, sorted by user, or by item."""

    indptr: IntArray
    indices: IntArray
    values: Factors

    @classmethod
    def of(cls, rows: IntArray, columns: IntArray, values: Factors, n_rows: int) -> _Side:
        order = np.argsort(rows, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n_rows))])
        return cls(starts, columns[order], values[order])


def _round(by_user: _Side, by_item: _Side, item_part: Factors, ridge: FloatArray) -> tuple[Factors, Factors]:
    user_part = _half(by_user, item_part, ridge)
    return user_part, _half(by_item, user_part, ridge)


def _half(side: _Side, partners: Factors, ridge: FloatArray) -> Factors:
    own = partners.copy()
    own[:, 0] = 1
    left = side.values - partners[side.indices, 0]
    return solve_rows(side.indptr, side.indices, np.ones_like(left), left, own, np.diag(ridge.astype(np.float32)))


def _check_ids(user_ids: ArrayLike, item_ids: ArrayLike) -> tuple[Ids, Ids]:
    users, items = np.asarray(user_ids), np.asarray(item_ids)
    if users.ndim != 1 or users.shape != items.shape:
        raise ValueError(f"user_ids and item_ids must be columns of one length, not {users.shape} and {items.shape}.")
    return users, items


def _places(known: Ids, wanted: Ids) -> tuple[IntArray, NDArray[np.bool_]]:
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return places, known[places] == wanted
