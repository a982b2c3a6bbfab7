"""The rule of publishing: unless it is worse, and never when it loses to the simple rule."""

from __future__ import annotations

import numpy as np
import pytest

from insights.training import verdicts
from insights.training.verdicts import Interval, mean_interval, verdict, with_interval

NAN = float("nan")


@pytest.mark.parametrize(
    ("gain", "against", "same", "publish", "text"),
    [
        (0.1, None, False, True, verdicts.FIRST),
        (0.1, (-0.02, 0.03), False, True, verdicts.NOT_WORSE),
        (0.1, (0.01, 0.03), False, True, verdicts.NOT_WORSE),
        (0.1, (-0.03, -0.01), False, False, verdicts.LOST_TO_CURRENT),
        (0.1, (-0.03, -0.01), True, True, verdicts.SAME),
        (-0.001, None, False, False, verdicts.LOST_TO_BASELINE),
        (-0.001, (0.01, 0.03), False, False, verdicts.LOST_TO_BASELINE),
        (-0.001, None, True, False, verdicts.LOST_TO_BASELINE),
        (NAN, (0.01, 0.03), True, False, verdicts.NOTHING_TO_JUDGE),
    ],
)
def test_verdict(gain: float, against: Interval | None, same: bool, publish: bool, text: str) -> None:
    found = verdict(gain, against, same=same)
    assert (found.publish, found.text) == (publish, text)


def test_mean_interval__holds_the_mean_in_most_samples() -> None:
    random = np.random.default_rng(1)
    inside = 0
    for seed in range(100):
        low, high = mean_interval(random.normal(0.5, 1, 60), seed)
        inside += low <= 0.5 <= high
    assert 85 <= inside <= 100


def test_mean_interval__is_the_same_for_a_seed_and_leaves_out_what_says_nothing() -> None:
    values = np.array([1.0, 2.0, 3.0])
    with_gaps = np.array([1.0, NAN, 2.0, 3.0, NAN])
    assert mean_interval(values, 3) == mean_interval(with_gaps, 3)
    assert mean_interval(np.full(5, 2.0), 3) == (2.0, 2.0)
    assert np.isnan(mean_interval(np.array([NAN]), 3)).all()


def test_with_interval() -> None:
    assert with_interval({"auc": 0.7}, "auc", (0.6, 0.8)) == {"auc": 0.7, "auc_low": 0.6, "auc_high": 0.8}
