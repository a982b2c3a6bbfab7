"""Data with a known truth: people of two tastes, and ratings made of known biases and factors."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


class Tastes(NamedTuple):
    """What was seen before, what was taken to later, and the taste of each user and item."""

    seen: Any
    later: Any
    of_user: NDArray[np.int64]
    of_item: NDArray[np.int64]


def tastes(n_users: int = 160, n_items: int = 40, n_tastes: int = 4, seed: int = 0) -> Tastes:
    """Each user takes to ten items, nine of ten of the own taste; the last three of them come later."""
    random = np.random.default_rng(seed)
    of_user, of_item = np.arange(n_users) % n_tastes, np.arange(n_items) % n_tastes
    # Some items are popular with all who share the taste, so that popularity is a baseline worth beating.
    pull = 1 / (1 + np.arange(n_items) // n_tastes)
    seen, later = np.zeros((n_users, n_items)), np.zeros((n_users, n_items))
    for user in range(n_users):
        odds = pull * np.where(of_item == of_user[user], 9 * (n_tastes - 1), 1)
        taken = random.choice(n_items, 10, replace=False, p=odds / odds.sum())
        seen[user, taken[:7]], later[user, taken[7:]] = 1, 1
    return Tastes(csr_array(seen.astype(np.float32)), csr_array(later.astype(np.float32)), of_user, of_item)


class Ratings(NamedTuple):
    """Who rated what how, and what the rating would be without chance."""

    users: NDArray[np.int64]
    items: NDArray[np.int64]
    values: NDArray[np.float64]
    truth: NDArray[np.float64]


def ratings(n_users: int = 200, n_items: int = 60, n: int = 6_000, noise: float = 0.3, seed: int = 1) -> Ratings:
    random = np.random.default_rng(seed)
    pairs = random.choice(n_users * n_items, n, replace=False)
    users, items = np.divmod(pairs, n_items)
    user_bias, item_bias = random.normal(0, 0.4, n_users), random.normal(0, 0.5, n_items)
    p, q = random.normal(0, 0.8, (n_users, 2)), random.normal(0, 0.8, (n_items, 2))
    truth = 3.4 + user_bias[users] + item_bias[items] + (p[users] * q[items]).sum(axis=1)
    return Ratings(users + 100, items + 7, truth + random.normal(0, noise, n), truth)
