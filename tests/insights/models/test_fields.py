from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Avg, Max, Sum
from hypothesis import given
from hypothesis import strategies as st

from insights.models import MoneyField, Order, Product

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.decimals(min_value="-99999999999", max_value="99999999999", places=4))
def test_money__survives_the_trip_exactly(amount: Decimal) -> None:
    field = MoneyField()
    assert field.from_db_value(field.get_prep_value(amount), None, None) == amount


def test_money__rounds_half_to_even() -> None:
    assert MoneyField().get_prep_value("0.00005") == 0
    assert MoneyField().get_prep_value("0.00015") == 2


@pytest.mark.parametrize("value", ["NaN", "Infinity", "ten"])
def test_money__refuses_what_is_no_amount(value: str) -> None:
    with pytest.raises(ValidationError):
        MoneyField().get_prep_value(value)


@pytest.mark.django_db
def test_money__sums_exactly_in_the_database() -> None:
    for index, total in enumerate(["0.1", "0.2", "1000000000.0001"]):
        Order.objects.create(external_id=str(index), placed_at=WHEN, currency="EUR", total=Decimal(total))
    sums = Order.objects.aggregate(sum=Sum("total"), max=Max("total"))
    assert sums == {"sum": Decimal("1000000000.3001"), "max": Decimal("1000000000.0001")}
    assert Order.objects.filter(total__gt=Decimal("0.15")).count() == 2
    assert Order.objects.aggregate(mean=Avg("rate"))["mean"] is None


@pytest.mark.django_db
def test_external_id__is_compared_byte_for_byte() -> None:
    Product.objects.create(external_id="85123A", name="upper")
    Product.objects.create(external_id="85123a", name="lower")
    Product.objects.create(external_id="85123a ", name="padded")
    assert Product.objects.get(external_id="85123a").name == "lower"
