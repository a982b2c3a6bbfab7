from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.models import Order, OrderLine, QuarantinedRow, Refund
from insights.sources import sync
from shop_demo import models as shop
from tests.insights.sources.shop import order, person, product

pytestmark = pytest.mark.django_db


def waiting() -> set[str]:
    rows = QuarantinedRow.objects.filter(rule="return_without_sale", resolved_at=None)
    return set(rows.values_list("external_id", flat=True))


def credit_note(*args: Any, **more: Any) -> shop.Order:
    return order(*args, status="credit_note", **{"total": Decimal(-1)} | more)


def test_a_return_is_spread_over_the_earlier_sales() -> None:
    ada, tea = person(), product()
    order(ada, (tea, 2, "3"), number="a")
    order(ada, (tea, 2, "3"), number="b", days=1)
    credit_note(ada, (tea, -3, "3"), number="c", days=2)

    sync()

    refunds = Refund.objects.order_by("order__external_id").values_list("order__external_id", "amount", "reason")
    assert list(refunds) == [("a", Decimal(6), "c"), ("b", Decimal(3), "c")]
    assert dict(Order.objects.values_list("external_id", "excluded")) == {"a": "refunded", "b": "", "c": "empty"}


@pytest.mark.parametrize("gone", ["line", "order"])
def test_a_return_that_is_gone_leaves_nothing_behind(gone: str) -> None:
    ada, tea = person(), product()
    sold = order(ada, (tea, 2, "3"), number="a")
    matched = credit_note(ada, (tea, -1, "3"), days=1)
    alone = credit_note(ada, (tea, -9, "3"), days=2)
    sync()
    assert (Refund.objects.count(), waiting()) == (1, {str(alone.lines.get().pk)})

    for note in (matched, alone):
        if gone == "line":
            note.lines.all().delete()
            note.save()
        else:
            note.delete()
    sync()

    assert (Refund.objects.count(), waiting()) == (0, set())
    assert Order.objects.get(external_id=sold.number).counts
    assert sync(full=True).changed == 0


def test_a_sale_that_is_gone_leaves_its_return_without_one() -> None:
    ada, tea = person(), product()
    sold = order(ada, (tea, 2, "3"))
    back = credit_note(ada, (tea, -1, "3"), days=1)
    sync()
    sold.delete()

    sync()

    assert (Refund.objects.count(), waiting()) == (0, {str(back.lines.get().pk)})


def test_a_return_given_twice_takes_back_once() -> None:
    ada, tea = person(), product()
    order(ada, (tea, 5, "3"))
    credit_note(ada, (tea, -1, "3"), (tea, -1, "3"), days=1)
    sync()
    assert list(Refund.objects.values_list("amount", flat=True)) == [Decimal(3)]
    assert not waiting()


def test_a_return_of_nobody_waits_with_its_reason() -> None:
    credit_note(None, (product(), -1, "3"))
    sync()
    assert QuarantinedRow.objects.get().reason == "Nobody is named."


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([0, 1]), st.integers(-5, 5)), max_size=14))
@hypothesis_settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_more_is_given_back_than_was_bought(django_user_model: Any, steps: list[tuple[str, int, int]]) -> None:
    shop.Order.objects.all().delete()
    things = [shop.Product.objects.filter(sku=sku).first() or product(sku) for sku in ("P", "Q")]
    for day, (name, thing, quantity) in enumerate(steps):
        who = django_user_model.objects.filter(username=name).first() or person(name)
        make = order if quantity > 0 else credit_note
        if quantity:
            make(who, (things[thing], quantity, "2"), days=day)

    sync()

    backs = OrderLine.objects.filter(kind="return").values_list("external_id", "quantity")
    given_back: defaultdict[str, Decimal] = defaultdict(Decimal)
    for key, amount in Refund.objects.values_list("external_id", "amount"):
        given_back[key.split(":")[1]] += amount
    assert given_back == {key: -2 * quantity for key, quantity in backs if key not in waiting()}
    for line in OrderLine.objects.filter(kind="product").annotate(back=Sum("refunds__amount")):
        assert (line.back or 0) <= line.net_amount
    for made in Order.objects.filter(excluded="refunded").annotate(back=Sum("refunds__amount")):
        assert made.back == made.total
    assert sync().changed == 0
