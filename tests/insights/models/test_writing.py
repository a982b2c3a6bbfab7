from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from insights.models import Customer, Order, Product, Scaled, count_anew, insert, overwrite, upsert

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UNIQUE = ("channel", "external_id")


def row(key: str, **more: Any) -> dict[str, Any]:
    return {"channel": "shop", "external_id": key, "recorded_at": NOON, "name": key.title()} | more


def products() -> list[tuple[Any, ...]]:
    return list(Product.objects.order_by("external_id").values_list("external_id", "name", "price"))


def test_upsert__inserts_with_the_defaults_of_the_model(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        upsert(Product, [row("mug"), row("pot")], unique=UNIQUE)
    mug = Product.objects.get(external_id="mug")
    assert (mug.name, mug.is_active, mug.attributes, mug.flags, mug.price) == ("Mug", True, {}, [], None)


def test_upsert__writes_only_the_named_columns_onto_a_row_that_is_there() -> None:
    upsert(Product, [row("mug", price=Scaled(25_000))], unique=UNIQUE)
    upsert(Product, [row("mug", name="Cup", price=Decimal("9.5"))], unique=UNIQUE, update=["price"])
    upsert(Product, [row("mug", name="Bowl", price=Decimal(1))], unique=UNIQUE)
    assert products() == [("mug", "Mug", Decimal("9.5"))]


@pytest.mark.parametrize(
    ("price", "found"),
    [
        (Scaled(12_345), Decimal("1.2345")),
        (3, Decimal(3)),
        (Decimal("0.00015"), Decimal("0.0002")),
        ("7.25", Decimal("7.25")),
        (None, None),
    ],
)
def test_upsert__money_in_whatever_form(price: Any, found: Decimal | None) -> None:
    upsert(Product, [row("mug", price=price)], unique=UNIQUE)
    assert products() == [("mug", "Mug", found)]


def test_upsert__values_that_are_equal_but_not_the_same() -> None:
    """Converted values are remembered: 1 is no True, and an empty list is no empty dictionary."""
    upsert(
        Product,
        [
            row("a", is_active=True, stock=Scaled(1), attributes={}, flags=[]),
            row("b", is_active=False, stock=Scaled(0), attributes={"size": 1}, flags=["bot"]),
            row("c", is_active=True, stock=None, attributes={}, flags=[]),
        ],
        unique=UNIQUE,
    )
    found = Product.objects.order_by("external_id").values_list("is_active", "stock", "attributes", "flags")
    assert list(found) == [
        (True, Decimal("0.001"), {}, []),
        (False, Decimal(0), {"size": 1}, ["bot"]),
        (True, None, {}, []),
    ]


AWKWARD = ["", " ", "NULL", "null", '"', "\\", '\\"', "{a,b}", "it's", "%s", "100 %", "a\nb\t", "茶 🍵", "(1)", ","]


def test_upsert__texts_come_back_as_they_were() -> None:
    upsert(Product, [row(str(at), name=text) for at, text in enumerate(AWKWARD)], unique=UNIQUE)
    assert dict(Product.objects.values_list("external_id", "name")) == {
        str(at): text for at, text in enumerate(AWKWARD)
    }


def test_overwrite__texts_come_back_as_they_were() -> None:
    upsert(Product, [row(str(at)) for at in range(len(AWKWARD))], unique=UNIQUE)
    pks = sorted(Product.objects.values_list("pk", flat=True))
    overwrite(Product, ("name",), {pk: (text,) for pk, text in zip(pks, AWKWARD, strict=True)})
    assert list(Product.objects.order_by("pk").values_list("name", flat=True)) == AWKWARD


def test_overwrite__more_rows_than_one_statement_takes() -> None:
    upsert(Product, [row(str(at)) for at in range(2_500)], unique=UNIQUE)
    wanted = {pk: (Scaled(pk),) for pk in Product.objects.values_list("pk", flat=True)}
    overwrite(Product, ("price",), wanted)
    assert all(price == Decimal(pk).scaleb(-4) for pk, price in Product.objects.values_list("pk", "price"))


def test_insert__writes_what_is_given_and_defaults() -> None:
    insert(Product, ("channel", "external_id", "recorded_at", "name"), [("shop", key, NOON, key) for key in "abc"])
    assert products() == [(key, key, None) for key in "abc"]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Product, ("channel", "external_id", "recorded_at", "name"), [("shop", "a", NOON, "again")])
    insert(Product, ("channel",), [])
    assert Product.objects.count() == 3


