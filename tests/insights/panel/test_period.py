from __future__ import annotations

from datetime import date, timedelta

import pytest

from insights.panel.period import Period, read

TODAY = date(2026, 3, 15)
FIRST, LAST = date(2024, 1, 1), date(2026, 3, 14)


def test_read__leaves_today_out() -> None:
    period = read({}, TODAY, FIRST, LAST)
    assert (period.start, period.last, period.length) == (date(2026, 2, 13), date(2026, 3, 14), 30)
    assert period.note == ""


@pytest.mark.parametrize("asked", ["", "31", "-7", "abc", "٧", "7.0", "9" * 50])
def test_read__what_is_no_choice_is_thirty_days(asked: str) -> None:
    assert read({"days": asked}, TODAY, FIRST, LAST).length == 30


@pytest.mark.parametrize("days", [7, 30, 90, 365])
def test_read__a_choice_goes_there_and_back(days: int) -> None:
    period = read({"days": str(days)}, TODAY, FIRST, LAST)
    assert period.length == days
    again = read({key: str(value) for key, value in period.parameters().items()}, TODAY, FIRST, LAST)
    assert again == period


def test_read__of_a_shop_that_began_today_is_today_included() -> None:
    period = read({"days": "7"}, TODAY, TODAY, TODAY)
    assert period.last == TODAY
    assert period.note


def test_read__of_a_quiet_shop_ends_with_its_last_order() -> None:
    last = TODAY - timedelta(days=100)
    period = read({}, TODAY, FIRST, last)
    assert period.last == last
    assert "December" in period.note


def test_read__own_days_have_both_ends() -> None:
    period = read({"from": "2026-02-01", "to": "2026-02-28"}, TODAY, FIRST, LAST)
    assert (period.length, period.days, period.label) == (28, 0, "1–28 Feb")
    assert period.parameters() == {"from": "2026-02-01", "to": "2026-02-28"}
    assert period.time_range.unit is None


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-02-30", "2026-03-01"),
        ("2026-03-02", "2026-03-01"),
        ("", "2026-03-01"),
        ("x", "y"),
        ("0001-01-01", "9999-12-31"),
    ],
)
def test_read__days_that_are_none_are_the_usual_ones(start: str, end: str) -> None:
    assert read({"from": start, "to": end}, TODAY, FIRST, LAST).days == 30


def test_period__one_day() -> None:
    assert Period(TODAY, TODAY + timedelta(days=1)).length == 1
