from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import approx_fprime

from insights.learning.prediction.likelihoods import bg_nbd, gamma_gamma, settle


def test_bg_nbd__gradient_is_that_of_the_likelihood() -> None:
    at = np.array([0.5, 0.7, 1.3, 0.4])
    x, t_x, age = np.array([0.0, 1.0, 5.0]), np.array([0.0, 0.3, 0.8]), np.array([1.0, 1.2, 0.9])
    _, gradient = bg_nbd(at, x, t_x, age)
    numeric = approx_fprime(at, lambda q: bg_nbd(q, x, t_x, age)[0])
    np.testing.assert_allclose(gradient.T, numeric, atol=1e-6)


def test_gamma_gamma__gradient_is_that_of_the_likelihood() -> None:
    at, x, mean = np.array([2.0, 1.5, 0.7]), np.array([1.0, 2.0, 5.0]), np.array([0.4, 1.0, 2.0])
    _, gradient = gamma_gamma(at, x, mean)
    numeric = approx_fprime(at, lambda q: gamma_gamma(q, x, mean)[0])
    np.testing.assert_allclose(gradient.T, numeric, atol=1e-6)


def valley(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """A slope without a lowest point."""
    return float(np.exp(-at[0] / 10)), np.array([-np.exp(-at[0] / 10) / 10])


def bowl(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    return float((at[0] - 2) ** 2), 2 * (at - 2)


def test_settle__a_clear_minimum_needs_no_penalty() -> None:
    at, penalty = settle(bowl, np.zeros(1), 0.0)
    assert at == pytest.approx([2.0])
    assert penalty == 0


def test_settle__a_valley_without_end_is_penalised_as_little_as_will_do() -> None:
    at, penalty = settle(valley, np.zeros(1), 0.0)
    assert penalty == 0.01
    assert 0 < at[0] < 7


def test_settle__starts_at_the_penalty_asked_for() -> None:
    at, penalty = settle(bowl, np.zeros(1), 1.0)
    assert penalty == 1
    assert at == pytest.approx([1.0])


def test_settle__gives_up_on_what_cannot_be_settled() -> None:
    with pytest.raises(ValueError, match="more customers with repeat orders are needed"):
        settle(lambda at: (-100 * float(at[0]), np.array([-100.0])), np.zeros(1), 0.0)
