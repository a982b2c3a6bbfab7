from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.learning.factorization import solve_rows


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 6))
def test_solve_rows__is_a_ridge_regression_a_row(seed: int, n_rows: int, n_factors: int) -> None:
    random = np.random.default_rng(seed)
    lengths = random.integers(0, 9, n_rows)
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    columns = random.integers(0, 15, indptr[-1])
    weights, targets = random.random(indptr[-1]), random.normal(size=indptr[-1])
    factors = random.normal(size=(15, n_factors)).astype(np.float32)
    common = np.eye(n_factors, dtype=np.float32) * 2
    solved = solve_rows(indptr, columns, weights, targets, factors, common)
    for row in range(n_rows):
        part = slice(indptr[row], indptr[row + 1])
        z = factors[columns[part]].astype(np.float64)
        expected = np.linalg.solve(2 * np.eye(n_factors) + (z.T * weights[part]) @ z, z.T @ targets[part])
        np.testing.assert_allclose(solved[row], expected, rtol=2e-3, atol=2e-4)


def test_solve_rows__in_parts_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    indptr = np.concatenate([[0], np.cumsum(random.integers(0, 40, 50))])
    columns = random.integers(0, 30, indptr[-1])
    weights, targets = random.random(indptr[-1]), random.random(indptr[-1])
    factors = random.normal(size=(30, 5)).astype(np.float32)
    given = (indptr, columns, weights, targets, factors, np.eye(5, dtype=np.float32))
    whole = solve_rows(*given)
    monkeypatch.setattr("insights.learning.factorization.least_squares._FLOATS_AT_ONCE", 60)
    np.testing.assert_allclose(solve_rows(*given), whole, rtol=1e-4, atol=1e-5)
