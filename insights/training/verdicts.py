"""Recipes compete: who is served is decided on the same later days, against the simple rule and the recipe before."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from .recipe import Verdict

N_RESAMPLES = 200
_CONFIDENCE = 0.95

FIRST = gettext_noop("Published: better than the simple rule. It is the first model of its kind.")
NOT_WORSE = gettext_noop("Published: better than the simple rule, and not worse than the recipe served before.")
SAME = gettext_noop("Published: better than the simple rule, with the recipe served before on newer data.")
LOST_TO_BASELINE = gettext_noop("Not published: the simple rule did better. What was served stays.")
LOST_TO_CURRENT = gettext_noop("Not published: the recipe served now did better on the same days. It stays.")
NOTHING_TO_JUDGE = gettext_noop("Not published: there was nothing to judge it by. What was served stays.")

Interval = tuple[float, float]


def verdict(gain: float, against_current: Interval | None, *, same: bool = False) -> Verdict:
    """The rule of publishing.

    Args:
        gain: how much better than the simple rule, in the measure that counts; NaN when it cannot be said.
        against_current: bootstrap interval of how much better than the recipe served now, judged on the same days;
            None when nothing is served, or it cannot be read.
        same: whether the recipe served now is the same one.
    """
    if np.isnan(gain):
        return Verdict(False, NOTHING_TO_JUDGE)
    if gain < 0:
        return Verdict(False, LOST_TO_BASELINE)
    if same:
        return Verdict(True, SAME)
    if against_current is None:
        return Verdict(True, FIRST)
    return Verdict(False, LOST_TO_CURRENT) if against_current[1] < 0 else Verdict(True, NOT_WORSE)


def mean_interval(differences: NDArray[np.float64], seed: int) -> Interval:
    """Percentile bootstrap interval of a mean (Efron & Tibshirani 1993, chapter 13).

    Args:
        differences: (n,) one number a row, user or customer; NaN says nothing and is left out.
        seed: of the samples.
    """
    known = differences[~np.isnan(differences)]
    if not len(known):
        return float("nan"), float("nan")
    random = np.random.default_rng(seed)
    means = [known[random.integers(len(known), size=len(known))].mean() for _ in range(N_RESAMPLES)]
    low, high = np.quantile(means, [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
    return float(low), float(high)


def with_interval(metrics: dict[str, Any], name: str, interval: Interval) -> dict[str, Any]:
    """A measure's bootstrap interval beside it, as ``<name>_low`` and ``<name>_high``."""
    return metrics | {f"{name}_low": interval[0], f"{name}_high": interval[1]}
