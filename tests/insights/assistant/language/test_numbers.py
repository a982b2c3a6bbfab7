from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.assistant.language.numbers import read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,200", 1200),
        ("1.5k", 1500),
        ("twenty", 20),
        ("twenty-five", 25),
        ("two hundred and five", 205),
        ("three thousand", 3000),
        ("a dozen", 12),
        ("两百", 200),
        ("3万", 30000),
        ("1.5万", 15000),
        ("二十", 20),
        ("半", 0.5),
        ("several", None),
        ("几", None),
        ("", None),
    ],
)
def test_read_number__value(text: str, value: float | None) -> None:
    assert read_number(text) == value


@given(st.integers(min_value=0, max_value=10**9))
def test_read_number__digits_with_thousands(number: int) -> None:
    assert read_number(f"{number:,}") == number


@given(st.text(max_size=12))
def test_read_number__never_fails(text: str) -> None:
    read_number(text)
