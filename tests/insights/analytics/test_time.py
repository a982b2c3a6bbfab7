from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from insights.analytics import GRAINS, TimeRange, last, last_days, previous_period, previous_year, this, today
from insights.analytics.time import add, buckets, start_of
from insights.exceptions import QueryError

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31))


def days(start: str, end: str, unit: Any = None) -> TimeRange:
    return TimeRange(start=date.fromisoformat(start), end=date.fromisoformat(end), unit=unit)


def test_today__is_the_shops_day(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/London"
    assert today(datetime(2024, 6, 30, 23, 30, tzinfo=UTC)) == date(2024, 7, 1)
    assert today(datetime(2024, 12, 31, 23, 30, tzinfo=UTC)) == date(2024, 12, 31)


def test_today__at_midnight_is_the_day_just_over(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/London"
    assert today(datetime(2024, 3, 11, tzinfo=UTC)) == date(2024, 3, 10)


def test_last_days__include_today() -> None:
    assert last_days(7, date(2024, 3, 10)) == days("2024-03-04", "2024-03-11", "day")


def test_this__ends_with_today() -> None:
    assert this("month", date(2024, 3, 10)) == days("2024-03-01", "2024-03-11", "month")
    assert this("week", date(2024, 3, 10)) == days("2024-03-04", "2024-03-11", "week")


def test_last__is_whole() -> None:
    assert last("month", date(2024, 3, 10)) == days("2024-02-01", "2024-03-01", "month")
    assert last("quarter", date(2024, 3, 10)) == days("2023-10-01", "2024-01-01", "quarter")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (days("2024-03-01", "2024-03-24", "month"), ("2024-02-01", "2024-02-24")),
        (days("2024-03-01", "2024-04-01", "month"), ("2024-02-01", "2024-03-01")),
        (days("2024-03-01", "2024-03-31", "month"), ("2024-02-01", "2024-03-01")),
        (days("2024-03-01", "2024-04-01"), ("2024-02-01", "2024-03-01")),
        (days("2024-01-01", "2024-04-01"), ("2023-10-01", "2024-01-01")),
        (days("2024-01-01", "2025-01-01"), ("2023-01-01", "2024-01-01")),
        (days("2024-03-11", "2024-03-14", "week"), ("2024-03-04", "2024-03-07")),
        (days("2024-03-11", "2024-03-18", "week"), ("2024-03-04", "2024-03-11")),
        (days("2024-01-01", "2024-02-15", "quarter"), ("2023-10-01", "2023-11-15")),
        (days("2024-03-05", "2024-03-12"), ("2024-02-27", "2024-03-05")),
        (days("2024-03-01", "2024-03-11", "day"), ("2024-02-20", "2024-03-01")),
    ],
)
def test_previous_period__compares_like_with_like(now: TimeRange, then: tuple[str, str]) -> None:
    assert previous_period(now) == days(*then, now.unit)


def test_previous_year__keeps_whole_months_whole() -> None:
    assert previous_year(days("2024-02-01", "2024-03-01")) == days("2023-02-01", "2023-03-01")
    assert previous_year(days("2025-02-01", "2025-03-01")) == days("2024-02-01", "2024-03-01")
    assert previous_year(days("2024-02-29", "2024-03-02")) == days("2023-02-28", "2023-03-02")


@given(start=DAYS, length=st.integers(1, 800), unit=st.sampled_from([None, *GRAINS]))
@example(start=date(2001, 1, 1), length=546, unit=None)
def test_previous_period__lies_before_and_is_no_longer(start: date, length: int, unit: Any) -> None:
    now = TimeRange(start=start, end=start + timedelta(days=length), unit=unit)
    then = previous_period(now)
    assert then.end <= now.start
    # Of as many months before, some are longer, by three days at most, and one more where a leap day lies among them.
    assert then.days <= now.days + 4


@given(day=DAYS, grain=st.sampled_from(GRAINS), week_start=st.sampled_from(["monday", "sunday"]))
def test_start_of__holds_the_day(day: date, grain: Any, week_start: str) -> None:
    first = start_of(day, grain, week_start)
    assert first <= day < add(first, grain, 1)
    assert start_of(first, grain, week_start) == first
    if grain == "week":
        assert first.strftime("%A").lower() == week_start


def test_add__stays_in_shorter_months() -> None:
    assert add(date(2024, 1, 31), "month", 1) == date(2024, 2, 29)
    assert add(date(2024, 2, 29), "year", -1) == date(2023, 2, 28)
    assert add(date(2024, 1, 31), "month", -2) == date(2023, 11, 30)


def test_buckets__cover_the_range() -> None:
    assert list(buckets(days("2024-01-15", "2024-03-02"), "month")) == [date(2024, month, 1) for month in (1, 2, 3)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"start": "2024-02-01", "end": "2024-02-01"}, "ends on"),
        ({"start": "soon", "end": "2024-02-01"}, "ISO days"),
        ({"start": "2024-02-01"}, "ISO days"),
        ({"start": "0001-01-01", "end": "9999-01-01"}, "between"),
    ],
)
def test_time_range__says_what_is_wrong(data: Any, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        TimeRange.model_validate(data)
