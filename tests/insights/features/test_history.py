from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from insights.features import Moment, Snapshot, first_day, histories, order_gaps, outcomes
from insights.models import Customer, Product

from .shop import START, cancel, make_order

pytestmark = pytest.mark.django_db

Take = Callable[[datetime], Snapshot]


def _orders(days: list[tuple[int, str]]) -> Customer:
    customer = Customer.objects.create(external_id=str(Customer.objects.count()))
    product, _ = Product.objects.get_or_create(external_id="1")
    for day, price in days:
        make_order(customer, START + timedelta(days=day, hours=1), [(product, 1, price)])
    return customer


def test_histories__take_two_orders_on_a_day_for_one(take: Take) -> None:
    _orders([(0, "10"), (0, "5"), (10, "6"), (10, "2"), (30, "4")])
    _orders([(5, "7")])
    found = histories(take(START + timedelta(days=41)))
    assert found.frequency.tolist() == [2, 0]
    assert found.recency.tolist() == [30, 0]
    assert found.T.tolist() == [40, 35]
    assert found.monetary.tolist() == [6, 0]


def test_order_gaps__are_those_of_all_customers(take: Take) -> None:
    _orders([(0, "1"), (10, "1"), (13, "1")])
    _orders([(0, "1"), (7, "1")])
    assert order_gaps(take(START + timedelta(days=41))).tolist() == [3, 7, 10]


def test_outcomes__are_known_at_the_end_of_the_stretch(take: Take) -> None:
    customer = _orders([(0, "1"), (10, "3"), (12, "5"), (20, "100")])
    cancel(customer.orders.order_by("placed_at")[2], START + timedelta(days=30))
    start, end = (Moment.of(START + timedelta(days=day)) for day in (10, 20))
    found = outcomes(take(START + timedelta(days=41)), start, end)
    assert (found.ids.tolist(), found.orders.tolist(), found.spend.tolist()) == ([customer.pk], [2], [8])
    assert found.first_day.tolist() == [start.day + 1]


def test_first_day__is_none_without_an_order(take: Take) -> None:
    assert first_day(take(START)) is None
    _orders([(3, "1")])
    taken = take(START + timedelta(days=10))
    assert first_day(taken) == taken.moment.day - 6
