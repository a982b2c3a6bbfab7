"""What can be said of the adapter for django-salesman without Salesman; ``tests/hosts`` tries it on a real site."""

from __future__ import annotations

from typing import Any

import insights
from insights.contrib.salesman import SalesmanAdapter, price_of, product_tables
from insights.sources import problems


def test_product_tables__one_a_type(settings: Any) -> None:
    settings.SALESMAN_PRODUCT_TYPES = {"kiosk.Poster": "x.Y", "kiosk.Article": "x.Z"}
    tables = product_tables({"kiosk.Article": {"name": "title", "brand": "maker"}, "kiosk.Poster": {"name": "title"}})
    shop = type("Shop", (insights.Adapter,), {"Products": tables})
    assert [(item.name, item.prefix) for item in shop.of_kind("products")] == [
        ("products:kiosk_poster", "kiosk.poster:"),
        ("products:kiosk_article", "kiosk.article:"),
    ]
    poster, article = (item.values for item in shop.of_kind("products"))
    assert (poster["price"], article["price"]) == ("price", price_of)
    assert (article["brand"], article["url"]) == ("maker", "get_absolute_url")
    assert "url" not in poster
    assert problems(shop()) == []


def test_product_tables__a_type_that_is_not_there_is_told(settings: Any) -> None:
    settings.SALESMAN_PRODUCT_TYPES = {"kiosk.Pster": "x.Y"}
    (problem,) = problems(type("Shop", (insights.Adapter,), {"Products": product_tables()})())
    assert "kiosk.Pster" in problem.message
    assert "kiosk.Poster" in problem.hint


def test_price_of__a_price_that_depends_on_who_asks_is_none() -> None:
    class Lamp:
        def get_price(self, request: Any) -> int:
            return int(request.user.groups.count() + request.session["level"])

    assert price_of(Lamp()) is None


def test_statuses__what_was_never_paid_for_is_no_order() -> None:
    status = SalesmanAdapter.declarations["orders"].options["status"]
    assert set(status["ignore"]) == {"NEW", "CREATED"}
    assert not {"PROCESSING", "SHIPPED", "COMPLETED", "HOLD"} & {word for words in status.values() for word in words}
