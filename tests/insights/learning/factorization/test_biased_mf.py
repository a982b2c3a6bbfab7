from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from insights.learning import BiasedMF
from insights.testing import EstimatorContract

from .planted import ratings

ALL = ratings()
TRAIN, TEST = slice(0, 5_000), slice(5_000, None)


class TestBiasedMF(EstimatorContract):
    def make(self) -> BiasedMF:
        return BiasedMF(n_factors=4, n_iterations=8, random_state=3)

    def data(self) -> tuple[Any, ...]:
        return ALL.users[TRAIN], ALL.items[TRAIN], ALL.values[TRAIN]

    def outcome(self, fitted: Any) -> Any:
        return fitted.predict(ALL.users[TEST], ALL.items[TEST])


def fitted(**parameters: Any) -> BiasedMF:
    model = BiasedMF(**{"n_factors": 4, "random_state": 0, "clip": False, **parameters})
    return model.fit(ALL.users[TRAIN], ALL.items[TRAIN], ALL.values[TRAIN])


def rmse(said: NDArray[np.float64]) -> float:
    return float(np.sqrt(((said - ALL.truth[TEST]) ** 2).mean()))


def test_predict__finds_the_planted_factors() -> None:
    mean = rmse(np.full(len(ALL.truth[TEST]), ALL.values[TRAIN].mean()))
    biases = rmse(fitted(n_factors=0).predict(ALL.users[TEST], ALL.items[TEST]))
    factors = rmse(fitted().predict(ALL.users[TEST], ALL.items[TEST]))
    assert factors < 0.35 < biases < mean


def test_predict__an_unknown_user_or_item_gets_the_biases_that_are_known() -> None:
    model = fitted()
    user, item = ALL.users[0], ALL.items[0]
    at_user, at_item = np.searchsorted(model.users_, user), np.searchsorted(model.items_, item)
    said = model.predict([-1, user, -1], [item, -1, -1])
    expected = [
        model.mean_ + model.item_bias_[at_item],
        model.mean_ + model.user_bias_[at_user],
        model.mean_,
    ]
    np.testing.assert_allclose(said, expected, rtol=1e-6)


def test_predict__is_the_formula() -> None:
    model = fitted()
    u, i = np.searchsorted(model.users_, ALL.users[7]), np.searchsorted(model.items_, ALL.items[7])
    expected = model.mean_ + model.user_bias_[u] + model.item_bias_[i] + model.user_factors_[u] @ model.item_factors_[i]
    assert model.predict([ALL.users[7]], [ALL.items[7]])[0] == pytest.approx(expected, rel=1e-5)


def test_predict__is_kept_within_what_was_seen() -> None:
    model = BiasedMF(n_factors=0, bias_regularization=0.01).fit(["a", "a", "b"], ["x", "y", "x"], [5, 1, 1])
    assert model.range_ == (1.0, 5.0)
    said = model.predict(["a", "b", "b"], ["x", "y", "x"])
    assert said.min() >= 1
    assert said.max() <= 5


def test_fit__texts_are_ids_too() -> None:
    texts = BiasedMF(n_factors=2, random_state=0).fit(
        ALL.users[TRAIN].astype(str), ALL.items[TRAIN].astype(str), ALL.values[TRAIN]
    )
    assert texts.predict([str(ALL.users[0])], [str(ALL.items[0])]).shape == (1,)


def test_fit__one_bias_by_hand() -> None:
    """A ridge of λ draws the mean of n ratings' differences to 0 as λ ratings of 0 would."""
    model = BiasedMF(n_factors=0, bias_regularization=2.0, n_iterations=200).fit(["u"] * 4, list("abcd"), [1, 2, 3, 4])
    assert model.mean_ == 2.5
    assert model.user_bias_[0] == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(model.item_bias_, np.array([-1.5, -0.5, 0.5, 1.5]) / 3, rtol=1e-5)


@pytest.mark.parametrize(
    "wrong",
    [{"n_factors": -1}, {"n_iterations": 0}, {"regularization": 0.0}, {"bias_regularization": 0.0}],
)
def test_fit__refuses_parameters_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        fitted(**wrong)


@pytest.mark.parametrize(
    "columns", [([1, 2], [1], [1.0, 2.0]), ([1], [1], [1.0, 2.0]), ([1], [1], [np.nan]), ([[1]], [[1]], [1.0])]
)
def test_fit__refuses_columns_that_do_not_fit(columns: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        BiasedMF().fit(*columns)
