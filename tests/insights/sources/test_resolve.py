from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import F, Max, Q, Subquery
from django.db.models.functions import Upper

import insights
from insights.exceptions import AdapterError
from insights.sources import Adapter, mapped, problems
from shop_demo.adapter import ShopAdapter
from tests.insights.sources.host.models import Named, Opinion


def adapter(name: str = "shop", /, *, of_class: dict[str, Any] | None = None, **inner: dict[str, Any]) -> Adapter:
    """An adapter with inner classes of these attributes."""
    body = {"name": name, **(of_class or {}), **{kind: type(kind, (), said) for kind, said in inner.items()}}
    return type("Shop", (insights.Adapter,), body)()


def of(**inner: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(found.id.removeprefix("insights."), found.message, found.hint) for found in problems(adapter(**inner))]


ORDERS = {"model": "shop.Order", "id": "number", "placed_at": "placed_at"}
LINES = {"model": "shop.OrderLine", "order": "order__number", "quantity": "quantity", "unit_price": "unit_price"}
PRODUCTS = {"model": "shop.Product", "id": "sku"}
REVIEWS = {"model": "shop.Review", "product": "product__sku", "value": "stars", "occurred_at": "created_at"}
EVENTS = {"model": "shop.Event", "id": "event_id", "name": "name", "occurred_at": "created_at"}


def fails() -> Any:
    raise LookupError("no table today")


def test_problems__the_demo_shop_has_none() -> None:
    assert problems(ShopAdapter()) == []


@pytest.mark.parametrize(
    ("body", "code", "said", "hint"),
    [
        ({"name": "two words"}, "E003", "'two words'", "letters"),
        ({"database": "replica"}, "E004", "'replica'", "default"),
        ({"database": 5}, "E004", "5", "default"),
        ({"currency": "EUX"}, "E005", "'EUX'", "Did you mean"),
        ({"currency": 5}, "E005", "5", "EUR"),
    ],
)
def test_problems__of_the_class(body: dict[str, Any], code: str, said: str, hint: str) -> None:
    (problem,) = problems(adapter(of_class=body, Products=PRODUCTS))
    assert problem.id == f"insights.{code}"
    assert said in problem.message
    assert hint in problem.hint


def test_problems__a_class_that_is_none_of_ours() -> None:
    assert of(Orderlines=LINES) == [
        (
            "E006",
            f"{__name__}.Shop has an inner class Orderlines, which is no kind of row.",
            "Did you mean “OrderLines”?",
        )
    ]


def test_problems__an_adapter_that_maps_nothing() -> None:
    ((code, _, hint),) = of()
    assert code == "E007"
    assert "OrderLines" in hint


