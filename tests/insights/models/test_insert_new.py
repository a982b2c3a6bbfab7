from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.utils import timezone

from insights.models import Event, Scaled, insert_new

pytestmark = pytest.mark.django_db

NAMES = ("event_id", "name", "occurred_at", "recorded_at", "local_date", "value", "properties", "fingerprint")


def rows(*numbers: int) -> list[tuple[object, ...]]:
    now = timezone.now()
    return [
        (UUID(int=n), "search", now, now, date(2026, 5, 4), Scaled(12345), {"n": [n, "茶\\\"'"]}, UUID(int=n + 100))
        for n in numbers
    ]


@pytest.mark.parametrize("count", [1, 2, 700])
def test_insert_new__writes_what_is_given_and_defaults(count: int) -> None:
    assert insert_new(Event, NAMES, rows(*range(1, count + 1))) == count
    event = Event.objects.get(event_id=UUID(int=1))
    assert (event.value, event.properties, event.channel, event.counts, event.page) == (
        pytest.approx(event.value),
        {"n": [1, "茶\\\"'"]},
        "shop",
        True,
        "",
    )
    assert str(event.value) == "1.2345"
    assert event.customer is None


def test_insert_new__what_is_there_by_either_key_is_left_out() -> None:
    assert insert_new(Event, NAMES, rows(1, 2)) == 2
    same_id, same_print, new = rows(1, 2, 3)
    again = [(*same_id[:-1], UUID(int=9)), (UUID(int=8), *same_print[1:]), new, new]
    assert insert_new(Event, NAMES, again) == 1
    assert Event.objects.count() == 3


def test_insert_new__nothing() -> None:
    assert insert_new(Event, NAMES, []) == 0
