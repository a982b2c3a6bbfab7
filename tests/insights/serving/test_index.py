from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.serving import index
from insights.training.registry import rollback
from tests.insights.serving.world import World, published, train


@given(st.lists(st.integers(1, 50), unique=True), st.lists(st.integers(0, 60)))
def test_places__are_those_of_the_keys_in_any_order(ids: list[int], wanted: list[int]) -> None:
    found = index.Keys(np.array(ids, dtype=np.int64)).places(wanted)
    assert found.tolist() == [ids.index(key) if key in ids else -1 for key in wanted]


def test_fold_in__gives_what_the_estimator_gives(trained: World) -> None:
    from scipy.sparse import csr_array

    from insights.learning import ImplicitALS

    found = index.factors()
    assert found is not None
    als = ImplicitALS(n_factors=8)
    als.item_factors_, als.user_ridge_ = np.array(found.item_factors), found.user_ridge
    als.user_factors_ = als.item_factors_
    row = csr_array(([2.0, 1.0], ([0, 0], [3, 7])), shape=(1, 20))
    ours = found.fold_in(np.array([3, 7]), np.array([2.0, 1.0], dtype=np.float32))
    np.testing.assert_allclose(ours, als.fold_in(row)[0], rtol=1e-4)


@pytest.mark.django_db
def test_factors__none_before_a_training() -> None:
    assert index.factors() is None
    assert index.neighbours() is None


def test_factors__are_opened_once_and_follow_the_pointer(trained: World) -> None:
    first = index.factors()
    assert first is not None
    assert index.factors() is first
    assert isinstance(first.item_factors, np.memmap)
    train(trained)
    second = index.factors()
    assert second is not None
    assert second.version.number == 2
    rollback("implicit")
    third = index.factors()
    assert third is not None
    assert third.version.number == 1


def test_factors__a_model_without_factors_is_left_aside(world: World) -> None:
    published("implicit", "Popularity", {"item_ids": np.arange(3)})
    assert index.factors() is None
