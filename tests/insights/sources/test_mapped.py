from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F

import insights
from insights.sources import mapped
from insights.sources.mapped import Mapped
from tests.insights.sources.host.models import Article, Client, Group, Purchase, PurchaseItem

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def source(kind: str, **said: Any) -> Mapped:
    inner = {
        "categories": "Categories",
        "products": "Products",
        "orders": "Orders",
        "order_lines": "OrderLines",
        "customers": "Customers",
    }[kind]
    shop = type("Kiosk", (insights.Adapter,), {"name": "kiosk", "currency": "EUR", inner: type(inner, (), said)})
    found = mapped(shop(), kind)
    assert found is not None
    return found


def articles(*codes: str, **more: Any) -> list[Article]:
    return [
        Article.objects.create(code=code, title=f"The {code}", price_incl_tax=Decimal("2.50"), **more) for code in codes
    ]


def purchase(ref: str, **more: Any) -> Purchase:
    return Purchase.objects.create(
        **{"ref": ref, "date_created": NOON, "total_excl_tax": 8, "total_incl_tax": Decimal("9.99")} | more
    )


def rows(found: Mapped) -> list[dict[str, Any]]:
    return [dict(zip(found.names, given.values, strict=True)) for given in found.after(None, 100)]


def test_read__columns_constants_and_expressions() -> None:
    person = User.objects.create(username="ada", email="ada@example.com")
    purchase("R1", client=Client.objects.create(user=person))
    purchase("R2")
    found = source(
        "orders",
        model="kiosk.Purchase",
        id="ref",
        placed_at="date_created",
        customer="client__user__email",
        total="total_incl_tax",
        tax=F("total_incl_tax") - F("total_excl_tax"),
        country=insights.Const("DE"),
    )
    first, second = rows(found)
    assert first == {
        "id": "R1",
        "placed_at": NOON,
        "customer": "ada@example.com",
        "total": Decimal("9.99"),
        "tax": Decimal("1.99"),
        "country": "DE",
        "currency": "EUR",
    }
    assert (second["id"], second["customer"]) == ("R2", None)


def test_read__functions_of_the_row_beside_columns(django_assert_num_queries: Any) -> None:
    group = Group.objects.create(title="Cups")
    articles("a", "b", group=group)
    found = source(
        "products",
        model="kiosk.Article",
        id="code",
        name="shout",
        price=lambda article: article.price_incl_tax * 2,
        url="get_absolute_url",
        category="group__title",
        description="group__pk",
        updated_at="changed",
    )
    with django_assert_num_queries(1):
        said = sorted(rows(found), key=lambda row: row["id"])
    assert said[0] == {
        "id": "a",
        "name": "THE A",
        "price": Decimal("5.00"),
        "url": "/articles/a/",
        "category": "Cups",
        "description": group.pk,
        "currency": "EUR",
    }
    assert [given.changed is not None for given in found.after(None, 1)] == [True]


def test_read__properties_of_related_rows_come_along(django_assert_num_queries: Any) -> None:
    (article,) = articles("a")
    made = purchase("R1")
    for item in (article, None):
        PurchaseItem.objects.create(purchase=made, article=item, title="x", qty="1.5", line_price_incl_tax=3)
    found = source(
        "order_lines",
        model="kiosk.PurchaseItem",
        order="purchase__ref",
        product_name="article__shout",
        quantity="qty",
        amount="line_price_incl_tax",
    )
    with django_assert_num_queries(1):
        said = rows(found)
    assert [row["product_name"] for row in said] == ["THE A", None]
    assert said[0]["quantity"] == Decimal("1.5")


def test_after__goes_on_behind_the_last_row() -> None:
    articles(*"abcde")
    made = list(Article.objects.order_by("pk"))  # each database has an order of its own for UUIDs
    found = source("products", model="kiosk.Article")
    assert found.key_column == "pk"
    seen, after = [], None
    while chunk := found.after(after, 2):
        assert len(chunk) <= 2
        seen += [given.pk for given in chunk]
        after = chunk[-1].pk
    assert seen == [article.pk for article in made]


