from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest

from shop_demo.basket import MOST, Basket
from shop_demo.models import BasketItem, Coupon, Product

Make = Callable[..., Product]
Visit = Callable[..., HttpRequest]


@pytest.fixture(params=["visitor", "account"])
def basket(request: pytest.FixtureRequest, visit: Visit) -> Basket:
    return Basket(visit(User.objects.create(username="a") if request.param == "account" else None))


def test_add__no_more_than_there_are(basket: Basket, product: Make) -> None:
    tea = product(stock=3)
    assert (basket.add(tea, 2), basket.add(tea, 2), basket.add(tea)) == (2, 1, 0)
    assert (basket.count, basket.quantities) == (3, {tea.pk: 3})


def test_add__no_more_than_a_basket_holds_where_stock_is_not_counted(basket: Basket, product: Make) -> None:
    assert basket.add(product(stock=None), MOST + 5) == MOST


@pytest.mark.parametrize("fields", [{"stock": 0}, {"price": None}, {"is_active": False}])
def test_add__what_cannot_be_bought_stays_out(basket: Basket, product: Make, fields: dict[str, object]) -> None:
    assert basket.add(product(**fields)) == 0
    assert basket.items == []


def test_put__nought_takes_out_and_the_others_stay(basket: Basket, product: Make) -> None:
    tea, pot = product("T1"), product("P1")
    basket.add(tea, 2)
    basket.add(pot)
    assert basket.put(tea, 0) == 0
    assert [item.product for item in basket.items] == [pot]


def test_items__what_was_sold_meanwhile_is_marked(basket: Basket, product: Make) -> None:
    tea, gone = product("T1"), product("T2")
    basket.add(tea, 4)
    basket.add(gone)
    Product.objects.filter(pk=tea.pk).update(stock=3)
    Product.objects.filter(pk=gone.pk).update(is_active=False)
    (item,) = basket.items
    assert (item.product, item.quantity, item.short) == (tea, 4, True)


def test_clear__takes_the_coupon_too(basket: Basket, product: Make) -> None:
    basket.add(product())
    basket.coupon = Coupon.objects.create(code="TEN", percent=10)
    basket.clear()
    assert (basket.count, basket.coupon) == (0, None)


def test_coupon__one_that_is_over_counts_no_more(basket: Basket) -> None:
    basket.coupon = Coupon.objects.create(code="TEN", percent=10)
    assert basket.coupon is not None
    Coupon.objects.update(is_active=False)
    assert basket.coupon is None


def test_take_over__the_larger_number_stays_and_the_session_is_emptied(product: Make, visit: Visit) -> None:
    tea, pot = product("T1"), product("P1")
    user = User.objects.create(username="a")
    BasketItem.objects.create(user=user, product=tea, quantity=5)
    request = visit()
    before = Basket(request)
    before.add(tea, 2)
    before.add(pot, 3)
    request.user = user
    after = Basket(request)
    after.take_over()
    assert after.quantities == {tea.pk: 5, pot.pk: 3}
    assert "basket" not in request.session
