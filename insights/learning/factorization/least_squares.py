"""Many small ridge regressions at once: the half-step that every alternating least squares repeats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Factors = NDArray[np.float32]
Indices = NDArray[np.integer[Any]]

_FLOATS_AT_ONCE = 4_000_000


def solve_rows(
    indptr: Indices,
    indices: Indices,
    weights: NDArray[np.floating[Any]],
    targets: NDArray[np.floating[Any]],
    factors: Factors,
    common: Factors,
) -> Factors:
    """Solve one weighted ridge regression for each row of a sparse matrix.

    A row gets the x that solves ``(common + Σ w z zᵀ) x = Σ t z``, summed over its entries, with z the
    factors of the entry's column, w its weight and t its (weighted) target. Rows of like length are solved together
    by BLAS, in some tens of megabytes whatever the size of the matrix.

    Args:
        indptr: (n_rows + 1,), where each row begins, as in a CSR matrix.
        indices: (n_entries,) columns.
        weights: (n_entries,), 0 or more.
        targets: (n_entries,).
        factors: (n_columns, n_factors) float32.
        common: (n_factors, n_factors) float32, positive definite: the ridge and whatever else all rows share.

    Returns:
        (n_rows, n_factors) float32; zeros for a row without entries.
    """
    n_factors = factors.shape[1]
    solved = np.zeros((len(indptr) - 1, n_factors), dtype=np.float32)
    roots = np.sqrt(weights, dtype=np.float32)
    goals = np.asarray(targets, dtype=np.float32)
    for rows in _batches(np.diff(indptr), max(1, _FLOATS_AT_ONCE // n_factors**2)):
        starts, lengths = indptr[rows], indptr[rows + 1] - indptr[rows]
        left = np.repeat(common[None], len(rows), axis=0)
        right = np.zeros((len(rows), n_factors, 1), dtype=np.float32)
        width = max(1, _FLOATS_AT_ONCE // (len(rows) * n_factors))
        for begin in range(0, int(lengths.max()), width):
            steps = np.arange(begin, min(begin + width, int(lengths.max())))
            there = steps < lengths[:, None]
            entries = np.where(there, starts[:, None] + steps, 0)
            z = factors[indices[entries]]
            right += z.transpose(0, 2, 1) @ np.where(there, goals[entries], 0)[:, :, None]
            z *= np.where(there, roots[entries], 0)[:, :, None]
            left += z.transpose(0, 2, 1) @ z
        solved[rows] = np.linalg.solve(left, right)[:, :, 0]
    return solved


def _batches(lengths: Indices, most: int) -> Iterator[Indices]:
    """Rows with entries in parts of at most ``most``; the longest of a part is at most a quarter longer than the shortest."""
    by_length = np.argsort(lengths, kind="stable")
    by_length = by_length[lengths[by_length] > 0]
    sizes = lengths[by_length]
    begin = 0
    while begin < len(by_length):
        alike = int(np.searchsorted(sizes, sizes[begin] * 5 // 4, side="right"))
        end = min(alike, begin + most)
        yield by_length[begin:end]
        begin = end
