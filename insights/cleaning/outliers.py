"""Values that are far out of the way of their product."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from statistics import median

FEWEST = 20
"""Fewer values than these say nothing about what is usual."""
FACTOR = 20.0
DEVIATIONS = 6.0


def usual_range(values: Sequence[int]) -> tuple[float, float] | None:
    """The range outside of which a value is unusual; None when there are too few values.

    On a log scale: the median ± 6 robust standard deviations (1.4826 × the median absolute deviation; Rousseeuw and
    Croux 1993), and never narrower than a factor of 20 either way, since many products have one price only.
    All values must be above zero.
    """
    if len(values) < FEWEST:
        return None
    logs = [log(value) for value in values]
    middle = median(logs)
    spread = 1.4826 * median(abs(value - middle) for value in logs)
    width = max(log(FACTOR), DEVIATIONS * spread)
    return exp(middle - width), exp(middle + width)
