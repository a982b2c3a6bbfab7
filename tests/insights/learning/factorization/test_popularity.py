from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from insights.learning import Popularity

from .contract import RecommenderContract


class TestPopularity(RecommenderContract):
    def make(self) -> Popularity:
        return Popularity()


def test_recommend__by_users_not_by_strength() -> None:
    taken = csr_array(np.array([[9.0, 1, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0]]))
    items, scores = Popularity().fit(taken).recommend([0, 1], k=3)
    assert items.tolist() == [[2, 3, -1], [0, 3, -1]]
    assert scores[0, :2].tolist() == [2, 0]
