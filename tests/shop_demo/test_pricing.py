from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shop_demo.basket import Item
from shop_demo.countries import COUNTRIES, EUROPE, HOME
from shop_demo.models import Coupon, Product
from shop_demo.pricing import FREE_FROM, PENNY, POSTAGE_EUROPE, POSTAGE_HOME, POSTAGE_WORLD, pennies, postage, quote

prices = st.decimals("0", "5000", places=4, allow_nan=False, allow_infinity=False)
items = st.lists(st.builds(lambda price, n: Item(Product(price=price), n), prices, st.integers(1, 99)), max_size=8)
coupons = st.none() | st.builds(lambda percent: Coupon(percent=percent), st.integers(1, 100))


@given(items, coupons, st.sampled_from(sorted(COUNTRIES)))
def test_quote__the_parts_add_up_to_the_penny(basket: list[Item], coupon: Coupon | None, country: str) -> None:
    priced = quote(basket, coupon, country)
    assert priced.total == priced.goods + priced.shipping
    assert priced.subtotal == sum((line.full for line in priced.lines), Decimal(0))
    assert priced.goods == sum((line.total for line in priced.lines), Decimal(0))
    assert all(0 <= line.discount <= line.full for line in priced.lines)
    for amount in (priced.total, priced.tax, priced.shipping, *(line.total for line in priced.lines)):
        assert amount == amount.quantize(PENNY)
        assert amount >= 0


@given(items, st.sampled_from(sorted(COUNTRIES)))
def test_quote__tax_is_within_home_prices_alone(basket: list[Item], country: str) -> None:
    priced = quote(basket, None, country)
    if country == HOME:
        net = priced.total - priced.tax
        assert abs(net * Decimal("1.2") - priced.total) <= PENNY
    else:
        assert priced.tax == 0


@given(items, st.integers(0, 99))
def test_quote__a_larger_coupon_never_costs_more(basket: list[Item], percent: int) -> None:
    less, more = (quote(basket, Coupon(percent=share)).goods for share in (percent + 1, percent))
    assert less <= more


@given(st.decimals("0", "200", places=2))
def test_postage__free_at_home_from_the_limit_on(goods: Decimal) -> None:
    assert postage(goods, HOME) == (0 if goods >= FREE_FROM else POSTAGE_HOME)
    assert {postage(goods, country) for country in EUROPE} == {POSTAGE_EUROPE}
    assert postage(goods, "JP") == POSTAGE_WORLD


def test_quote__of_nothing_costs_nothing() -> None:
    priced = quote([])
    assert (priced.total, priced.shipping, priced.tax) == (0, 0, 0)
    assert priced.until_free == FREE_FROM


def test_quote__the_discount_counts_against_free_postage() -> None:
    basket = [Item(Product(price=Decimal(50)), 1)]
    assert quote(basket).shipping == 0
    dear = quote(basket, Coupon(percent=20))
    assert (dear.goods, dear.shipping, dear.until_free) == (Decimal(40), POSTAGE_HOME, Decimal(5))


def test_pennies__half_goes_up() -> None:
    assert [pennies(Decimal(text)) for text in ("0.005", "0.0149", "2.675")] == [
        Decimal("0.01"),
        Decimal("0.01"),
        Decimal("2.68"),
    ]
