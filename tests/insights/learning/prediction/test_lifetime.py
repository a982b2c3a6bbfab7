from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta
from sklearn.exceptions import NotFittedError

from insights.learning import BetaGeoFitter, GammaGammaFitter, customer_lifetime_value
from insights.learning.prediction import lifetime
from insights.learning.prediction.likelihoods import bg_nbd
from insights.testing import EstimatorContract

Columns = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def bought(n: int, r: float, alpha: float, a: float, b: float, seed: int, ahead: float = 0) -> tuple[Columns, Any]:
    """Customers of a BG/NBD world seen for 200 to 700 days, and their orders in the days ``ahead``."""
    random = np.random.default_rng(seed)
    age = random.integers(200, 700, n).astype(float)
    rate, leaving = random.gamma(r, 1 / alpha, n), random.beta(a, b, n)
    x, t_x, later, now = np.zeros((4, n))
    active = np.ones(n, dtype=bool)
    while active.any():
        now += random.exponential(1 / rate)
        buys = active & (now <= age + ahead)
        seen = buys & (now <= age)
        x, t_x, later = x + seen, np.where(seen, now, t_x), later + (buys & ~seen)
        active = buys & (random.random(n) >= leaving)
    return (x, t_x, age), later


def fitted(r: float, alpha: float, a: float, b: float) -> BetaGeoFitter:
    model = BetaGeoFitter()
    model.r_, model.alpha_, model.a_, model.b_ = r, alpha, a, b
    return model


TRUTH = {"r": 0.7, "alpha": 60.0, "a": 0.8, "b": 2.4}
CUSTOMERS, _ = bought(400, **TRUTH, seed=0)


class TestBetaGeoFitter(EstimatorContract):
    def make(self) -> BetaGeoFitter:
        return BetaGeoFitter()

    def data(self) -> tuple[Any, ...]:
        return CUSTOMERS

    def outcome(self, fitted: Any) -> Any:
        return fitted.predict_purchases(90, *CUSTOMERS)


class TestGammaGammaFitter(EstimatorContract):
    def make(self) -> GammaGammaFitter:
        return GammaGammaFitter()

    def data(self) -> tuple[Any, ...]:
        return spent(400, 6.25, 3.74, 15.44, seed=0)

    def outcome(self, fitted: Any) -> Any:
        return fitted.expected_value(*self.data())


