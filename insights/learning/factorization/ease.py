"""A linear autoencoder of shallow depth, solved in one step.

Steck, "Embarrassingly Shallow Autoencoders for Sparse Data" (WWW 2019).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from ..validation import IntArray
from .recommender import Recommender, Scores


class EASE(Recommender):
    """Scores an item by a weighted sum of the user's other items: ``X B`` with the diagonal of B held at 0.

    With ``P = (XᵀX + λ I)⁻¹`` the best weights are ``B = I − P · diag(1 / P)``. X holds 1 for each interaction,
    whatever its strength. Memory and time grow with the square and the cube of the number of items.

    Args:
        regularization: λ, above 0.
        max_items: the most items that are accepted; 10,000 of them take some 1.6 GB while fitting.

    Attributes:
        weights_: float32 array (n_items, n_items), from (row) and to (column) each item.
        interactions_, popularity_: as in all recommenders.
    """

    def __init__(self, regularization: float = 100.0, max_items: int = 10_000) -> None:
        self.regularization = regularization
        self.max_items = max_items

    def _learn(self, interactions: Any) -> None:
        if not self.regularization > 0:
            raise ValueError("regularization must be above 0.")
        n_items = interactions.shape[1]
        if n_items > self.max_items:
            raise ValueError(
                f"EASE inverts a matrix of items × items: {n_items} are more than max_items = {self.max_items}. "
                "Take ImplicitALS, or leave rare items out."
            )
        bought = interactions.astype(np.float64)
        bought.data[:] = 1.0
        gram: NDArray[np.float64] = (bought.T @ bought).toarray()
        gram.flat[:: n_items + 1] += self.regularization
        inverse = cho_solve(cho_factor(gram, overwrite_a=True), np.eye(n_items), overwrite_b=True)
        inverse /= -np.diag(inverse).copy()
        np.fill_diagonal(inverse, 0.0)
        self.weights_: NDArray[np.float32] = inverse.astype(np.float32)

    def _scores(self, rows: IntArray) -> Scores:
        taken = self.interactions_[rows]
        taken.data = np.ones_like(taken.data)
        return np.asarray(taken @ self.weights_, dtype=np.float32)
