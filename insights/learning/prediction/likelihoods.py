"""The mathematics behind lifetime value: likelihoods with their gradients, an integral, and how they are maximised.

Equation numbers are those of Fader, Hardie & Lee (2005) and Fader & Hardie (2013); see ``lifetime``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, log_expit, psi

from ..validation import FloatArray

_LADDER = (0.0, 1e-4, 1e-3, 1e-2, 1e-1)
_FARTHEST = 7.0
_NODES = 200

Objective = Callable[[FloatArray], tuple[float, FloatArray]]


def bg_nbd(parameters: FloatArray, x: FloatArray, t_x: FloatArray, age: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood of each customer (equation 6) and its gradient, (n,) and (4, n)."""
    r, alpha, a, b = parameters
    repeat = np.maximum(x, 1)
    here = -(r + x) * np.log(alpha + age)
    gone = np.where(x > 0, np.log(a) - np.log(b + repeat - 1) - (r + x) * np.log(alpha + t_x), -np.inf)
    either = np.logaddexp(here, gone)
    value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + either
    value += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    p_gone = np.exp(gone - either)
    p_here = 1 - p_gone
    by_r = psi(r + x) - psi(r) + np.log(alpha) - p_here * np.log(alpha + age) - p_gone * np.log(alpha + t_x)
    by_alpha = r / alpha - (r + x) * (p_here / (alpha + age) + p_gone / (alpha + t_x))
    by_a = psi(a + b) - psi(a + b + x) + p_gone / a
    by_b = psi(a + b) + psi(b + x) - psi(b) - psi(a + b + x) - p_gone / (b + repeat - 1)
    return value, np.array([by_r, by_alpha, by_a, by_b])


def orders_if_alive(shape: FloatArray, ahead: FloatArray, a: float, b: FloatArray) -> FloatArray:
    """Mean of (1 − (1 + p · ahead)^−shape) / p over p ~ Beta(a, b), (n,).

    A straight line through both ends of the function has a known mean. What is left vanishes at both ends, so
    that in y = logit(p) the trapezoidal rule converges exponentially (Trefethen & Weideman 2014).
    """
    reach = np.sqrt(74 * (1 / (a + 1) + 1 / (b + 1)))
    middle = np.log((a + 1) / (b + 1))
    y, step = np.linspace(middle - reach - 37 / (a + 1), middle + reach + 37 / (b + 1), _NODES, retstep=True)
    p = expit(y)
    density = np.exp(a * log_expit(y) + b * log_expit(-y) - betaln(a, b))
    at_0, at_1 = shape * ahead, -np.expm1(-shape * np.log1p(ahead))
    bend = -np.expm1(-shape * np.log1p(p * ahead)) / p - at_0 * (1 - p) - at_1 * p
    return (at_0 * b + at_1 * a) / (a + b) + step * (bend * density).sum(axis=0)


def gamma_gamma(parameters: FloatArray, x: FloatArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood of each customer (equation 1a of Fader & Hardie 2013) and its gradient, (n,) and (3, n)."""
    p, q, v = parameters
    total = x * mean
    value = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
    value += (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(v + total)
    by_p = x * (psi(p * x + q) - psi(p * x) + np.log(total) - np.log(v + total))
    by_q = psi(p * x + q) - psi(q) + np.log(v) - np.log(v + total)
    by_v = q / v - (p * x + q) / (v + total)
    return value, np.array([by_p, by_q, by_v])


def settle(objective: Objective, start: FloatArray, least_penalty: float) -> tuple[FloatArray, float]:
    """Minimise from ``start``, with the first penalty from ``least_penalty`` up that gives an interior solution.

    Returns:
        The logarithms of the parameters, and the penalty on their mean square that was needed.

    Raises:
        ValueError: for a negative penalty, or where none of them settles the parameters.
    """
    if least_penalty < 0:
        raise ValueError(f"regularization must be 0 or more, not {least_penalty!r}.")

    def penalised(at: FloatArray, penalty: float) -> tuple[float, FloatArray]:
        value, gradient = objective(at)
        return value + penalty * float(np.mean(at**2)), gradient + 2 * penalty * at / len(at)

    bounds = [(-_FARTHEST, _FARTHEST)] * len(start)
    for penalty in sorted({least_penalty, *(step for step in _LADDER if step > least_penalty)}):
        found = minimize(
            penalised,
            start,
            args=(penalty,),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 1_000, "ftol": 1e-12, "gtol": 1e-7},
        )
        if np.isfinite(found.fun) and np.abs(found.x).max() < _FARTHEST:
            return found.x, penalty
    raise ValueError("The data do not settle the parameters: more customers with repeat orders are needed.")
