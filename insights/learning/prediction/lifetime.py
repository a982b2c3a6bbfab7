"""How many orders a customer will still place, and what they will be worth.

Customers are described as in the papers: ``frequency`` x, the number of repeat orders (0 after the first);
``recency`` t_x, the time from the first to the last order; ``T``, the time from the first order to today. Any
unit of time serves; predictions are in the same unit.

- BG/NBD: Fader, Hardie & Lee, "Counting Your Customers the Easy Way" (Marketing Science 24, 2005).
- Gamma-Gamma: Fader & Hardie, "The Gamma-Gamma Model of Monetary Value" (2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ..validation import FloatArray, check_vectors
from .likelihoods import bg_nbd, gamma_gamma, orders_if_alive, settle

_ROWS_AT_ONCE = 2_000


class BetaGeoFitter(BaseEstimator):
    """BG/NBD: customers buy at a gamma-distributed rate, and may leave for good after each order.

    Equal customers are counted once and the likelihood has analytic gradients. Where the data do not settle the
    parameters (too few repeat orders, say) the likelihood is penalised, more firmly until they are settled.

    Args:
        regularization: least penalty, on the mean squared logarithm of the parameters (time in units of mean T).

    Attributes:
        r_, alpha_: shape and rate of the gamma distribution of order rates; ``alpha_`` is in units of time.
        a_, b_: parameters of the beta distribution of the probability to leave after an order.
        regularization_: the penalty that was needed; 0 for pure maximum likelihood.
        log_likelihood_: of the data under these parameters.
    """

    def __init__(self, regularization: float = 0.0) -> None:
        self.regularization = regularization

    def fit(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Self:
        """Find the parameters.

        Args:
            frequency: (n,) repeat orders, whole numbers from 0.
            recency: (n,) time from first to last order, 0 ≤ recency ≤ T; 0 where there is no repeat order.
            T: (n,) time from first order to today.

        Raises:
            ValueError: for empty, unequal, missing, negative or contradictory columns, or when all T are 0.
        """
        columns = np.column_stack(_customers(frequency, recency, T))
        unit = columns[:, 2].mean()
        if unit == 0:
            raise ValueError("T is 0 for every customer: nothing has had time to happen.")
        distinct, counts = np.unique(columns, axis=0, return_counts=True)
        x, t_x, age = distinct.T / np.array([[1.0], [unit], [unit]])
        weights = counts / counts.sum()

        def objective(log_parameters: FloatArray) -> tuple[float, FloatArray]:
            parameters = np.exp(log_parameters)
            values, gradients = bg_nbd(parameters, x, t_x, age)
            return -float(weights @ values), -(gradients @ weights) * parameters

        log_parameters, self.regularization_ = settle(objective, np.zeros(4), self.regularization)
        self.log_likelihood_ = -objective(log_parameters)[0] * float(counts.sum())
        self.r_, alpha, self.a_, self.b_ = np.exp(log_parameters).tolist()
        self.alpha_ = float(alpha * unit)
        self.log_likelihood_ -= float(np.log(unit) * columns[:, 0].sum())
        return self

    def predict_purchases(self, t: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> FloatArray:
        """Expected orders of each customer within the next ``t``, (n,).

        Equation 10 of the paper, as the integral from which its hypergeometric function came: that one overflows
        for customers with some hundreds of orders.

        Args:
            t: one length of time for all, or (n,) of them; 0 or more.
            frequency: as in :meth:`fit`.
            recency: as in :meth:`fit`.
            T: as in :meth:`fit`.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: as in :meth:`fit`.
        """
        check_is_fitted(self)
        x, t_x, age = _customers(frequency, recency, T)
        (ahead,) = check_vectors(minimum=0.0, t=np.atleast_1d(t))
        if len(ahead) not in (1, len(x)):
            raise ValueError(f"t must be one number or {len(x)} of them, not {len(ahead)}.")
        # Whether a customer is still there apart, only these three matter, and few combinations of them occur.
        triples = np.column_stack([x, age, np.broadcast_to(ahead, x.shape)])
        cases, case = np.unique(triples, axis=0, return_inverse=True)
        parts = (part.T for part in np.array_split(cases, len(cases) // _ROWS_AT_ONCE + 1))
        orders = [
            orders_if_alive(self.r_ + x_, ahead_ / (self.alpha_ + age_), self.a_, self.b_ + x_)
            for x_, age_, ahead_ in parts
        ]
        return self.probability_alive(x, t_x, age) * np.concatenate(orders)[case.ravel()]

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> FloatArray:
        """Probability that each customer has not left, (n,); by the model's assumption 1 before a repeat order.

        Args:
            frequency: as in :meth:`fit`.
            recency: as in :meth:`fit`.
            T: as in :meth:`fit`.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: as in :meth:`fit`.
        """
        check_is_fitted(self)
        x, t_x, age = _customers(frequency, recency, T)
        repeat = np.maximum(x, 1)
        odds = np.log(self.a_ / (self.b_ + repeat - 1))
        odds += (self.r_ + x) * np.log((self.alpha_ + age) / (self.alpha_ + t_x))
        return np.where(x > 0, expit(-odds), 1.0)


class GammaGammaFitter(BaseEstimator):
    """Gamma-Gamma: order values vary around each customer's own mean, and the means vary between customers.

    Value must not depend on frequency; only customers with repeat orders tell about the parameters. ``q_`` is kept
    above 1, where the mean over all customers exists.

    Args:
        regularization: least penalty, as in :class:`BetaGeoFitter` (money in units of the mean order).

    Attributes:
        p_: shape of the gamma distribution of a customer's order values.
        q_, v_: shape and rate of the gamma distribution of the customers' own rates; ``v_`` is in units of money.
        regularization_: the penalty that was needed; 0 for pure maximum likelihood.
    """

    def __init__(self, regularization: float = 0.0) -> None:
        self.regularization = regularization

    def fit(self, frequency: ArrayLike, monetary: ArrayLike) -> Self:
        """Find the parameters.

        Args:
            frequency: (n,) repeat orders, whole numbers from 0; customers without one do not count.
            monetary: (n,) mean value of the repeat orders, above 0 where there are any.

        Raises:
            ValueError: for empty, unequal, missing or negative columns, values of 0 with repeat orders, or when nobody
                has a repeat order.
        """
        x, mean = _spenders(frequency, monetary)
        if not x.any():
            raise ValueError("Nobody has a repeat order: order values cannot be learnt from.")
        x, mean = x[x > 0], mean[x > 0]
        unit = float(np.average(mean, weights=x))
        distinct, counts = np.unique(np.column_stack([x, mean / unit]), axis=0, return_counts=True)
        x, mean = distinct.T
        weights = counts / counts.sum()

        def objective(log_parameters: FloatArray) -> tuple[float, FloatArray]:
            parameters = np.exp(log_parameters)
            values, gradients = gamma_gamma(parameters + np.array([0.0, 1.0, 0.0]), x, mean)
            return -float(weights @ values), -(gradients @ weights) * parameters

        log_parameters, self.regularization_ = settle(objective, np.zeros(3), self.regularization)
        self.p_, above_1, v = np.exp(log_parameters).tolist()
        self.q_, self.v_ = 1 + above_1, v * unit
        return self

    def expected_value(self, frequency: ArrayLike, monetary: ArrayLike) -> FloatArray:
        """Expected value of a future order of each customer, (n,).

        The customer's own mean, drawn towards that of all customers the fewer orders it rests on (equation 5 of
        Fader & Hardie 2013); the mean of all customers where there is no repeat order.

        Args:
            frequency: as in :meth:`fit`.
            monetary: as in :meth:`fit`.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: as in :meth:`fit`.
        """
        check_is_fitted(self)
        x, mean = _spenders(frequency, monetary)
        return self.p_ * (self.v_ + x * mean) / (self.p_ * x + self.q_ - 1)


def customer_lifetime_value(
    bgf: BetaGeoFitter,
    ggf: GammaGammaFitter,
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,
    monetary: ArrayLike,
    horizons: Sequence[float] = (30, 90, 180, 365),
) -> FloatArray:
    """Money expected of each customer within each horizon: expected orders × expected value, not discounted.

    Args:
        bgf: fitted BG/NBD model.
        ggf: fitted Gamma-Gamma model.
        frequency: (n,) repeat orders.
        recency: (n,) time from first to last order.
        T: (n,) time from first order to today.
        monetary: (n,) mean value of the repeat orders.
        horizons: lengths of time, in the unit of ``T``.

    Returns:
        (n, len(horizons)), in the unit of ``monetary``.

    Raises:
        NotFittedError: when a model is not fitted.
        ValueError: as in the models, or without a horizon.
    """
    if not len(horizons):
        raise ValueError("horizons is empty: name at least one length of time.")
    value = ggf.expected_value(frequency, monetary)
    orders = [bgf.predict_purchases(horizon, frequency, recency, T) for horizon in horizons]
    return np.column_stack(orders) * value[:, None]


def _customers(frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> list[FloatArray]:
    x, t_x, age = check_vectors(minimum=0.0, frequency=frequency, recency=recency, T=T)
    _check_whole(x)
    if (t_x > age).any():
        raise ValueError("recency must not exceed T: both count from the first order.")
    if t_x[x == 0].any():
        raise ValueError("recency must be 0 where frequency is 0: the first order is also the last.")
    return [x, t_x, age]


def _spenders(frequency: ArrayLike, monetary: ArrayLike) -> list[FloatArray]:
    x, mean = check_vectors(minimum=0.0, frequency=frequency, monetary=monetary)
    _check_whole(x)
    if not mean[x > 0].all():
        raise ValueError("monetary must be above 0 where frequency is: leave customers with free orders out.")
    return [x, mean]


def _check_whole(x: FloatArray) -> None:
    if (x != np.floor(x)).any():
        raise ValueError("frequency must hold whole numbers: it counts repeat orders.")
