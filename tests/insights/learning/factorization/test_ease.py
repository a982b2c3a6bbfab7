from __future__ import annotations

import numpy as np
import pytest

from insights.learning import EASE

from .contract import TASTES, RecommenderContract


class TestEASE(RecommenderContract):
    def make(self) -> EASE:
        return EASE(regularization=5.0)


def test_fit__weights_are_the_best_without_a_diagonal() -> None:
    """The gradient of ``|X − XB|² + λ|B|²`` is zero off the diagonal, where B is free."""
    lam = 20.0
    model = EASE(regularization=lam).fit(TASTES.seen)
    x, b = TASTES.seen.toarray().astype(np.float64), model.weights_.astype(np.float64)
    assert not np.diag(b).any()
    gradient = -x.T @ (x - x @ b) + lam * b
    np.fill_diagonal(gradient, 0)
    np.testing.assert_allclose(gradient, 0, atol=1e-3)


def test_fit__strength_does_not_matter() -> None:
    louder = TASTES.seen * 7
    np.testing.assert_array_equal(EASE().fit(TASTES.seen).weights_, EASE().fit(louder).weights_)


def test_fit__refuses_too_many_items_and_no_penalty() -> None:
    with pytest.raises(ValueError, match="40 are more than max_items = 39"):
        EASE(max_items=39).fit(TASTES.seen)
    with pytest.raises(ValueError, match="above 0"):
        EASE(regularization=0).fit(TASTES.seen)