@pytest.mark.skipif(connection.vendor != "postgresql", reason="others look at their tables by themselves")
def test_count_anew__the_planner_knows_how_many_rows_there_are() -> None:
    upsert(Product, [row(str(at)) for at in range(300)], unique=UNIQUE)
    count_anew(Product)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [Product._meta.db_table])
        assert cursor.fetchone() == (300,)


def test_upsert__of_nothing_does_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        upsert(Product, [], unique=UNIQUE)
        overwrite(Product, ("price",), {})


def test_overwrite__each_row_its_own_values() -> None:
    upsert(Product, [row("mug"), row("pot"), row("tin", price=Scaled(5))], unique=UNIQUE)
    pks = dict(Product.objects.values_list("external_id", "pk"))
    overwrite(
        Product, ("name", "price", "flags"), {pks["mug"]: ("Cup", Scaled(20_000), ["x"]), pks["tin"]: ("", None, [])}
    )
    assert products() == [("mug", "Cup", Decimal(2)), ("pot", "Pot", None), ("tin", "", None)]
    assert Product.objects.get(pk=pks["mug"]).flags == ["x"]


def test_overwrite__a_column_that_is_empty_in_all_rows() -> None:
    upsert(Product, [row("mug", price=Scaled(5)), row("pot", price=Scaled(6))], unique=UNIQUE)
    overwrite(Product, ("price", "name"), dict.fromkeys(Product.objects.values_list("pk", flat=True), (None, "Thing")))
    assert products() == [("mug", "Thing", None), ("pot", "Thing", None)]


def test_overwrite__dates_and_moments() -> None:
    upsert(Customer, [row("ada")], unique=UNIQUE)
    pk = Customer.objects.get().pk
    overwrite(Customer, ("first_order_date", "joined_at"), {pk: (NOON.date(), NOON - timedelta(days=1))})
    ada = Customer.objects.get()
    assert (ada.first_order_date, ada.joined_at) == (NOON.date(), NOON - timedelta(days=1))


def test_overwrite__a_row_that_has_gone_meanwhile_stays_away() -> None:
    overwrite(Order, ("total",), {404: (Scaled(5),)})
    assert not Order.objects.exists()


def test_upsert__of_two_of_one_key_the_later_has_the_last_word() -> None:
    upsert(Product, [row("mug", name="Mug"), row("pot"), row("mug", name="Cup")], unique=UNIQUE, update=["name"])
    assert products() == [("mug", "Cup", None), ("pot", "Pot", None)]
    upsert(Product, [row("tin", name="Tin"), row("tin", name="Can")], unique=UNIQUE)
    assert Product.objects.get(external_id="tin").name == "Tin"


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no lengths")
def test_what_is_too_long_is_refused_and_not_cut() -> None:
    upsert(Product, [row("mug"), row("pot")], unique=UNIQUE)
    pk = Product.objects.get(external_id="mug").pk
    with pytest.raises(DataError), transaction.atomic():
        overwrite(Product, ("name",), {pk: ("x" * 400,)})
    with pytest.raises(DataError), transaction.atomic():
        upsert(Product, [row("a", name="x" * 400), row("b")], unique=UNIQUE, update=["name"])
    assert [name for _, name, _ in products()] == ["Mug", "Pot"]
