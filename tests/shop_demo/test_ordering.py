from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from unittest import mock
from uuid import uuid4

import pytest
from django.db import IntegrityError

from shop_demo.basket import Item
from shop_demo.models import Coupon, Order, OrderLine, Product, Status
from shop_demo.ordering import OutOfStockError, cancel_order, place_order
from tests.shop_demo.conftest import DELIVERY

Make = Callable[..., Product]


def test_place_order__takes_the_goods_off_the_shelf_and_keeps_what_they_were(product: Make) -> None:
    tea = product(stock=5, cost=Decimal(4))
    order, is_new = place_order(uuid4(), [Item(tea, 2)], DELIVERY, coupon=Coupon(code="TEN", percent=10))
    assert is_new
    Product.objects.filter(pk=tea.pk).update(name="Renamed", price=99)
    line = order.lines.get()
    assert (line.name, line.unit_price, line.unit_cost, line.discount) == (tea.name, Decimal("9.5"), 4, Decimal("1.9"))
    order.refresh_from_db()
    assert order.total == Decimal("17.1") + order.shipping
    assert Product.objects.get(pk=tea.pk).stock == 3
    assert re.fullmatch(r"\d{6}-[2-9BCDFGHJ-NP-TV-XZ]{6}", order.number)


def test_place_order__the_same_form_twice_is_one_order(product: Make) -> None:
    tea, token = product(stock=5), uuid4()
    first, _ = place_order(token, [Item(tea, 2)], DELIVERY)
    second, is_new = place_order(token, [Item(tea, 2)], DELIVERY)
    assert (second, is_new) == (first, False)
    assert (Order.objects.count(), Product.objects.get().stock) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_place_order__the_same_form_twice_at_once_is_one_order(product: Make) -> None:
    tea, token = product(stock=5), uuid4()
    first, _ = place_order(token, [Item(tea, 1)], DELIVERY)
    # The second one looked before the first was there, and finds it only when it writes.
    real, blind = Order.objects.filter, iter([Order.objects.none()])
    with mock.patch.object(Order.objects, "filter", lambda **asked: next(blind, None) or real(**asked)):
        second, is_new = place_order(token, [Item(tea, 1)], DELIVERY)
    assert (second, is_new) == (first, False)
    assert Product.objects.get().stock == 4


def test_place_order__another_fault_of_the_database_is_not_hidden(product: Make) -> None:
    with (
        mock.patch("shop_demo.ordering._write", side_effect=IntegrityError("else")),
        pytest.raises(IntegrityError, match="else"),
    ):
        place_order(uuid4(), [Item(product(), 1)], DELIVERY)


def test_place_order__sold_out_meanwhile_writes_nothing(product: Make) -> None:
    tea, pot = product("T1", stock=5), product("P1", stock=1)
    Product.objects.filter(pk=pot.pk).update(stock=0)
    with pytest.raises(OutOfStockError) as caught:
        place_order(uuid4(), [Item(tea, 2), Item(pot, 1)], DELIVERY)
    assert caught.value.product == pot
    assert not Order.objects.exists()
    assert not OrderLine.objects.exists()
    assert Product.objects.get(pk=tea.pk).stock == 5


def test_place_order__what_left_the_catalogue_is_not_sold_even_if_uncounted(product: Make) -> None:
    tea = product(stock=None)
    Product.objects.update(is_active=False)
    with pytest.raises(OutOfStockError):
        place_order(uuid4(), [Item(tea, 1)], DELIVERY)


def test_cancel_order__puts_the_goods_back_once(product: Make) -> None:
    tea, endless = product("T1", stock=5), product("T2", stock=None)
    order, _ = place_order(uuid4(), [Item(tea, 2), Item(endless, 1)], DELIVERY)
    assert cancel_order(order)
    assert not cancel_order(order)
    assert (order.status, order.cancelled_at is not None) == (Status.CANCELLED, True)
    assert list(Product.objects.order_by("sku").values_list("stock", flat=True)) == [5, None]


def test_cancel_order__not_once_it_has_left(product: Make) -> None:
    order, _ = place_order(uuid4(), [Item(product(stock=5), 2)], DELIVERY)
    Order.objects.update(status=Status.SHIPPED)
    assert not cancel_order(order)
    assert Product.objects.get().stock == 3
