from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.features.frame import Frame, aligned

IDS = st.lists(st.integers(1, 40), unique=True, max_size=20).map(lambda ids: np.array(sorted(ids), dtype=np.int64))


@given(IDS, IDS)
def test_aligned__puts_each_value_beside_its_id(ids: np.ndarray, others: np.ndarray) -> None:
    found = aligned(ids, others, others * 10.0, missing=-1)
    there = set(others.tolist())
    assert found.tolist() == [number * 10 if number in there else -1 for number in ids.tolist()]


def test_frame__columns_by_name() -> None:
    frame = Frame(np.array([3, 7]), ("a", "b", "c"), np.array([[1.0, 2.0, np.nan], [4.0, 5.0, 6.0]]))
    assert len(frame) == 2
    assert frame.column("b").tolist() == [2, 5]
    assert frame.select(("b", "a")).tolist() == [[2, 1], [5, 4]]
    with pytest.raises(ValueError, match="not in tuple"):
        frame.column("d")
