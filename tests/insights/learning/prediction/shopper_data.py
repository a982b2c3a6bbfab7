"""Customers with a known rule behind what they do next, for the tests of classifiers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NAMES = ["recency", "revenue", "orders", "has_coupon", "rating", "noise"]


def shoppers(n: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(n, 6) columns named :data:`NAMES`, skewed and with gaps, and whether each customer leaves (0 or 1)."""
    random = np.random.default_rng(seed)
    recency = random.gamma(2, 40, n)
    revenue = np.exp(random.normal(4, 1, n))
    orders = 1 + random.poisson(2, n)
    coupon = random.random(n) < 0.3
    rating = random.integers(1, 6, n).astype(float)
    z = 0.02 * (recency - 80) - 0.8 * (np.log(revenue) - 4) - 0.3 * (orders - 3) + 0.8 * coupon - 0.4 * (rating - 3)
    left = random.random(n) < 1 / (1 + np.exp(1 - z))
    rating[random.random(n) < 0.2] = np.nan
    return np.column_stack([recency, revenue, orders, coupon, rating, random.normal(size=n)]), left.astype(np.int64)
