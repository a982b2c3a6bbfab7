from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from insights.analytics.alarms import jump, jumps, silence, silences
from insights.models import Event, Order, Run, RunState, SyncCursor

NOW = datetime(2026, 6, 17, 14, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def past(rate: Any, *, until: datetime = NOW, weeks: int = 8, seed: int = 1) -> dict[datetime, int]:
    """Counts by hour up to a moment; ``rate`` gives the mean of an hour."""
    dice = np.random.default_rng(seed)
    start = until.replace(minute=0) - timedelta(weeks=weeks)
    hours = [start + n * HOUR for n in range(weeks * 168 + 1)]
    counts = {hour: int(dice.poisson(rate(hour))) for hour in hours}
    return {hour: count for hour, count in counts.items() if count}


def test_silence__two_hours_of_nothing_where_ten_an_hour_are_usual() -> None:
    found = silence("view_item", past(lambda hour: 10), NOW, NOW + 2 * HOUR)
    assert found is not None
    assert (found.what, found.since) == ("view_item", NOW)
    assert found.expected == pytest.approx(20, rel=0.2)
    assert found.chance < 1e-4
    assert silence("view_item", past(lambda hour: 10), NOW, NOW + timedelta(minutes=20)) is None


def test_silence__nights_are_quiet_and_days_are_not() -> None:
    def by_day(hour: datetime) -> float:
        return 8.0 if 8 <= hour.hour < 20 else 0.02

    evening = NOW.replace(hour=20, minute=0)
    assert silence("orders", past(by_day, until=evening), evening, evening + 11 * HOUR) is None
    morning = evening + 14 * HOUR
    found = silence("orders", past(by_day, until=evening), evening, morning)
    assert found is not None
    assert found.expected == pytest.approx(16, rel=0.3)


def test_silence__a_past_that_varies_much_makes_less_sure() -> None:
    steady = past(lambda hour: 2, seed=3)
    wild = past(lambda hour: 6 if int((NOW - hour) / timedelta(weeks=1)) % 3 == 0 else 0.05, seed=3)
    sure, unsure = (silence("x", hours, NOW, NOW + 8 * HOUR) for hours in (steady, wild))
    assert sure is not None
    assert unsure is None


def test_silence__rarely_wrong_where_all_is_as_usual() -> None:
    dice = np.random.default_rng(5)
    hours = past(lambda hour: 3)
    wrong = sum(
        silence("x", hours, NOW, NOW + timedelta(hours=float(gap))) is not None for gap in dice.exponential(1 / 3, 600)
    )
    assert wrong <= 1


@pytest.mark.parametrize("hours", [{}, {NOW - HOUR: 500}, past(lambda hour: 5, weeks=2)])
def test_silence__a_short_past_says_nothing(hours: dict[datetime, int]) -> None:
    assert silence("x", hours, NOW, NOW + timedelta(days=5)) is None
    assert silence("x", hours, None, NOW) is None


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        ((40, 400), (20, 2000), True),
        ((5, 10), (1, 1000), False),
        ((0, 0), (0, 0), False),
        ((20, 400), (100, 2000), False),
        ((26, 400), (100, 2000), False),
        ((1400, 10_000), (10_000, 80_000), False),
        ((400, 400), (0, 3000), True),
        ((50, 50), (50, 50), False),
    ],
)
def test_jump__only_what_is_both_certain_and_large(now: tuple[int, int], before: tuple[int, int], told: bool) -> None:
    assert (jump("no_rate", now, before) is not None) is told


@pytest.mark.django_db
def test_from_the_tables__silence_and_jump() -> None:
    Event.objects.bulk_create(
        Event(
            event_id=uuid.uuid4(), name="view_item", occurred_at=hour + n * timedelta(minutes=3),
            recorded_at=hour, local_date=hour.date(),
        )
        for hour, count in past(lambda hour: 1.5, weeks=6).items()
        for n in range(count)
        if hour + n * timedelta(minutes=3) <= NOW
    )  # fmt: skip
    Order.objects.bulk_create(
        Order(
            external_id=str(n), placed_at=NOW - n * timedelta(hours=4), currency="XXX" if n < 30 else "GBP", total=5,
            excluded="no_rate" if n < 30 else "", counts=n >= 30,
        )
        for n in range(300)
    )  # fmt: skip
    assert [item.what for item in jumps(NOW)] == ["no_rate"]
    assert silences(NOW) == []
    assert {item.what for item in silences(NOW + timedelta(hours=24))} == {"view_item"}
    assert {item.what for item in silences(NOW + timedelta(days=4))} == {"view_item", "orders"}

    # What comes by a sync cannot be missed before the next one.
    SyncCursor.objects.create(channel="shop", kind="events", watermark={"pk": 5})
    Run.objects.create(kind="sync", state=RunState.DONE, started_at=NOW, finished_at=NOW)
    assert {item.what for item in silences(NOW + timedelta(days=4))} == {"orders"}
