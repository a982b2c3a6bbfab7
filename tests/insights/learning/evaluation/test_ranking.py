from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, csr_matrix

from insights.learning.evaluation import (
    coverage,
    evaluate_ranking,
    hit_rate,
    mean_average_precision,
    mrr,
    ndcg_at_k,
    novelty,
    precision_at_k,
    ranking_table,
    recall_at_k,
)


def relevant(*rows: list[int], n_items: int = 8) -> Any:
    matrix = np.zeros((len(rows), n_items))
    for row, items in enumerate(rows):
        matrix[row, items] = 1
    return csr_array(matrix)


# The first user: hits at places 1 and 3 of 3 wanted; the second: a hit at place 2 of 1 wanted; the third none of 2.
LISTS = [[4, 0, 5, 1], [0, 7, 1, 2], [0, 1, 2, 3]]
WANTED = relevant([4, 5, 6], [7], [6, 7])


def test_ndcg__by_hand() -> None:
    first = (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3) + 1 / math.log2(4))
    second = 1 / math.log2(3)
    assert ndcg_at_k(LISTS, WANTED, 4) == pytest.approx((first + second + 0) / 3)


def test_ndcg__the_ideal_holds_no_more_than_k() -> None:
    assert ndcg_at_k([[4, 5]], relevant([4, 5, 6]), 2) == 1
    assert ndcg_at_k([[4, 5]], relevant([4, 5, 6]), 1) == 1


def test_recall_and_precision__by_hand() -> None:
    assert recall_at_k(LISTS, WANTED, 4) == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert recall_at_k(LISTS, WANTED, 1) == pytest.approx((1 / 3 + 0 + 0) / 3)
    assert precision_at_k(LISTS, WANTED, 4) == pytest.approx((2 / 4 + 1 / 4 + 0) / 3)


def test_mean_average_precision__by_hand() -> None:
    assert mean_average_precision(LISTS, WANTED, 4) == pytest.approx(((1 + 2 / 3) / 3 + 1 / 2 + 0) / 3)
    assert mean_average_precision([[4, 5]], relevant([4, 5, 6]), 2) == 1


def test_mrr_and_hit_rate__by_hand() -> None:
    assert mrr(LISTS, WANTED, 4) == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert hit_rate(LISTS, WANTED, 4) == pytest.approx(2 / 3)
    assert hit_rate(LISTS, WANTED, 1) == pytest.approx(1 / 3)


def test_users_without_a_relevant_item__say_nothing() -> None:
    assert recall_at_k([[0, 1], [0, 1]], relevant([0], []), 2) == 1
    assert math.isnan(ndcg_at_k([[0, 1]], relevant([]), 2))
    assert np.isnan(ranking_table([[0, 1], [0, 1]], relevant([0], []), 2)["mrr"]).tolist() == [False, True]


def test_filled_up_places__are_no_hits() -> None:
    assert precision_at_k([[0, -1, -1]], relevant([0, 7]), 3) == pytest.approx(1 / 3)
    assert hit_rate([[-1, -1]], relevant([7]), 2) == 0


def test_relevant__zeros_are_not_and_doubled_entries_count_once() -> None:
    stored = csr_matrix(([0.0, 1.0, 1.0], ([0, 0, 0], [1, 2, 2])), shape=(1, 4))
    assert recall_at_k([[1, 2]], stored, 2) == 1
    assert precision_at_k([[1, 2]], stored, 2) == 0.5


def test_coverage__by_hand() -> None:
    assert coverage([[0, 1], [1, -1]], 8) == 2 / 8
    with pytest.raises(ValueError, match="at least 1"):
        coverage([[0]], 0)


def test_novelty__by_hand() -> None:
    assert novelty([[0, 1], [2, -1]], [8, 2, 0], 8) == pytest.approx((0 + 2 + 3) / 3)
    with pytest.raises(ValueError, match="at least 1"):
        novelty([[0]], [1], 0)


def test_evaluate_ranking__all_at_once() -> None:
    told = evaluate_ranking(LISTS, WANTED, 4, popularity=np.ones(8), n_users=8)
    assert told["ndcg"] == ndcg_at_k(LISTS, WANTED, 4)
    assert told["coverage"] == coverage(LISTS, 8)
    assert told["novelty"] == 3
    assert told["users"] == 3
    assert set(evaluate_ranking(LISTS, WANTED, 2)) == set(told) - {"novelty"}


@pytest.mark.parametrize(
    ("lists", "wanted", "k", "message"),
    [
        ([[0, 1]], relevant([0]), 3, "between 1 and the length"),
        ([[0, 1]], relevant([0]), 0, "between 1 and the length"),
        ([[0, 1]], relevant([0], [1]), 2, "1 users and relevant has 2"),
        ([[0, 0]], relevant([0]), 2, "twice"),
        ([[0, 8]], relevant([0]), 2, "only 8 items"),
        ([0, 1], relevant([0]), 1, "two dimensions"),
    ],
)
def test_ranking_table__refuses_what_does_not_fit(lists: Any, wanted: Any, k: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ranking_table(lists, wanted, k)


@given(st.data())
def test_ranking_table__stays_within_bounds_and_a_perfect_list_is_perfect(data: st.DataObject) -> None:
    n_items = data.draw(st.integers(1, 9))
    k = data.draw(st.integers(1, n_items))
    items = st.permutations(range(n_items))
    users = data.draw(
        st.lists(st.tuples(items, st.sets(st.integers(0, n_items - 1), min_size=1)), min_size=1, max_size=4)
    )
    wanted = relevant(*[sorted(right) for _, right in users], n_items=n_items)
    table = ranking_table([shown for shown, _ in users], wanted, k)
    assert all(((values >= 0) & (values <= 1 + 1e-12)).all() for values in table.values())
    perfect = [sorted(range(n_items), key=lambda item, right=right: item not in right) for _, right in users]
    best = ranking_table(perfect, wanted, k)
    for name in ("ndcg", "map", "mrr", "hit_rate"):
        np.testing.assert_allclose(best[name], 1)
    for name, values in table.items():
        assert (values <= best[name] + 1e-12).all(), name
