from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from shop_demo.models import Product
from shop_demo.search import correct, find

Make = Callable[..., Product]


@pytest.fixture
def shop(product: Make) -> None:
    product("DW", name="Dragon Well, 50 g", name_zh="龙井，50 克", brand="Misty Peak", rating_count=3)
    product("GB", name="Green tea box", name_zh="绿茶礼盒", category=None)
    product("SE", name="Sencha", name_zh="煎茶", description="Steamed, bright.")
    product("OLD", name="Dragon robe", is_active=False)
    product("NEW", name="Dragon eye", published_at=timezone.now() + timedelta(days=2))


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("dragon", ["DW"]),
        ("WELL dragon", ["DW"]),
        ("misty", ["DW"]),
        ("steamed", ["SE"]),
        ("龙井", ["DW"]),
        ("茶", ["SE", "DW", "GB"]),
        ("green tea", ["GB", "DW", "SE"]),
        ("dragon sencha", []),
        ("   ", []),
        ("100%", []),
    ],
)
def test_find(shop: None, text: str, skus: list[str]) -> None:
    found = [product.sku for product in find(text)]
    assert sorted(found) == sorted(skus)
    if text == "green tea":
        assert found[0] == "GB", "a name that begins with the words goes before a shelf of that name"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("drgon wel", "dragon well"), ("Senchaa", "sencha"), ("dragon", ""), ("zzzz", ""), ("", ""), ("drgon robe", "dragon robe")],
)  # fmt: skip
def test_correct(shop: None, typed: str, meant: str) -> None:
    assert correct(typed) == meant
