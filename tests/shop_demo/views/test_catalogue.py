from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from shop_demo.models import Category, Event, Product
from shop_demo.views.listing import PER_PAGE

Make = Callable[..., Product]


def _skus(client: Client, address: str) -> list[str]:
    return [product.sku for product in client.get(address).context["page"]]


def test_home__an_empty_shop_says_so(client: Client, db: None) -> None:
    assert b"The shelves are being filled" in client.get("/").content


def test_home__shows_what_can_be_bought(client: Client, product: Make) -> None:
    product("T1")
    product("T2", stock=0)
    product("T3", price=None)
    assert [each.sku for each in client.get("/").context["arrivals"]] == ["T1"]


def test_category__holds_what_is_on_the_shelves_within_it(client: Client, product: Make, shelf: Category) -> None:
    shelf.parent = Category.objects.create(slug="tea", name="Tea")
    shelf.save()
    product("T1")
    product("T2", category=shelf.parent)
    product("T3", category=None)
    product("T4", published_at=timezone.now() + timedelta(days=1))
    assert sorted(_skus(client, "/c/tea/")) == ["T1", "T2"]
    assert _skus(client, "/c/green/") == ["T1"]
    assert client.get("/c/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "skus"),
    [
        ("sort=price", ["B", "C", "A", "D"]),
        ("sort=-price", ["A", "C", "B", "D"]),
        ("sort=rating", ["C", "B", "A", "D"]),
        ("low=8&high=12&sort=price", ["C"]),
        ("in_stock=on&sort=price", ["B", "C"]),
        ("low=8&high=cheap&sort=price", ["C", "A"]),
        ("low=20", []),
    ],
)
def test_listing__filters_and_order(client: Client, product: Make, asked: str, skus: list[str]) -> None:
    product("A", price=Decimal(15), stock=0)
    product("B", price=Decimal(5), rating_average=4.0, rating_count=2)
    product("C", price=Decimal(10), rating_average=4.8, rating_count=5)
    product("D", price=None)
    assert _skus(client, f"/c/green/?{asked}") == skus


def test_listing__pages_keep_the_filters(client: Client, product: Make) -> None:
    for number in range(PER_PAGE + 3):
        product(f"T{number:02}", price=Decimal(number + 1))
    assert len(_skus(client, "/c/green/?sort=price&page=2")) == 3
    assert b"sort=price&amp;page=2" in client.get("/c/green/?sort=price").content
    assert len(_skus(client, "/c/green/?page=99")) == 3, "past the end is the last page"


def test_results__a_slip_of_the_pen_is_put_right_and_said(client: Client, product: Make) -> None:
    product("DW", name="Dragon Well")
    page = client.get("/search/?q=drgon+wel")
    assert [each.sku for each in page.context["page"]] == ["DW"]
    assert "Nothing is called “drgon wel” here" in page.content.decode()
    event = Event.objects.get(name="search")
    assert (event.query, event.quantity) == ("drgon wel", 0), "the log keeps that it was not found"


def test_results__nothing_at_all_shows_what_others_like(client: Client, product: Make) -> None:
    product("T1")
    page = client.get("/search/?q=zzzz")
    assert page.context["page"].paginator.count == 0
    assert [each.sku for each in page.context["favourites"]] == ["T1"]


def test_results__in_chinese(client: Client, product: Make) -> None:
    product("DW", name="Dragon Well", name_zh="龙井")
    client.cookies["django_language"] = "zh-hans"
    page = client.get("/search/?q=龙井").content.decode()
    assert "龙井</span>" in page
    assert "Dragon Well" not in page


def test_results__what_was_typed_is_escaped(client: Client, db: None) -> None:
    assert b"<script>alert" not in client.get("/search/?q=<script>alert(1)</script>").content


@pytest.mark.parametrize(("query", "found"), [("d", 0), ("dr", 1), ("龙", 1), ("", 0)])
def test_suggestions(client: Client, product: Make, query: str, found: int) -> None:
    product("DW", name="Dragon Well", name_zh="龙井")
    assert client.get(f"/search/suggestions/?q={query}").content.count(b"<a ") == found
