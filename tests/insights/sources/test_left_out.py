"""What the adapter leaves out takes its lines, refunds and ratings along, and brings them when it comes in after all."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from insights.models import Order, OrderLine, QuarantinedRow
from insights.sources import sync
from shop_demo.adapter import ShopAdapter
from tests.insights.sources.shop import order, product

pytestmark = pytest.mark.django_db


class Phase(Enum):
    BASKET = "pending"


class ByWord(ShopAdapter):
    class Orders(ShopAdapter.Orders):
        status = {"ignore": ["pending"], "cancelled": ["cancelled"]}


class ByMember(ShopAdapter):
    class Orders(ShopAdapter.Orders):
        status = {"ignore": [Phase.BASKET]}


class ByExclusion(ShopAdapter):
    class Orders(ShopAdapter.Orders):
        exclude = {"status": "pending"}


@pytest.mark.parametrize("adapter", [ByWord, ByMember, ByExclusion])
def test_lines_of_orders_that_are_left_out__are_no_bad_rows(settings: Any, adapter: type[ShopAdapter]) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"ADAPTERS": [f"{__name__}.{adapter.__name__}"]}
    tea = product("T1")
    basket = order(None, (tea, 1, "5"), (tea, 2, "4"), status="pending")
    order(None, (tea, 3, "5"), status="paid")

    report = sync()
    assert report.kinds["order_lines"].counts["of_left_out"] == 2
    assert (Order.objects.count(), OrderLine.objects.count()) == (1, 1)
    assert not QuarantinedRow.objects.exists()
    assert sync().changed == 0

    basket.status = "paid"
    basket.save()
    sync()
    assert OrderLine.objects.filter(order__external_id=basket.number).count() == 2
    assert Order.objects.filter(counts=True).count() == 2


def test_lines_of_orders_that_are_nowhere__wait(settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"ADAPTERS": [f"{__name__}.ByWord"]}
    tea = product("T1")
    order(None, (tea, 1, "5"), status="paid", placed_at="1950-01-01T00:00:00Z")
    sync()
    assert Order.objects.count() == 0
    assert sorted(QuarantinedRow.objects.values_list("kind", "rule")) == [
        ("order_lines", "orphan"),
        ("orders", "impossible_date"),
    ]
