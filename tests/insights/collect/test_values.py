from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.collect.values import amount, moment, place_of, text


@pytest.mark.parametrize(
    ("said", "meant"),
    [(1, "1"), ("2.50", "2.50"), (0.1, "0.1"), (-3, "-3")],
)
def test_amount(said: object, meant: str) -> None:
    assert amount(said) == Decimal(meant)


@pytest.mark.parametrize("said", [None, True, "x", "", float("nan"), float("inf"), "1e99", 10**12, [], {}])
def test_amount__nothing_else(said: object) -> None:
    assert amount(said) is None


@given(st.text(max_size=80), st.integers(1, 50))
def test_text__is_one_short_line_that_every_database_takes(said: str, limit: int) -> None:
    found = text(said, limit)
    assert len(found) <= limit
    assert found.isprintable()
    assert text(found, limit) == found.strip()
    found.encode()


def test_place_of__neither_query_nor_password_of_a_referrer() -> None:
    place = place_of("https://x.example/a/?token=s&utm_source=n", "https://kim:pw@other.example/b?q=1", "x.example")
    assert place == ("/a/", "https://other.example/b", "n", "", "")
    assert place_of("http://[broken", "", "x.example")[0] == ""


@pytest.mark.parametrize("said", [None, True, "1", 0, -1, 253_402_300_799_000, float("nan"), 10**400])
def test_moment__nothing_but_milliseconds_of_our_time(said: object) -> None:
    assert moment(said) is None
