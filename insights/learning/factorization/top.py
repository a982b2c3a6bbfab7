"""The best few of many scores, always in the same order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NOTHING = -1


def top_k(scores: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The columns with the ``k`` highest scores of each row, best first; the lower column wins a tie.

    Args:
        scores: (n_rows, n_columns); ``-inf`` marks what must not be taken.
        k: how many, 1 or more.

    Returns:
        Columns and scores, both (n_rows, k); where a row has fewer to give, ``-1`` and ``-inf`` fill it up.
    """
    n_rows, n_columns = scores.shape
    taken = min(k, n_columns)
    columns = np.full((n_rows, k), NOTHING, dtype=np.int64)
    values = np.full((n_rows, k), -np.inf, dtype=np.float32)
    if not taken:
        return columns, values
    best = np.argpartition(scores, n_columns - taken, axis=1)[:, n_columns - taken :]
    threshold = np.take_along_axis(scores, best, axis=1).min(axis=1)
    for row in np.flatnonzero((scores >= threshold[:, None]).sum(axis=1) > taken):
        above = np.flatnonzero(scores[row] > threshold[row])
        level = np.flatnonzero(scores[row] == threshold[row])
        best[row] = np.concatenate([above, level[: taken - len(above)]])
    best.sort(axis=1)
    found = np.take_along_axis(scores, best, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    columns[:, :taken] = np.take_along_axis(best, order, axis=1)
    values[:, :taken] = np.take_along_axis(found, order, axis=1)
    columns[values == -np.inf] = NOTHING
    return columns, values