def test_after__since_a_change_or_never_dated() -> None:
    for ref, days in (("R1", 0), ("R2", 5)):
        purchase(ref, date_created=NOON + timedelta(days=days))
    found = source(
        "orders", model="kiosk.Purchase", id="ref", placed_at="date_created", updated_at="client__user__date_joined"
    )
    assert len(found.after(None, 9, NOON)) == 2
    dated = source("orders", model="kiosk.Purchase", id="ref", placed_at="date_created", updated_at="date_created")
    given = dated.after(None, 9, NOON + timedelta(days=1))
    assert [(row.values[0], row.changed) for row in given] == [("R2", NOON + timedelta(days=5))]


def test_base__is_narrowed_by_manager_filter_exclude_and_ignored_statuses() -> None:
    articles("a")
    articles("b", "c", visible=False)
    found = source("products", model="kiosk.Article", id="code", queryset="on_sale")
    assert [row["id"] for row in rows(found)] == ["a"]
    chosen = source(
        "products",
        model="kiosk.Article",
        id="code",
        queryset=lambda articles: articles.filter(visible=False),
        filter={"title__startswith": "The"},
        exclude={"code": "c"},
    )
    assert [row["id"] for row in rows(chosen)] == ["b"]
    for ref, status in (("R1", Purchase.NEW), ("R2", Purchase.CANCELLED)):
        purchase(ref, status=status)
    orders = source(
        "orders", model="kiosk.Purchase", id="ref", placed_at="date_created", status={"ignore": [Purchase.CANCELLED]}
    )
    assert [row["id"] for row in rows(orders)] == ["R1"]


def test_with_pks_and_keys() -> None:
    first, second = articles("a", "b")
    found = source("products", model="kiosk.Article", id="code")
    assert [given.values[0] for given in found.with_pks([second.pk])] == ["b"]
    assert [given.pk for given in found.with_keys(["a", "zz"])] == [first.pk]
    by_uuid = source("products", model="kiosk.Article")
    assert [given.pk for given in by_uuid.with_keys([str(first.pk), "no uuid", str(uuid.uuid4())])] == [first.pk]
    by_function = source("products", model="kiosk.Article", id="shout")
    assert by_function.key_column is None
    assert by_function.with_keys(["THE A"]) == []


def test_present__whatever_spaces_the_host_writes() -> None:
    articles("a", " b ")
    found = source("products", model="kiosk.Article", id="code")
    assert found.present(["a", "b", "c"]) == {"a", "b"}


def test_present__through_relations() -> None:
    person = User.objects.create(username="ada")
    Client.objects.create(user=person)
    found = source("customers", model="kiosk.Client", id="user")
    assert found.present([str(person.pk), "999999", "x"]) == {str(person.pk)}


def test_of_orders__the_lines_of_some() -> None:
    first, second = purchase("R1"), purchase("R2")
    for made in (first, first, second):
        PurchaseItem.objects.create(purchase=made, title="x", qty=1, line_price_incl_tax=3)
    said: dict[str, Any] = {"model": "kiosk.PurchaseItem", "quantity": "qty", "amount": "line_price_incl_tax"}
    by_ref = source("order_lines", order="purchase__ref", **said)
    assert len(by_ref.of_orders(["R1", "nothing"]) or ()) == 2
    by_pk = source("order_lines", order="purchase", **said)
    assert len(by_pk.of_orders([str(second.pk), "x"]) or ()) == 1
    by_function = source("order_lines", order=lambda item: item.purchase.ref, **said)
    assert by_function.of_orders(["R1"]) is None


def test_read__cents_become_units_exactly() -> None:
    purchase("R1", total_excl_tax=1999, total_incl_tax=Decimal("12345.67"))
    said = {"model": "kiosk.Purchase", "id": "ref", "placed_at": "date_created"}
    (row,) = rows(source("orders", **said, total=insights.Cents("total_excl_tax")))
    assert row["total"] == Decimal("19.99")
    (row,) = rows(source("orders", **said, total=insights.Cents("total_incl_tax", per_unit=1000)))
    assert row["total"] == Decimal("12.34567")
    (row,) = rows(source("orders", **said, total=insights.Cents("total_excl_tax"), name=lambda row: row.ref))
    assert (row["total"], row["name"]) == (Decimal("19.99"), "R1")
