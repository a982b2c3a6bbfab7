from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from insights.models import Order, OrderLine, Product, QuarantinedRow, Refund
from insights.sources import FILES_CHANNEL, Manner, mend, replay, sync
from insights.sources.load import loader
from shop_demo import models as shop
from tests.insights.sources.shop import order, person, product

pytestmark = pytest.mark.django_db
OLD = datetime(1970, 1, 1, tzinfo=UTC)


def bad_order(number: str = "BAD") -> shop.Order:
    return order(person(), (product(), 2, "5"), number=number, placed_at=OLD)


def entry(kind: str = "orders", **more: Any) -> QuarantinedRow:
    return QuarantinedRow.objects.get(kind=kind, **more)


def test_mend__takes_the_row_with_the_values_put_right() -> None:
    bad_order()
    sync()
    row = entry()
    assert mend(row, {"placed_at": "2026-03-02T12:00:00Z"})
    taken = Order.objects.get(external_id="BAD")
    assert (taken.placed_at, taken.total, taken.counts) == (datetime(2026, 3, 2, 12, tzinfo=UTC), Decimal(10), True)
    assert taken.customer is not None
    assert row.resolved_at is not None
    # Its lines waited for it.
    assert replay(QuarantinedRow.objects.filter(kind="order_lines")).good == 1
    assert OrderLine.objects.get().order == taken


def test_mend__what_is_still_wrong_says_why() -> None:
    bad_order()
    sync()
    row = entry()
    assert not mend(row, {"placed_at": "yesterday-ish"})
    assert Order.objects.count() == 0
    assert {found.rule for found in QuarantinedRow.objects.filter(kind="orders", resolved_at=None)} >= {
        "unreadable_date"
    }


def test_mend__the_next_sync_takes_a_row_back_that_is_still_bad_in_the_shop() -> None:
    bad_order()
    sync()
    mend(entry(), {"placed_at": "2026-03-02T12:00:00Z"})
    assert Order.objects.count() == 1
    sync(full=True)
    assert Order.objects.count() == 0
    assert entry(rule="impossible_date").resolved_at is None
    assert sync(full=True).changed == 0


def test_mend__the_next_sync_takes_the_shops_word_where_it_is_good_now() -> None:
    made = bad_order()
    sync()
    mend(entry(), {"placed_at": "2026-03-02T12:00:00Z", "total": "99"})
    assert Order.objects.get().total == 99
    made.placed_at = datetime(2026, 3, 5, tzinfo=UTC)
    made.save()
    sync()
    assert (Order.objects.get().total, Order.objects.get().placed_at.day) == (10, 5)
    assert not QuarantinedRow.objects.filter(resolved_at=None).exists()


def test_mend__a_row_without_a_key_gets_one() -> None:
    files = loader("products", Manner(FILES_CHANNEL), ("id", "name", "price"))
    files.load([("", "Sencha", "5")])
    row = entry("products")
    assert row.external_id.startswith("#")
    assert mend(row, {"id": "S1"})
    assert Product.objects.get(channel=FILES_CHANNEL).external_id == "S1"
    assert row.resolved_at is not None


def test_mend__a_return_without_a_sale_finds_one() -> None:
    ada, tea = person(), product("T1")
    order(ada, (tea, 2, "5"), number="SOLD")
    order(ada, (tea, -9, "5"), days=2, number="BACK", status="credit_note")
    sync()
    row = entry("order_lines", rule="return_without_sale")
    assert not Refund.objects.exists()
    assert mend(row, {"quantity": "-2"})
    assert Refund.objects.get().amount == 10
    sync(full=True)
    assert not Refund.objects.exists()
    assert entry("order_lines", rule="return_without_sale").resolved_at is None


def test_replay__asks_the_shop_anew() -> None:
    made = bad_order()
    sync()
    shop.Order.objects.filter(pk=made.pk).update(placed_at=datetime(2026, 3, 5, tzinfo=UTC))
    done = replay(QuarantinedRow.objects.all())
    assert (done.tried, done.good) == (2, 2), "the order, and its line after it"
    assert Order.objects.get().counts
    assert sync(full=True).changed == 0


def test_replay__what_is_as_bad_as_before_stays() -> None:
    bad_order()
    sync()
    assert replay(QuarantinedRow.objects.all()).good == 0
    assert QuarantinedRow.objects.filter(resolved_at=None).count() == 2
    shop.Order.objects.all().delete()
    assert replay(QuarantinedRow.objects.all()).good == 0


def test_replay__rows_of_a_file_are_tried_as_they_came() -> None:
    lines = loader("order_lines", Manner(FILES_CHANNEL), ("id", "order", "quantity", "unit_price"))
    lines.load([("L1", "O1", "2", "5")])
    assert replay(QuarantinedRow.objects.all()).good == 0
    loader("orders", Manner(FILES_CHANNEL), ("id", "placed_at", "total")).load([("O1", "2026-03-02", "10")])
    assert replay(QuarantinedRow.objects.all()).good == 1
    assert OrderLine.objects.get().net_amount == 10


def test_replay__a_return_is_compared_again() -> None:
    ada, tea = person(), product("T1")
    order(ada, (tea, -2, "5"), days=2, number="BACK", status="credit_note")
    sync()
    row = entry("order_lines", rule="return_without_sale")
    assert replay([row]).good == 0
    order(ada, (tea, 2, "5"), number="SOLD")
    sync()
    row.refresh_from_db()
    assert row.resolved_at is not None