def spent(n: int, p: float, q: float, v: float, seed: int) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Customers of a Gamma-Gamma world: repeat orders and their mean value."""
    random = np.random.default_rng(seed)
    x = random.integers(0, 9, n)
    shape = p * np.maximum(x, 1)
    rate = random.gamma(q, 1 / v, n) * np.maximum(x, 1)
    return x, np.where(x > 0, random.gamma(shape, 1 / rate), 0.0)


def test_bg_nbd__recovers_the_truth() -> None:
    customers, _ = bought(12_000, **TRUTH, seed=1)
    model = BetaGeoFitter().fit(*customers)
    assert model.regularization_ == 0
    found = [model.r_, model.alpha_, model.a_, model.b_]
    np.testing.assert_allclose(found, list(TRUTH.values()), rtol=0.15)


def test_bg_nbd__foretells_later_orders() -> None:
    customers, later = bought(6_000, **TRUTH, seed=2, ahead=180)
    model = BetaGeoFitter().fit(*customers)
    expected = model.predict_purchases(180, *customers)
    assert expected.sum() == pytest.approx(later.sum(), rel=0.05)
    order = np.argsort(expected)
    for tenth in np.array_split(order, 10)[5:]:
        assert expected[tenth].mean() == pytest.approx(later[tenth].mean(), rel=0.35, abs=0.05)


def test_bg_nbd__log_likelihood_is_in_the_units_given() -> None:
    x, t_x, age = CUSTOMERS
    model = BetaGeoFitter().fit(x, t_x, age)
    at = np.array([model.r_, model.alpha_, model.a_, model.b_])
    assert model.log_likelihood_ == pytest.approx(bg_nbd(at, x, t_x, age)[0].sum())


def test_bg_nbd__the_unit_of_time_does_not_matter() -> None:
    x, t_x, age = CUSTOMERS
    days, weeks = BetaGeoFitter().fit(x, t_x, age), BetaGeoFitter().fit(x, t_x / 7, age / 7)
    assert weeks.alpha_ == pytest.approx(days.alpha_ / 7, rel=1e-3)
    np.testing.assert_allclose(
        weeks.predict_purchases(10, x, t_x / 7, age / 7), days.predict_purchases(70, x, t_x, age), rtol=1e-3
    )


def test_predict_purchases__the_customer_of_the_papers_spreadsheet() -> None:
    cdnow = fitted(0.243, 4.414, 0.793, 2.426)
    assert cdnow.predict_purchases(39, [2], [30.43], [38.86]) == pytest.approx(1.226, abs=5e-4)


@pytest.mark.parametrize("x", [0, 1, 8])
@pytest.mark.parametrize("t", [1, 30, 400])
def test_predict_purchases__agrees_with_equation_10(x: int, t: float) -> None:
    r, alpha, a, b = 0.6, 40.0, 1.7, 3.1
    t_x, age = (200.0 if x else 0.0), 260.0
    series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
    top = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * series)
    below = 1 + (x > 0) * a / (b + x - 1 if x else 1) * ((alpha + age) / (alpha + t_x)) ** (r + x)
    assert fitted(r, alpha, a, b).predict_purchases(t, [x], [t_x], [age])[0] == pytest.approx(top / below)


@pytest.mark.parametrize(
    ("parameters", "x"),
    [
        ((0.2, 4.4, 0.8, 2.4), 400),
        ((0.5, 60.0, 1.0, 3.0), 2),
        ((5.0, 300.0, 300.0, 900.0), 3),
        ((0.05, 2.0, 0.05, 0.5), 30),
        ((0.9, 1.0, 1_000.0, 0.01), 1),
        ((5.0, 2.0, 0.5, 1_000.0), 0),
    ],
)
def test_predict_purchases__holds_where_the_hypergeometric_function_does_not(
    parameters: tuple[float, float, float, float], x: int
) -> None:
    r, alpha, a, b = parameters
    age, t = 30.0, 3_650.0
    t_x = 29.0 if x else 0.0
    model = fitted(*parameters)

    def orders(quantile: float) -> float:
        p = beta.ppf(quantile, a, b + x)
        slope = (r + x) * t / (alpha + age)
        return float(-np.expm1(-(r + x) * np.log1p(p * t / (alpha + age))) / p) if p > 1e-300 else slope

    expected = quad(orders, 0, 1, limit=200)[0] * model.probability_alive([x], [t_x], [age])[0]
    assert model.predict_purchases(t, [x], [t_x], [age])[0] == pytest.approx(expected, rel=1e-5)


def test_predict_purchases__takes_one_time_a_customer_and_nothing_in_no_time() -> None:
    model = fitted(**TRUTH)
    each = model.predict_purchases([0, 30], [2, 2], [50, 50], [90, 90])
    assert each[0] == pytest.approx(0, abs=1e-12)
    assert each[1] == model.predict_purchases(30, [2], [50], [90])[0]


def test_predict_purchases__many_customers_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    model = fitted(**TRUTH)
    whole = model.predict_purchases(90, *CUSTOMERS)
    monkeypatch.setattr(lifetime, "_ROWS_AT_ONCE", 7)
    np.testing.assert_array_equal(model.predict_purchases(90, *CUSTOMERS), whole)


def test_probability_alive__falls_with_silence_and_is_1_before_a_repeat_order() -> None:
    model = fitted(**TRUTH)
    alive = model.probability_alive([3, 3, 3, 0], [100, 100, 100, 0], [100, 200, 600, 600])
    assert (np.diff(alive[:3]) < 0).all()
    assert alive[3] == 1
    assert 0 < alive[2] < alive[0] < 1


@pytest.mark.parametrize(
    "customers",
    [
        ([0, 0, 0], [0, 0, 0], [5, 6, 7]),
        ([1], [2], [3]),
        ([3, 3], [3, 3], [3, 3]),
        ([0] * 50 + [1], [0] * 50 + [3], [30] * 51),
    ],
)
def test_bg_nbd__data_that_settle_nothing_are_penalised(customers: tuple[list[int], ...]) -> None:
    model = BetaGeoFitter().fit(*customers)
    assert model.regularization_ > 0
    assert (model.predict_purchases(30, *customers) >= 0).all()


@pytest.mark.parametrize(
    ("customers", "message"),
    [
        (([1, 0], [1], [2, 2]), "same length"),
        (([-1], [0], [2]), "frequency must not be below 0"),
        (([1.5], [1], [2]), "whole numbers"),
        (([1], [3], [2]), "recency must not exceed T"),
        (([0], [1], [2]), "recency must be 0 where frequency is 0"),
        (([0], [0], [0]), "T is 0 for every customer"),
        (([0], [0], [np.nan]), "T holds NaN"),
    ],
)
def test_bg_nbd__says_what_is_wrong(customers: tuple[list[float], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BetaGeoFitter().fit(*customers)


def test_predict_purchases__refuses_times_of_another_length() -> None:
    with pytest.raises(ValueError, match="t must be one number or 1 of them, not 2"):
        fitted(**TRUTH).predict_purchases([1, 2], [0], [0], [5])


def test_bg_nbd__refuses_a_negative_penalty() -> None:
    with pytest.raises(ValueError, match="regularization must be 0 or more"):
        BetaGeoFitter(regularization=-1).fit(*CUSTOMERS)


def test_gamma_gamma__recovers_the_truth() -> None:
    model = GammaGammaFitter().fit(*spent(20_000, 6.25, 3.74, 15.44, seed=1))
    assert model.regularization_ == 0
    assert model.q_ == pytest.approx(3.74, rel=0.05)
    # Order values tell the product of shape and rate far better than either.
    assert model.p_ * model.v_ == pytest.approx(6.25 * 15.44, rel=0.03)
    assert model.p_ == pytest.approx(6.25, rel=0.25)


def test_expected_value__is_drawn_to_the_mean_of_all_the_fewer_the_orders() -> None:
    model = GammaGammaFitter()
    model.p_, model.q_, model.v_ = 6.25, 3.74, 15.44
    overall = 6.25 * 15.44 / 2.74
    none, one, many = model.expected_value([0, 1, 50], [0, 100, 100])
    assert none == pytest.approx(overall)
    assert overall < one < many < 100


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([0, 0], [0, 0]), "Nobody has a repeat order"),
        (([1], [0]), "monetary must be above 0"),
        (([1], [-5]), "monetary must not be below 0"),
        (([1, 2], [5]), "same length"),
    ],
)
def test_gamma_gamma__says_what_is_wrong(columns: tuple[list[float], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GammaGammaFitter().fit(*columns)


def test_customer_lifetime_value__orders_times_value_for_each_horizon() -> None:
    x, t_x, age = CUSTOMERS
    mean = np.where(x > 0, 20.0 + np.arange(len(x)) % 30, 0.0)
    orders, values = BetaGeoFitter().fit(x, t_x, age), GammaGammaFitter().fit(x, mean)
    worth = customer_lifetime_value(orders, values, x, t_x, age, mean, horizons=(30, 365))
    assert worth.shape == (400, 2)
    np.testing.assert_allclose(worth[:, 1], orders.predict_purchases(365, x, t_x, age) * values.expected_value(x, mean))
    assert (worth[:, 1] > worth[:, 0]).all()


def test_customer_lifetime_value__needs_fitted_models_and_a_horizon() -> None:
    with pytest.raises(NotFittedError):
        customer_lifetime_value(fitted(**TRUTH), GammaGammaFitter(), [0], [0], [5], [0])
    with pytest.raises(ValueError, match="horizons is empty"):
        customer_lifetime_value(fitted(**TRUTH), GammaGammaFitter(), [0], [0], [5], [0], horizons=())
