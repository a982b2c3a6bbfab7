from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning.behaviour import PAGES_A_MINUTE, PAGES_AN_HOUR, behaviour_reason

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


def every(seconds: float, count: int) -> list[datetime]:
    return [START + timedelta(seconds=seconds * place) for place in range(count)]


def test_reason__is_more_than_the_limit_within_its_time() -> None:
    assert behaviour_reason(every(0.5, PAGES_A_MINUTE + 1)) == "too_fast"
    assert behaviour_reason(every(0.5, PAGES_A_MINUTE)) == ""
    assert behaviour_reason(every(5, PAGES_AN_HOUR + 1)) == "too_fast"
    assert behaviour_reason(every(7, PAGES_AN_HOUR + 1)) == ""
    assert behaviour_reason([]) == ""


@given(st.lists(st.floats(0, 90_000), max_size=200))
def test_reason__is_that_of_a_count_by_hand(seconds: list[float]) -> None:
    moments = sorted(START + timedelta(seconds=each) for each in seconds)
    crowded = any(
        sum(0 <= (other - first).total_seconds() <= 60 for other in moments) > PAGES_A_MINUTE for first in moments
    )
    assert (behaviour_reason(moments) == "too_fast") is crowded


@given(st.lists(st.floats(0, 90_000), max_size=120), st.floats(0, 90_000))
def test_reason__stays_when_more_comes(seconds: list[float], more: float) -> None:
    moments = sorted(START + timedelta(seconds=each) for each in [*seconds, *([30.0] * 61)])
    assert behaviour_reason(moments) == "too_fast"
    assert behaviour_reason(sorted([*moments, START + timedelta(seconds=more)])) == "too_fast"