@pytest.mark.parametrize(
    ("kind", "said", "code", "message", "hint"),
    [
        ("Orders", ORDERS | {"totl": "total"}, "E011", "no field or option “totl”", "Did you mean “total”?"),
        ("Orders", ORDERS | {"scale": (1, 5)}, "E011", "no field or option “scale”", ""),
        ("Products", {"id": "sku"}, "E012", "names no model", "app.Model"),
        ("Products", {"model": None}, "E012", "names no model", "app.Model"),
        ("Orders", {"model": "shop.Order"}, "E012", "does not map “placed_at”", "when it was placed"),
        ("Orders", ORDERS | {"placed_at": None}, "E012", "does not map “placed_at”", "when it was placed"),
        ("OrderLines", LINES | {"order": None}, "E012", "does not map “order”", "key of the order"),
        ("Products", {"model": "shop.Produkt"}, "E013", "no such model", "Did you mean “shop.Product”?"),
        ("Products", {"model": "store.Product"}, "E013", "no such model", "shop.Product"),
        ("Products", {"model": Decimal}, "E013", "no such model", "app_label.ModelName"),
        ("Products", {"model": Named}, "E013", "no such model", ""),
        ("Products", {"model": fails}, "E013", "no table today", "model"),
        ("Products", PRODUCTS | {"name": "nmae"}, "E014", "Products.name = “nmae”: shop.Product has no", "“name”"),
        ("Orders", ORDERS | {"tax": "placed_at__date__foo"}, "E014", "“placed_at__date__foo”", "path"),
        ("Orders", ORDERS | {"updated_at": "updatedat"}, "E014", "Orders.updated_at = “updatedat”", "“updated_at”"),
        ("Orders", ORDERS | {"status": {"cancelled": ["X"]}, "status_field": "stat"}, "E014", "“stat”", "“status”"),
        ("Orders", ORDERS | {"total": "lines__unit_price"}, "E015", "leads to many rows", "Subquery"),
        ("Orders", ORDERS | {"total": F("totl")}, "E016", "cannot be resolved", "names"),
        ("Orders", ORDERS | {"currency": 5}, "E017", "Orders.currency is 5", "insights.Const(5)"),
        ("Orders", ORDERS | {"status": ["X"]}, "E017", "Orders.status is ['X']", "insights.Const"),
        ("Orders", ORDERS | {"total": lambda: 5}, "E018", "does not take one argument", "row"),
        ("Orders", ORDERS | {"guests": "by_mail"}, "E018", "Orders.guests is 'by_mail'", "“by_email”"),
        ("Orders", ORDERS | {"status": {"canceled": []}}, "E018", "key 'canceled'", "“cancelled”"),
        ("OrderLines", LINES | {"identical": "dropp"}, "E018", "'dropp'", "“drop”"),
        ("OrderLines", LINES | {"product": "sku", "kind": {"postage": []}}, "E018", "'postage'", "Choose one of"),
        ("Ratings", REVIEWS | {"scale": (5, 1)}, "E018", "(5, 1)", "(1, 5)"),
        ("Ratings", REVIEWS | {"scale": 5}, "E018", "is 5", "(1, 5)"),
        ("Events", EVENTS | {"names": ["view"]}, "E018", "['view']", "view_item"),
        ("Orders", ORDERS | {"filter": "paid"}, "E019", "Orders.filter is 'paid'", "dictionary"),
        ("Orders", ORDERS | {"exclude": {"paid": True}}, "E019", "cannot be chosen", "exclude"),
        ("Orders", ORDERS | {"queryset": "paid"}, "E019", "cannot be chosen", "queryset"),
        ("Orders", ORDERS | {"queryset": lambda rows: None}, "E019", "cannot be chosen", "queryset"),
        ("Orders", ORDERS | {"queryset": lambda rows: User.objects.all()}, "E019", "auth.User", "shop.Order"),
        ("Orders", ORDERS | {"updated_at": "number"}, "E020", "no column with a date", "leave it out"),
        ("Orders", ORDERS | {"updated_at": F("number")}, "E020", "Orders.updated_at gives no date", "leave it out"),
        ("Orders", ORDERS | {"updated_at": F("nmber")}, "E016", "Orders.updated_at", "Mend"),
        ("Orders", ORDERS | {"updated_at": 5}, "E020", "Orders.updated_at is 5", "path"),
        ("Orders", ORDERS | {"prefix": 5}, "E018", "Orders.prefix is 5", "guest:"),
        ("Orders", ORDERS | {"prefix": "guest:x"}, "E018", "Orders.prefix is 'guest:x'", "begin"),
        ("Orders", ORDERS | {"live": "no"}, "E018", "Orders.live is 'no'", "True or False"),
        ("Orders", ORDERS | {"signals": "shop.paid"}, "E021", "Orders.signals is 'shop.paid'", "argument"),
        ("Orders", ORDERS | {"signals": {"shop.paid": "order"}}, "E021", "names 'shop.paid'", "dotted path"),
        ("Orders", ORDERS | {"signals": {"decimal.Decimal": "order"}}, "E021", "is no signal", "Signal"),
        (
            "Orders",
            ORDERS | {"signals": {"django.db.models.signals.post_save": 1}},
            "E021",
            "signals['django.db.models.signals.post_save'] is 1",
            "argument",
        ),
        ("Products", PRODUCTS | {"id": "name"}, "W021", "Products.id = 'name' is not unique", "primary key"),
        ("Products", PRODUCTS | {"id": insights.Const(1)}, "W021", "is not unique", "primary key"),
        ("OrderLines", LINES | {"id": "order__number"}, "W021", "is not unique", "primary key"),
    ],
)
def test_problems__name_class_field_and_remedy(
    kind: str, said: dict[str, Any], code: str, message: str, hint: str
) -> None:
    ((found, text, remedy),) = of(**{kind: said})
    assert found == code
    assert f"Shop.{kind}" in text
    assert message in text
    assert hint in remedy


def test_problems__a_line_needs_a_price_or_an_amount() -> None:
    ((code, message, _),) = of(OrderLines={name: value for name, value in LINES.items() if name != "unit_price"})
    assert code == "E012"
    assert "neither “unit_price” nor “amount”" in message


