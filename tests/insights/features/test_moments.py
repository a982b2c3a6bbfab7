from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from insights.features import Moment, day_to_date, end_of_day


def test_of__midnight_belongs_to_the_day_that_ends() -> None:
    # British summer time begins on 2023-03-26, so this is one o'clock in the shop.
    assert day_to_date(Moment.of(datetime(2023, 3, 26, 1, tzinfo=UTC)).day) == date(2023, 3, 26)
    assert day_to_date(Moment.of(datetime(2023, 3, 26, 0, tzinfo=UTC)).day) == date(2023, 3, 25)


def test_of__cuts_the_fraction_of_a_second() -> None:
    assert Moment.of(datetime(2023, 1, 1, 12, 0, 5, 900_000, tzinfo=UTC)) == Moment.of(
        datetime(2023, 1, 1, 12, 0, 5, tzinfo=UTC)
    )


@given(st.dates(date(1971, 1, 1), date(2100, 1, 1)))
def test_end_of_day__is_the_moment_of_that_day(day: date) -> None:
    moment = Moment.of(end_of_day(day))
    assert day_to_date(moment.day) == day
    assert Moment.at_end_of(moment.day) == moment
    assert moment.as_datetime() == end_of_day(day)
