from __future__ import annotations

import pytest

from insights.models import Customer, Event, Order, OrderLine, QuarantinedRow, Rating, Refund, Visit
from insights.sources import deletions, sync
from insights.sources.mapped import Mapped
from shop_demo import models as shop
from tests.insights.sources.shop import event, order, person, product, review

pytestmark = pytest.mark.django_db


def test_rows_of_each_kind_go_with_the_hosts_own__but_what_happened_stays() -> None:
    ada, tea = person(), product()
    made = order(ada, (tea, 2, "5"))
    shop.Refund.objects.create(order=made, amount=1, created_at=made.placed_at)
    review(ada, tea)
    event("view_item", product=tea)
    sync()
    assert (Refund.objects.count(), Rating.objects.count(), Event.objects.count(), Visit.objects.count()) == (
        1,
        1,
        1,
        1,
    )

    for model in (shop.Refund, shop.Review, shop.Event):
        model.objects.all().delete()
    made.save()
    report = sync()

    assert {kind: said.deleted for kind, said in report.kinds.items() if said.deleted} == {
        "refunds": 1, "ratings": 1,
    }  # fmt: skip
    assert [model.objects.count() for model in (Refund, Rating, Event, Visit)] == [0, 0, 1, 1]
    assert sync(full=True).changed == 0


def test_a_removal_that_is_killed_halfway_is_no_removal(monkeypatch: pytest.MonkeyPatch) -> None:
    made = order(person(), (product("T1"), 2, "5"), (product("T2"), 1, "3"))
    sync()
    made.lines.first().delete()
    with monkeypatch.context() as killed:
        killed.setattr(deletions, "settle_orders", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sync()
    assert OrderLine.objects.count() == 2

    assert sync().kinds["order_lines"].deleted == 1
    assert OrderLine.objects.get().order_id == Order.objects.get(counts=True).pk
    assert sync(full=True).changed == 0


def test_a_customer_who_is_gone_leaves_orders_of_nobody() -> None:
    ada, tea = person(), product()
    order(ada, (tea, 2, "5"))
    sync()
    ada.delete()

    assert sync().kinds["customers"].deleted == 1
    assert not Customer.objects.exists()
    assert (Order.objects.get().customer, Order.objects.get().counts) == (None, True)
    assert sync(full=True).changed == 0


def test_what_we_made_ourselves_is_not_missed() -> None:
    ada, tea = person(), product()
    order(ada, (tea, 2, "5"))
    order(ada, (tea, -1, "5"), days=1, status="credit_note")
    order(None, (tea, 1, "5"), email="eve@example.com")
    sync()
    gone = order(ada, (tea, 1, "5"))
    sync()
    gone.delete()

    sync()

    assert (Refund.objects.count(), Customer.objects.filter(is_guest=True).count()) == (1, 1)


def test_a_row_in_quarantine_that_is_gone_is_settled() -> None:
    order(person(), (product(), 1, "5"))
    bad = order(None, placed_at="1970-01-01T00:00:00Z")
    sync()
    assert QuarantinedRow.objects.get(resolved_at=None).rule == "impossible_date"
    bad.delete()
    sync()
    assert not QuarantinedRow.objects.filter(resolved_at=None).exists()


def test_nothing_is_compared_where_the_numbers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    order(person(), (product(), 1, "5"))
    sync()
    monkeypatch.setattr(deletions, "delete", lambda *_: pytest.fail("compared"))
    monkeypatch.setattr(Mapped, "present", lambda *_: pytest.fail("compared"))
    sync()


def test_many_pages_are_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletions, "_CHUNK", 2)
    ada, tea = person(), product()
    made = [order(ada, (tea, 1, "5"), number=f"n{number}") for number in range(7)]
    sync()
    for one in made[::2]:
        one.delete()

    assert sync().kinds["orders"].deleted == 4
    assert sorted(Order.objects.values_list("external_id", flat=True)) == ["n1", "n3", "n5"]
    assert OrderLine.objects.count() == 3
