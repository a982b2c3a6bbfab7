from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from insights.learning.factorization import top_k

# Few distinct values, so that ties are common.
SCORES = arrays(
    np.float32,
    st.tuples(st.integers(0, 5), st.integers(0, 12)),
    elements=st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 2.0]),
)


@given(SCORES, st.integers(1, 15))
def test_top_k__is_a_stable_sort_cut_off(scores: np.ndarray, k: int) -> None:
    columns, values = top_k(scores, k)
    assert columns.shape == values.shape == (scores.shape[0], k)
    for row, given_row in enumerate(scores):
        ranked = sorted((-value, column) for column, value in enumerate(given_row) if value > -np.inf)[:k]
        assert [(-v, c) for v, c in zip(values[row], columns[row], strict=True) if c >= 0] == ranked
        assert (columns[row, len(ranked) :] == -1).all()
        assert (values[row, len(ranked) :] == -np.inf).all()
