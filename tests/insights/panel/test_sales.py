from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from insights.analytics import Query, Result, run
from insights.panel.period import Period, read
from insights.panel.sales import changes, movers, sales, signed_money, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(world: None) -> Period:
    today = timezone.localdate()
    return read({}, today, today - timedelta(days=300), today)


@pytest.fixture
def result(period: Period) -> Result:
    return run(
        Query(
            metrics=["revenue", "orders", "aov"],
            time_range=period.time_range,
            grain="day",
            compare_to="previous_period",
        )
    )


def test_table__has_each_day_and_adds_up(result: Result, period: Period) -> None:
    rows = table(result, period).rows
    assert [row[0] for row in rows] == [period.start + timedelta(days=place) for place in range(30)]
    assert [row[0] - row[2] for row in rows] == [timedelta(days=30)] * 30
    assert sum(row[1] or 0 for row in rows) == result.totals["revenue"]
    assert result.comparison is not None
    assert sum(row[3] or 0 for row in rows) == result.comparison.totals["revenue"]


def test_sales__draws_both_periods_twice(result: Result, period: Period) -> None:
    figure = sales(result, period, "/file")
    assert figure.svg.count("<svg") == 2
    assert figure.svg.count('class="k-line"') >= 2
    assert figure.svg.count('class="k-prev"') >= 2
    assert figure.csv == "/file"


def test_changes__explain_all_of_the_difference(result: Result) -> None:
    found = changes(result)
    assert result.comparison is not None
    assert len(found) == 2
    assert sum(amount for amount, _ in found) == result.totals["revenue"] - result.comparison.totals["revenue"]
    assert abs(found[0][0]) >= abs(found[1][0])
    for amount, (said, css, _what, _why) in found:
        assert said.startswith("+" if amount >= 0 else "−")
        assert css == ("ins-good" if amount >= 0 else "ins-bad")


def test_changes__without_orders_before_there_are_none(result: Result) -> None:
    assert result.comparison is not None
    result.comparison.totals["orders"] = 0
    assert changes(result) == []


def test_movers__name_the_category_that_grew_and_the_one_that_fell(period: Period) -> None:
    lines = movers(period)
    assert 1 <= len(lines) <= 2
    for amount, css, what, why in lines:
        assert amount.startswith("+") == ("grew" in what) == (css == "ins-good")
        assert why.startswith("From £")


def test_signed_money__always_has_a_sign() -> None:
    assert (signed_money(Decimal(2353)), signed_money(Decimal("-5.5"))) == ("+£2,353", "−£5.50")