def test_problems__several_are_all_said() -> None:
    found = of(Orders={"model": "shop.Order", "totl": "x", "customer": "usr"}, Products={"model": "shop.Nothing"})
    assert [code for code, *_ in found] == ["E011", "E012", "E014", "E013"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("Orders", ORDERS | {"model": "kiosk.Purchase", "id": "ref", "placed_at": "date_created", "total": "lines"}),
        ("Orders", ORDERS | {"model": lambda: apps.get_model("shop.Order")}),
        ("Orders", ORDERS | {"total": F("total") - F("tax"), "name": Upper("name")}),
        ("Orders", ORDERS | {"total": Subquery(User.objects.values("pk")[:1])}),
        ("Orders", ORDERS | {"total": lambda order: order.total, "customer": "user__email"}),
        ("Orders", ORDERS | {"filter": Q(is_test=False), "exclude": {"status__in": []}}),
        ("Orders", ORDERS | {"filter": {"pk__in": []}}),
        ("Orders", ORDERS | {"queryset": lambda rows: rows.annotate(last=Max("lines__pk"))}),
        ("Orders", ORDERS | {"status": {"ignore": ["draft"], "cancelled": "x"}}),
        ("Products", {"model": "kiosk.Article", "queryset": "on_sale"}),
        ("Products", {"model": "kiosk.Article", "id": None}),
        ("Customers", {"model": "kiosk.Client", "id": "user", "email": "user__email"}),
        ("Ratings", REVIEWS | {"model": Opinion, "product": "article", "value": "score", "occurred_at": "date_created", "scale": (0, 10)}),
    ],
)  # fmt: skip
def test_problems__what_shops_need_is_none(kind: str, said: dict[str, Any]) -> None:
    assert of(**{kind: said}) == []


def test_mapped__nothing_for_a_kind_without_a_class() -> None:
    assert mapped(adapter(Products=PRODUCTS), "orders") is None


def test_mapped__refuses_what_is_wrong_with_the_remedy() -> None:
    with pytest.raises(AdapterError, match="Did you mean “name”"):
        mapped(adapter(Products=PRODUCTS | {"name": "nmae"}), "products")


def test_problems__of_one_table_of_several_name_it() -> None:
    tea = type("Tea", (), PRODUCTS | {"name": "nmae"})
    coffee = type("Coffee", (), PRODUCTS | {"prefix": "Tea:"})
    found = of(Products={"Tea": tea, "Coffee": coffee})
    assert [(code, "Shop.Products.Tea" in text) for code, text, _ in found] == [("E014", True), ("E018", False)]
    assert "“name”" in found[0][2]
    assert "Shop.Products.Coffee.prefix is 'Tea:'" in found[1][1]


def test_mapped__a_doubt_is_no_hindrance() -> None:
    assert mapped(adapter(Products=PRODUCTS | {"id": "name"}), "products") is not None


def test_mapped__currency_is_that_of_the_adapter_or_the_base(settings: Any) -> None:
    settings.INSIGHTS = {"BASE_CURRENCY": "CNY"}
    for body, code in (({"currency": "USD"}, "USD"), ({}, "CNY")):
        source = mapped(adapter(of_class=body, Orders=ORDERS), "orders")
        assert source is not None
        assert source.values[source.names.index("currency")].constant == code
    lines = mapped(adapter(OrderLines=LINES), "order_lines")
    assert lines is not None
    assert "currency" not in lines.names
    assert lines.names[0] == "id"


@pytest.mark.parametrize(("said", "live"), [("updated_at", True), ("user__date_joined", False)])
def test_mapped__knows_which_column_moves_with_a_save(said: str, live: bool) -> None:
    source = mapped(adapter(Orders=ORDERS | {"updated_at": said}), "orders")
    assert source is not None
    assert source.live_column is live


def test_problems__cents_are_for_money() -> None:
    assert of(Products=PRODUCTS | {"price": insights.Cents("stock")}) == []
    ((code, said, hint),) = of(Products=PRODUCTS | {"name": insights.Cents("stock")})
    assert (code, "no amount of money" in said, hint) == ("E018", True, 'Give the path alone: "stock".')
    ((code, _, hint),) = of(Products=PRODUCTS | {"price": insights.Cents("stok")})
    assert (code, hint) == ("E014", "Did you mean “stock”?")
    ((code, said, _),) = of(Products=PRODUCTS | {"price": insights.Cents("stock", per_unit=0)})
    assert (code, "per_unit=0" in said) == ("E018", True)
