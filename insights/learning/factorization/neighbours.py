"""Items that the same users took to.

Sarwar, Karypis, Konstan & Riedl, "Item-Based Collaborative Filtering Recommendation Algorithms" (WWW 2001), with
the shrinkage of Bell & Koren, "Scalable Collaborative Filtering with Jointly Derived Neighborhood Interpolation
Weights" (ICDM 2007).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ..validation import IntArray
from .recommender import Recommender, Scores, chunks
from .top import top_k


class ItemNeighbours(Recommender):
    """Scores an item by its likeness to the user's items, of which each lends its nearest neighbours alone.

    The likeness of two items is ``a·b / (|a| |b| + shrinkage)`` over their columns: the cosine, drawn towards 0
    where it rests on few users.

    Args:
        n_neighbours: neighbours kept for each item, 1 or more.
        shrinkage: 0 or more, in the unit of the squared entries.

    Attributes:
        neighbours_: int array (n_items, n_neighbours), best first, filled up with -1.
        similarities_: float32 array (n_items, n_neighbours), filled up with 0.
        interactions_, popularity_: as in all recommenders.
    """

    def __init__(self, n_neighbours: int = 50, shrinkage: float = 10.0) -> None:
        self.n_neighbours = n_neighbours
        self.shrinkage = shrinkage

    def _learn(self, interactions: Any) -> None:
        if self.n_neighbours < 1 or self.shrinkage < 0:
            raise ValueError("n_neighbours must be at least 1 and shrinkage at least 0.")
        n_items = interactions.shape[1]
        by_item = interactions.T.tocsr()
        lengths = np.sqrt(np.bincount(interactions.indices, weights=interactions.data**2, minlength=n_items))
        self.neighbours_: IntArray = np.empty((n_items, self.n_neighbours), dtype=np.int64)
        self.similarities_: Scores = np.empty((n_items, self.n_neighbours), dtype=np.float32)
        for part in chunks(n_items, n_items):
            products = (by_item[part] @ interactions).toarray()
            rows = np.arange(len(products))
            scale = np.outer(lengths[part], lengths) + self.shrinkage
            likeness = np.where(products > 0, products / np.where(scale > 0, scale, 1), -np.inf).astype(np.float32)
            likeness[rows, rows + part.start] = -np.inf
            self.neighbours_[part], self.similarities_[part] = top_k(likeness, self.n_neighbours)
        self.similarities_[self.neighbours_ < 0] = 0.0

    def _scores(self, rows: IntArray) -> Scores:
        n_items = len(self.neighbours_)
        kept = self.neighbours_ >= 0
        starts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
        likeness = csr_array((self.similarities_[kept], self.neighbours_[kept], starts), shape=(n_items, n_items))
        return np.asarray((self.interactions_[rows] @ likeness).toarray(), dtype=np.float32)
