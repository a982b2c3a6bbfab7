from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.exceptions import NotFittedError

from insights.learning import ImplicitALS

from .contract import TASTES, RecommenderContract


class TestImplicitALS(RecommenderContract):
    def make(self) -> ImplicitALS:
        return ImplicitALS(n_factors=8, n_iterations=8, random_state=5)


def fitted(**parameters: Any) -> ImplicitALS:
    return ImplicitALS(**{"n_factors": 8, "n_iterations": 10, "random_state": 0, **parameters}).fit(TASTES.seen)


def loss(model: ImplicitALS) -> float:
    seen = TASTES.seen.toarray().astype(np.float64)
    x, y = model.user_factors_.astype(np.float64), model.item_factors_.astype(np.float64)
    errors = (1 + model.alpha * seen) * ((seen > 0) - x @ y.T) ** 2
    return float(errors.sum() + model.user_ridge_ * (x**2).sum() + model.item_ridge_ * (y**2).sum())


def test_fit__each_round_lowers_the_loss() -> None:
    losses = [loss(fitted(n_iterations=rounds)) for rounds in (1, 2, 4, 8)]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] > losses[-1]


def test_fit__item_factors_solve_their_half_step() -> None:
    """The normal equations of Hu, Koren & Volinsky, written out for one item."""
    model = fitted()
    seen = TASTES.seen.toarray()[:, 3].astype(np.float64)
    x = model.user_factors_.astype(np.float64)
    left = x.T @ np.diag(1 + model.alpha * seen) @ x + model.item_ridge_ * np.eye(8)
    right = x.T @ ((1 + model.alpha * seen) * (seen > 0))
    np.testing.assert_allclose(model.item_factors_[3], np.linalg.solve(left, right), rtol=1e-3, atol=1e-5)


def test_fit__shapes_and_seed() -> None:
    model = fitted()
    assert model.user_factors_.shape == (160, 8)
    assert model.item_factors_.shape == (40, 8)
    assert model.user_factors_.dtype == model.item_factors_.dtype == np.float32
    assert not np.array_equal(model.item_factors_, fitted(random_state=1).item_factors_)


def test_recommend__of_the_own_taste() -> None:
    items, _ = fitted().recommend(np.arange(160), k=3)
    assert (TASTES.of_item[items] == TASTES.of_user[:, None]).mean() > 0.85


def test_fold_in__a_user_of_the_training_gets_nearly_the_same_list() -> None:
    model = fitted(n_iterations=30)
    again = model.fold_in(TASTES.seen[:20])
    close = (again * model.user_factors_[:20]).sum(axis=1)
    close /= np.linalg.norm(again, axis=1) * np.linalg.norm(model.user_factors_[:20], axis=1)
    assert close.min() > 0.98


def test_fold_in__somebody_new_is_given_the_own_taste() -> None:
    model = fitted()
    liked = np.flatnonzero(TASTES.of_item == 2)[:4]
    row = csr_array(([1.0] * 4, ([0] * 4, liked)), shape=(1, 40))
    scores = (model.fold_in(row) @ model.item_factors_.T)[0]
    assert (TASTES.of_item[np.argsort(-scores)[:6]] == 2).all()


def test_fold_in__without_history_is_zero() -> None:
    model = fitted()
    assert not model.fold_in(csr_array((2, 40), dtype=np.float32)).any()
    with pytest.raises(ValueError, match="40 are expected"):
        model.fold_in(csr_array((1, 39), dtype=np.float32))


def test_similar__of_the_same_taste_and_never_itself() -> None:
    model = fitted()
    items, cosines = model.similar(np.arange(40), k=4)
    assert items.shape == cosines.shape == (40, 4)
    assert not (items == np.arange(40)[:, None]).any()
    assert (np.diff(cosines, axis=1) <= 0).all()
    assert np.abs(cosines).max() <= 1 + 1e-5
    assert (TASTES.of_item[items] == TASTES.of_item[:, None]).mean() > 0.8


def test_similar__cosines_are_those_of_the_factors() -> None:
    model = fitted()
    (items,), (cosines,) = model.similar(5, k=3)
    y = model.item_factors_
    for item, cosine in zip(items, cosines, strict=True):
        assert cosine == pytest.approx(y[5] @ y[item] / np.linalg.norm(y[5]) / np.linalg.norm(y[item]), abs=1e-5)


def test_similar__refuses_as_recommend_does() -> None:
    with pytest.raises(NotFittedError):
        ImplicitALS().similar([0])
    with pytest.raises(ValueError, match="at least 1"):
        fitted().similar([0], k=0)
    with pytest.raises(IndexError):
        fitted().similar([40])


@pytest.mark.parametrize("wrong", [{"n_factors": 0}, {"n_iterations": 0}, {"regularization": 0.0}, {"alpha": -1.0}])
def test_fit__refuses_parameters_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        fitted(**wrong)
