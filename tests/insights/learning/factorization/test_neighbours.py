from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from insights.learning import ItemNeighbours

from .contract import TASTES, RecommenderContract


class TestItemNeighbours(RecommenderContract):
    def make(self) -> ItemNeighbours:
        return ItemNeighbours(n_neighbours=15, shrinkage=2.0)


def test_fit__likeness_by_hand() -> None:
    baskets = csr_array(np.array([[1.0, 1, 0], [1, 1, 0], [1, 0, 1]]))
    model = ItemNeighbours(n_neighbours=2, shrinkage=1.0).fit(baskets)
    expected = {(0, 1): 2 / (np.sqrt(3 * 2) + 1), (0, 2): 1 / (np.sqrt(3) + 1)}
    assert model.neighbours_.tolist() == [[1, 2], [0, -1], [0, -1]]
    np.testing.assert_allclose(model.similarities_[0], [expected[0, 1], expected[0, 2]], rtol=1e-6)
    np.testing.assert_allclose(model.similarities_[1], [expected[0, 1], 0], rtol=1e-6)


def test_fit__no_item_is_its_own_neighbour() -> None:
    model = ItemNeighbours(n_neighbours=39).fit(TASTES.seen)
    assert not (model.neighbours_ == np.arange(40)[:, None]).any()
    assert (model.similarities_ >= 0).all()
    assert (np.diff(model.similarities_, axis=1) <= 0).all()


def test_fit__shrinkage_draws_rare_pairs_down() -> None:
    baskets = csr_array(np.array([[1.0, 1, 0, 0]] * 30 + [[0, 0, 1, 1]]))
    loose, tight = (ItemNeighbours(1, shrinkage=amount).fit(baskets).similarities_[:, 0] for amount in (0.0, 10.0))
    np.testing.assert_allclose(loose, 1, rtol=1e-6)
    assert tight[0] > 0.7 > 0.1 > tight[2]


def test_recommend__scores_by_hand() -> None:
    baskets = csr_array(np.array([[2.0, 1, 0], [1, 0, 1], [0, 1, 1]]))
    model = ItemNeighbours(n_neighbours=2, shrinkage=0.0).fit(baskets)
    (items,), (scores,) = model.recommend([0], k=1)
    lengths = np.sqrt([5, 2, 2])
    expected = 2 * 1 / (lengths[0] * lengths[2]) + 1 * 1 / (lengths[1] * lengths[2])
    assert items.tolist() == [2]
    assert scores[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("wrong", [{"n_neighbours": 0}, {"shrinkage": -1.0}])
def test_fit__refuses_parameters_that_make_no_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        ItemNeighbours(**wrong).fit(TASTES.seen)  # type: ignore[arg-type]
