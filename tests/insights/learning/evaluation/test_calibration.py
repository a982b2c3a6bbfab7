from __future__ import annotations

import numpy as np
import pytest

from insights.learning.evaluation import calibration_table, expected_calibration_error

Y = [0, 0, 1, 1, 1, 0]
P = [0.05, 0.1, 0.1, 0.55, 1.0, 0.5]


def test_calibration_table__bins_hold_their_lower_edge() -> None:
    table = calibration_table(Y, P, bins=10)
    assert [(round(row["low"], 1), row["count"]) for row in table] == [(0.0, 1), (0.1, 2), (0.5, 2), (0.9, 1)]
    assert table[2]["predicted"] == pytest.approx(0.525)
    assert table[2]["observed"] == 0.5


def test_expected_calibration_error__by_hand() -> None:
    expected = (1 * 0.05 + 2 * 0.4 + 2 * 0.025 + 1 * 0.0) / 6
    assert expected_calibration_error(Y, P) == pytest.approx(expected)


def test_expected_calibration_error__is_small_for_true_probabilities() -> None:
    random = np.random.default_rng(0)
    p = random.random(20_000)
    y = random.random(20_000) < p
    assert expected_calibration_error(y, p) < 0.02
    assert expected_calibration_error(y, p**3) > 0.15


@pytest.mark.parametrize(
    ("y", "p", "bins", "message"),
    [
        ([0, 1], [0.5], 10, "same length"),
        ([0, 2], [0.5, 0.5], 10, "only 0 and 1"),
        ([0, 1], [0.5, 1.5], 10, "between 0 and 1"),
        ([], [], 10, "empty"),
        ([0, 1], [0.5, 0.5], 0, "bins must be at least 1"),
    ],
)
def test_calibration_table__says_what_is_wrong(y: list[int], p: list[float], bins: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        calibration_table(y, p, bins)
