"""Queries on shops of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from insights.analytics import Query, TimeRange, run
from insights.models import Order
from tests.insights.analytics.oracle import check
from tests.insights.analytics.world import build

pytestmark = pytest.mark.django_db
SPRING = TimeRange(start=date(2024, 2, 10), end=date(2024, 5, 3))


def test_run__an_empty_shop_has_no_sales_and_no_average() -> None:
    result = run(Query(metrics=["revenue", "orders", "aov", "repeat_rate", "churn_risk", "median_order_value"]))
    assert result.rows == [[Decimal(0), 0, None, None, None, None]]


def test_run__an_order_before_midnight_utc_counts_on_the_shops_day() -> None:
    """23:30 in UTC is half past midnight in London's summer."""
    Order.objects.create(
        external_id="late",
        placed_at=datetime(2024, 6, 30, 23, 30, tzinfo=UTC),
        currency="EUR",
        total=5,
        base_total=5,
        counts=True,
        excluded="",
        local_date=date(2024, 7, 1),
        local_hour=0,
    )
    july = {"start": "2024-07-01", "end": "2024-08-01"}
    assert run(Query(metrics=["revenue"], time_range=july)).totals["revenue"] == 5
    assert run(Query(metrics=["orders"], dimensions=["month"])).rows == [[date(2024, 7, 1), 1]]


@pytest.mark.parametrize("seed", [2, 3])
def test_run__agrees_on_other_shops(seed: int) -> None:
    other = build(seed=seed, orders=60, people=8)
    for metric in ("revenue", "buyers", "repeat_rate", "days_between_orders"):
        check(other, metric, ("month",), None)
        check(other, metric, ("country",), SPRING)
