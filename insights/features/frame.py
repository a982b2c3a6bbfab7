"""A matrix whose rows and columns have names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Frame:
    """Features of customers or products, sorted by id."""

    ids: NDArray[np.int64]
    """(n,) primary keys."""
    columns: tuple[str, ...]
    """d names."""
    matrix: NDArray[np.float64]
    """(n, d); NaN where there is nothing to measure."""

    def column(self, name: str) -> NDArray[np.float64]:
        """One column, (n,)."""
        return self.matrix[:, self.columns.index(name)]

    def select(self, names: tuple[str, ...]) -> NDArray[np.float64]:
        """Some of the columns, (n, len(names))."""
        return self.matrix[:, [self.columns.index(name) for name in names]]

    def __len__(self) -> int:
        return len(self.ids)


def aligned(
    ids: NDArray[np.int64], other_ids: NDArray[np.int64], values: NDArray, missing: float = 0.0
) -> NDArray[np.float64]:
    """``values`` of ``other_ids`` (sorted, distinct) put in the order of ``ids``; ``missing`` where there is none."""
    out = np.full(len(ids), missing, dtype=np.float64)
    if len(other_ids):
        places = np.minimum(np.searchsorted(other_ids, ids), len(other_ids) - 1)
        found = other_ids[places] == ids
        out[found] = values[places[found]]
    return out
