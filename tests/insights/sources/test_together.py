from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from insights.models import Customer, Order, OrderLine
from insights.sources import sync
from insights.sources.together import flag_outliers
from tests.insights.sources.shop import NOON, line, order, person, product

pytestmark = pytest.mark.django_db


def flagged(rule: str) -> list[tuple[Decimal, Decimal]]:
    rows = OrderLine.objects.order_by("pk").values_list("quantity", "unit_price", "flags")
    return [(quantity, price) for quantity, price, flags in rows if rule in flags]


def test_flag_outliers__a_price_far_out_of_the_way_is_marked_until_it_is_put_right() -> None:
    ada, tea = person(), product()
    made = order(ada, (tea, 1, "5"))
    for day in range(30):
        order(ada, (tea, 2, "5"), days=day)
    slip = line(made, tea, 3, "500")
    made.save()

    report = sync()

    assert report.cleaning["price_outlier"] == 1
    assert flagged("price_outlier") == [(3, 500)]
    assert OrderLine.objects.get(unit_price=500).counts, "it is marked, and counted"
    slip.unit_price = Decimal("5.5")
    slip.save()
    made.save()
    sync()
    assert flagged("price_outlier") == []


def test_flag_outliers__looks_at_the_products_of_the_orders_only() -> None:
    ada, tea, mug = person(), product(), product()
    for day in range(25):
        order(ada, (tea, 1, "5"), (mug, 1, "5"), days=day)
    odd = [order(ada, (thing, 900, "5"), days=30) for thing in (tea, mug)]
    sync()
    OrderLine.objects.update(flags=[])
    chosen = Order.objects.get(external_id=odd[0].number)

    met = flag_outliers("shop", [chosen.pk])

    assert met == {"quantity_outlier": 1}
    assert OrderLine.objects.get(quantity=900, order=chosen).flags == ["quantity_outlier"]
    assert len(flagged("quantity_outlier")) == 1


def test_first_orders__follow_what_counts() -> None:
    ada, tea = person(), product()
    first = order(ada, (tea, 1, "5"))
    order(ada, (tea, 1, "5"), days=3)
    sync()
    assert Customer.objects.get().first_order_date == NOON.date()

    first.status, first.cancelled_at = "cancelled", NOON + timedelta(days=1)
    first.save()
    sync()
    assert Customer.objects.get().first_order_date == (NOON + timedelta(days=3)).date()


def test_a_changed_rate_revalues_orders_that_did_not_change(settings: Any) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "RATES": {"EUR": "0.8"}}
    tea = product()
    order(person(), (tea, 1, "5"), number="eur", currency="EUR")
    order(person(), (tea, 1, "5"), number="usd", currency="USD")
    sync()
    said = Order.objects.order_by("external_id").values_list("base_total", "counts", "excluded")
    assert list(said) == [(Decimal(4), True, ""), (None, False, "no_rate")]

    settings.INSIGHTS = {**settings.INSIGHTS, "RATES": {"EUR": "0.9", "USD": "0.5"}}
    sync()

    assert list(said.all()) == [(Decimal("4.5"), True, ""), (Decimal("2.5"), True, "")]
    amounts = OrderLine.objects.order_by("order__external_id").values_list("base_amount", flat=True)
    assert list(amounts) == [Decimal("4.5"), Decimal("2.5")]
    assert sync(full=True).changed == 0
