from __future__ import annotations

from datetime import UTC, datetime

import pytest

from insights.models import Excluded, Order

FEBRUARY = datetime(2026, 2, 10, tzinfo=UTC)
MARCH = datetime(2026, 3, 10, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def order(key: str, **values: object) -> Order:
    return Order.objects.create(external_id=key, placed_at=FEBRUARY, currency="EUR", total=1, **values)


@pytest.mark.django_db
def test_valid__an_order_cancelled_later_still_counted_then() -> None:
    order("good", counts=True, excluded=Excluded.NO)
    order("cancelled", excluded=Excluded.CANCELLED, excluded_at=MARCH)
    order("test", excluded=Excluded.TEST, excluded_at=MARCH)
    before = Order.objects.valid(datetime(2026, 3, 1, tzinfo=UTC))
    assert {row.external_id for row in before} == {"good", "cancelled"}
    assert {row.external_id for row in Order.objects.valid(APRIL)} == {"good"}
    assert {row.external_id for row in Order.objects.valid()} == {"good"}


@pytest.mark.django_db
def test_known__hides_what_had_not_happened() -> None:
    order("good", counts=True)
    assert not Order.objects.known(FEBRUARY).exists()
    assert Order.objects.known(MARCH).count() == 1
