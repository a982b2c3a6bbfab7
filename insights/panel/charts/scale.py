"""From data to pixels: nice ticks and linear scales."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Linear:
    """Maps ``low``–``high`` onto ``start``–``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value; of a scale without extent, its start."""
        if self.high == self.low:
            return self.start
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(high: float, *, low: float = 0.0, count: int = 4, whole: bool = False) -> list[float]:
    """Round numbers that enclose ``low``–``high``, nought among them.

    Args:
        high: the greatest value to enclose.
        low: the least; above nought it is taken for nought, since axes begin there.
        count: about how many steps are wanted.
        whole: whether steps below one make no sense, as with orders.
    """
    low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-12:
        high = low + 1.0
    rough = (high - low) / count
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(size * magnitude for size in _STEPS if size * magnitude >= rough * 0.999)
    if whole:
        step = max(1.0, math.ceil(step))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def spread(count: int, most: int) -> list[int]:
    """Up to ``most`` positions out of ``count`` in even steps, the first and the last among them."""
    if count <= most:
        return list(range(count))
    step = -(-(count - 1) // (most - 1))
    places = list(range(0, count, step))
    # The last one takes the place of a neighbour that its label would touch.
    if count - 1 - places[-1] < 0.6 * step and len(places) > 1:
        places.pop()
    return [*places, count - 1] if places[-1] != count - 1 else places


def extent(values: Iterable[float | None]) -> tuple[float, float]:
    """The least and the greatest of the values that are there; (0, 0) without any."""
    there = [value for value in values if value is not None and math.isfinite(value)]
    return (min(there), max(there)) if there else (0.0, 0.0)


def runs(values: Iterable[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches without a gap, each as (position, value): a line is not drawn over what is missing."""
    stretches: list[list[tuple[int, float]]] = [[]]
    for position, value in enumerate(values):
        if value is None or not math.isfinite(value):
            stretches.append([])
        else:
            stretches[-1].append((position, value))
    return [stretch for stretch in stretches if stretch]
