from __future__ import annotations

from decimal import Decimal

import pytest

from insights.models import Product
from insights.serving.rules import Variety, on_sale, prices_of_variants


def test_variety__counts_each_brand_for_itself() -> None:
    variety = Variety(2)
    said = [variety.objection(Product(brand=brand)) for brand in "aabaabb"]
    assert said == ["", "", "", "brand", "brand", "", "brand"]
    assert not any(variety.objection(Product(brand="")) for _ in range(5))


def test_variety__one_size_of_a_thing() -> None:
    variety = Variety(9)
    names = ["Earl Grey, 50 g", "Earl grey, 100 g", "Earl Grey", "Assam, 50 g", "Tea 1", "Tea 2", "", "A, b", "A, c"]
    said = [variety.objection(Product(name=name)) for name in names]
    assert said == ["", "thing", "thing", "", "", "", "", "", ""]


def test_variety__sizes_in_chinese_and_a_thing_that_is_told() -> None:
    variety = Variety(9)
    said = [variety.objection(Product(name=name)) for name in ("龙井，50 克", "龙井，100 克", "茶，大", "茶，小")]
    assert said == ["", "thing", "", "thing"]
    assert variety.objection(Product(name="Dragon Well"), "龙井") == "thing"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "variants", "sold"),
    [
        ({}, [], True),
        ({"stock": 1}, [], True),
        ({"stock": 0}, [], False),
        ({"is_active": False}, [], False),
        ({"is_real": False}, [], False),
        ({"stock": 0}, [{"stock": 3}], True),
        ({"stock": 5}, [{"stock": 0}], False),
        ({}, [{"stock": 3, "is_active": False}], False),
        ({}, [{"stock": 0}, {"stock": None}], True),
    ],
)
def test_on_sale(fields: dict[str, object], variants: list[dict[str, object]], sold: bool) -> None:
    parent = Product.objects.create(external_id="p", **fields)
    for number, variant in enumerate(variants):
        Product.objects.create(external_id=f"v{number}", parent=parent, **variant)
    assert list(on_sale(Product.objects.all())) == ([parent] if sold else [])


@pytest.mark.django_db
def test_prices_of_variants__the_cheapest_that_can_be_bought() -> None:
    bare, priced = (Product.objects.create(external_id=key, price=price) for key, price in (("a", None), ("b", 3)))
    for key, price, stock in (("a1", 2, 0), ("a2", 7, 1), ("a3", 5, None)):
        Product.objects.create(external_id=key, parent=bare, price=price, stock=stock)
    Product.objects.create(external_id="b1", parent=priced, price=1)
    found = prices_of_variants([bare, priced])
    assert {pk: variant.price for pk, variant in found.items()} == {bare.pk: Decimal(5)}
