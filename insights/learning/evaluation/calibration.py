"""Does "30 %" happen 30 % of the time? The reliability table and the expected calibration error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..validation import check_binary, check_probabilities, check_vectors


def calibration_table(y: ArrayLike, p: ArrayLike, bins: int = 10) -> list[dict[str, float]]:
    """Predicted against observed share in bins of equal width; bins without rows are left out.

    Args:
        y: (n,) of 0 and 1, what happened.
        p: (n,) predicted probabilities.
        bins: number of bins over 0–1; a value on an edge belongs to the upper bin, 1 to the last.

    Returns:
        For each bin ``low``, ``high``, ``count``, ``predicted`` (mean of ``p``), ``observed`` (share of ``y``).

    Raises:
        ValueError: for empty or unequal arrays, other labels than 0 and 1, values outside 0–1, ``bins`` below 1.
    """
    if bins < 1:
        raise ValueError(f"bins must be at least 1, not {bins}.")
    labels, probabilities = check_vectors(y=check_binary("y", y), p=check_probabilities("p", p))
    edges = np.linspace(0.0, 1.0, bins + 1)
    places = np.searchsorted(edges[1:-1], probabilities, side="right")
    counts = np.bincount(places, minlength=bins)
    predicted = np.bincount(places, weights=probabilities, minlength=bins)
    observed = np.bincount(places, weights=labels, minlength=bins)
    return [
        {
            "low": float(edges[place]),
            "high": float(edges[place + 1]),
            "count": int(counts[place]),
            "predicted": float(predicted[place] / counts[place]),
            "observed": float(observed[place] / counts[place]),
        }
        for place in np.flatnonzero(counts)
    ]


def expected_calibration_error(y: ArrayLike, p: ArrayLike, bins: int = 10) -> float:
    """Mean distance between predicted and observed share, weighted by the rows of each bin: 0 is perfect.

    Naeini, Cooper & Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (AAAI 2015).

    Args:
        y: (n,) of 0 and 1.
        p: (n,) predicted probabilities.
        bins: number of bins of equal width.

    Raises:
        ValueError: as in :func:`calibration_table`.
    """
    table = calibration_table(y, p, bins)
    distance = sum(row["count"] * abs(row["observed"] - row["predicted"]) for row in table)
    return distance / sum(row["count"] for row in table)
