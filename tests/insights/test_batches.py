from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from insights.batches import batches


@given(st.lists(st.integers()), st.integers(1, 7))
def test_batches__nothing_is_lost_and_none_is_too_long(items: list[int], size: int) -> None:
    pieces = list(batches(iter(items), size))
    assert [item for piece in pieces for item in piece] == items
    assert all(len(piece) == size for piece in pieces[:-1])
    assert all(0 < len(piece) <= size for piece in pieces)
