"""What every recommender of items promises, beside the contract of all estimators."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array, csr_matrix

from insights.learning import Popularity
from insights.learning.evaluation import ndcg_at_k
from insights.testing import EstimatorContract

from .planted import tastes

TASTES = tastes()


class RecommenderContract(EstimatorContract):
    """Give ``make``."""

    def data(self) -> tuple[Any, ...]:
        return (TASTES.seen,)

    def outcome(self, fitted: Any) -> Any:
        return fitted.recommend(np.arange(20), k=5)[1]

    def test_recommend__shapes_and_order(self) -> None:
        items, scores = self.make().fit(TASTES.seen).recommend([3, 1, 3], k=6)
        assert items.shape == scores.shape == (3, 6)
        assert (np.diff(scores, axis=1) <= 0).all()
        assert all(len(set(row)) == 6 for row in items)
        np.testing.assert_array_equal(items[0], items[2])

    def test_recommend__leaves_out_what_was_seen(self) -> None:
        fitted = self.make().fit(TASTES.seen)
        rows = np.arange(TASTES.seen.shape[0])
        items, _ = fitted.recommend(rows, k=10)
        seen = TASTES.seen.toarray()
        assert not seen[rows[:, None], items].any()
        repeated, _ = fitted.recommend(rows, k=10, exclude_seen=False)
        assert seen[rows[:, None], repeated].any()

    def test_recommend__fills_up_where_nothing_is_left(self) -> None:
        n_items = TASTES.seen.shape[1]
        items, scores = self.make().fit(TASTES.seen).recommend([0], k=n_items + 5)
        left = n_items - 7
        assert (items[0, left:] == -1).all()
        assert (scores[0, left:] == -np.inf).all()
        assert sorted(items[0, :left]) == sorted(set(range(n_items)) - set(TASTES.seen[[0]].indices))

    def test_recommend__many_users_as_one_by_one(self) -> None:
        fitted = self.make().fit(TASTES.seen)
        together, _ = fitted.recommend(np.arange(12), k=4)
        alone = np.vstack([fitted.recommend(row, k=4)[0] for row in range(12)])
        np.testing.assert_array_equal(together, alone)

    def test_recommend__a_user_without_history_gets_what_is_popular(self) -> None:
        seen = csr_array(np.vstack([TASTES.seen.toarray(), np.zeros((1, TASTES.seen.shape[1]))]))
        fitted = self.make().fit(seen)
        items, _ = fitted.recommend([seen.shape[0] - 1], k=5)
        popular = np.argsort(-fitted.popularity_, kind="stable")[:5]
        np.testing.assert_array_equal(items[0], popular)

    def test_recommend__is_no_worse_than_popularity(self) -> None:
        rows = np.arange(TASTES.seen.shape[0])
        ours, baseline = (
            ndcg_at_k(model.fit(TASTES.seen).recommend(rows, k=5)[0], TASTES.later, 5)
            for model in (self.make(), Popularity())
        )
        assert ours >= baseline
        if not isinstance(self.make(), Popularity):
            assert ours > 1.5 * baseline

    def test_recommend__refuses_what_it_cannot_answer(self) -> None:
        fitted = self.make().fit(TASTES.seen)
        with pytest.raises(ValueError, match="at least 1"):
            fitted.recommend([0], k=0)
        for row in (-1, TASTES.seen.shape[0]):
            with pytest.raises(IndexError, match="user_rows must lie between 0 and"):
                fitted.recommend([row])
        assert fitted.recommend([], k=3)[0].shape == (0, 3)

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            (np.ones((2, 2)), "CSR"),
            (csr_array((0, 3)), "empty"),
            (csr_array((3, 0)), "empty"),
            (csr_array((3, 3)), "no entry"),
            (csr_array(np.array([[1.0, -1.0]])), "finite numbers of 0 or more"),
            (csr_array(np.array([[1.0, np.nan]])), "finite numbers of 0 or more"),
        ],
    )
    def test_fit__refuses_what_is_no_matrix_of_interactions(self, wrong: Any, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            self.make().fit(wrong)

    def test_fit__doubled_entries_add_up_and_zeros_are_none(self) -> None:
        doubled = csr_matrix(([1.0, 1.0, 0.0, 3.0], ([0, 0, 0, 1], [1, 1, 2, 0])), shape=(2, 3))
        fitted = self.make().fit(doubled)
        np.testing.assert_array_equal(fitted.interactions_.toarray(), [[0, 2, 0], [3, 0, 0]])
        assert fitted.popularity_.tolist() == [1, 1, 0]
