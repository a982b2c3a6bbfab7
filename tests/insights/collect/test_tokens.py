from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.collect import Shown, shown, token


@given(st.text(max_size=40), st.integers(1, 2**40), st.integers(1, 100))
def test_shown__reads_what_token_writes(list_id: str, product: int, place: int) -> None:
    item = Shown(list_id, product, place)
    assert shown(token(item)) == item


@pytest.mark.parametrize("text", ["", "for_you|1|1", "for_you|1|1:x", None, 7, "a" * 300, ["x"]])
def test_shown__takes_nothing_else(text: object) -> None:
    assert shown(text) is None


def test_shown__a_changed_token_is_worthless() -> None:
    good = token(Shown("for_you:personal", 12, 1))
    assert shown(good.replace("12", "13", 1)) is None
