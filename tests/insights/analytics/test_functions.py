"""The same golden values on every database: the suite runs on each of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import DateField, F, Value
from django.db.models.functions import Cast

from insights.analytics.functions import DaysBetween, StartOf, Weekday
from insights.models import Order, Refund

pytestmark = pytest.mark.django_db
GOLDEN = {
    # day: (week, week from Sunday, month, quarter, year, weekday)
    date(2024, 2, 29): (date(2024, 2, 26), date(2024, 2, 25), date(2024, 2, 1), date(2024, 1, 1), date(2024, 1, 1), 4),
    date(2024, 12, 31): (
        date(2024, 12, 30),
        date(2024, 12, 29),
        date(2024, 12, 1),
        date(2024, 10, 1),
        date(2024, 1, 1),
        2,
    ),
    date(2023, 1, 1): (date(2022, 12, 26), date(2023, 1, 1), date(2023, 1, 1), date(2023, 1, 1), date(2023, 1, 1), 7),
    date(2025, 6, 30): (date(2025, 6, 30), date(2025, 6, 29), date(2025, 6, 1), date(2025, 4, 1), date(2025, 1, 1), 1),
}
UNITS = ("week", "sunday_week", "month", "quarter", "year")


@pytest.fixture
def day(request: pytest.FixtureRequest) -> date:
    """A day that stands in a row, and may stand in an order on that row."""
    value: date = request.param
    Order.objects.create(
        external_id="1", placed_at="2024-01-01T00:00Z", currency="EUR", total=1, local_date=value, local_hour=0
    )
    return value


@pytest.mark.parametrize("day", GOLDEN, indirect=True, ids=str)
def test_start_of_and_weekday__golden(day: date) -> None:
    expressions = {unit: StartOf(F("local_date"), unit) for unit in UNITS}
    row = Order.objects.annotate(**expressions, weekday=Weekday(F("local_date"))).values_list(*UNITS, "weekday").get()
    assert row == GOLDEN[day]


@pytest.mark.parametrize("day", [date(2024, 3, 1)], indirect=True)
@pytest.mark.parametrize("gap", [0, 1, 29, 366, -5])
def test_days_between__golden(day: date, gap: int) -> None:
    other = Cast(Value(day - timedelta(days=gap)), DateField())
    assert Order.objects.annotate(gap=DaysBetween(other, F("local_date"))).get().gap == gap


@pytest.mark.parametrize("day", [date(2024, 3, 1)], indirect=True)
def test_functions__give_nothing_for_nothing(day: date) -> None:
    Order.objects.update(local_date=None)
    found = Order.objects.annotate(
        month=StartOf(F("local_date"), "month"),
        weekday=Weekday(F("local_date")),
        gap=DaysBetween(F("local_date"), F("local_date")),
    ).get()
    assert (found.month, found.weekday, found.gap) == (None, None, None)
    assert not Refund.objects.exists()
