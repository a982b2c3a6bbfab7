from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from insights.learning import EASE, ImplicitALS, ItemNeighbours, Popularity
from insights.learning.factorization import recommender

from .contract import TASTES


@pytest.mark.parametrize(
    "model", [Popularity(), EASE(), ItemNeighbours(), ImplicitALS(n_factors=4, random_state=0)], ids=repr
)
def test_recommend__in_parts_as_in_one(model: recommender.Recommender, monkeypatch: pytest.MonkeyPatch) -> None:
    model.fit(TASTES.seen)
    rows = np.arange(30)
    whole = model.recommend(rows, k=5)[0]
    monkeypatch.setattr(recommender, "_SCORES_AT_ONCE", 100)
    np.testing.assert_array_equal(model.recommend(rows, k=5)[0], whole)


def test_chunks__cover_all_rows_once() -> None:
    rows = np.concatenate([np.arange(1_000)[part] for part in recommender.chunks(1_000, 3_000_000)])
    np.testing.assert_array_equal(rows, np.arange(1_000))


def test_rows_of__the_row_of_each_entry() -> None:
    matrix = csr_array(np.array([[1, 0, 2], [0, 0, 0], [0, 3, 0]]))
    assert recommender.rows_of(matrix).tolist() == [0, 0, 2]
