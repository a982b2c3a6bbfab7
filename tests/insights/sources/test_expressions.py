"""Values that stand in other rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Value
from django.db.models.functions import Coalesce

import insights
from tests.insights.sources.host.models import Article, Poster, Purchase, PurchaseItem, Shelf
from tests.insights.sources.test_mapped import NOON, articles, purchase, rows, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelves() -> list[Shelf]:
    titles = [("0001", "Home"), ("00010001", "Kitchen"), ("000100010007", "Cups"), ("0002", "Garden")]
    return [Shelf.objects.create(path=path, title=title) for path, title in titles]


def test_first__takes_one_of_many_in_the_order_asked_for(shelves: list[Shelf]) -> None:
    home, _, cups, garden = shelves
    first, second, _ = articles("a", "b", "c")
    first.shelves.add(home, cups)
    second.shelves.add(garden)
    found = source(
        "products",
        model="kiosk.Article",
        id="code",
        category=insights.First("shelves", "-shelves__path"),
        brand=Coalesce(insights.First("shelves__title", shelves__path__startswith="0002"), Value("elsewhere")),
    )
    said = {row["id"]: (row["category"], row["brand"]) for row in rows(found)}
    assert said == {"a": (cups.pk, "elsewhere"), "b": (garden.pk, "Garden"), "c": (None, "elsewhere")}


def test_total__is_not_multiplied_by_other_joins(shelves: list[Shelf]) -> None:
    (article,) = articles("a")
    article.shelves.add(*shelves)
    made, empty = purchase("R1"), purchase("R2")
    for amount in ("1.10", "2.20"):
        PurchaseItem.objects.create(
            purchase=made, article=article, title="x", qty=1, line_price_incl_tax=Decimal(amount)
        )
    found = source(
        "orders",
        model="kiosk.Purchase",
        id="ref",
        placed_at="date_created",
        total=insights.Total("items__line_price_incl_tax"),
        tax=insights.Total("items__line_price_incl_tax", items__line_price_incl_tax__gt=2),
        coupon=insights.First("items__article__shelves__title", "-items__article__shelves__path"),
    )
    assert {row["id"]: (row["total"], row["tax"], row["coupon"]) for row in rows(found)} == {
        "R1": (Decimal("3.30"), Decimal("2.20"), "Garden"),
        "R2": (None, None, None),
    }
    assert empty.pk is not None


@pytest.mark.parametrize(("key", "expected"), [("title", "Kitchen"), ("pk", None)])
def test_parent_by_path__is_one_step_up(shelves: list[Shelf], key: str, expected: str | None) -> None:
    found = source("categories", model="kiosk.Shelf", name="title", parent=insights.ParentByPath(key=key))
    above = {row["name"]: row["parent"] for row in rows(found)}
    assert above["Cups"] == (expected or shelves[1].pk)
    assert (above["Home"], above["Garden"]) == (None, None)


def test_updated_at__may_be_an_expression() -> None:
    purchase("R1", date_created=NOON)
    purchase("R2")
    said: dict[str, Any] = {"model": "kiosk.Purchase", "id": "ref", "placed_at": "date_created"}
    found = source("orders", **said, updated_at=insights.First("items__article__changed", "-items__article__changed"))
    assert len(found.after(None, 9, NOON)) == 2, "rows that do not say when they changed are read again"
    for ref, code in (("R1", "new"), ("R2", "old")):
        article = Article.objects.create(code=code, title=code, price_incl_tax=1)
        made = Purchase.objects.get(ref=ref)
        PurchaseItem.objects.create(purchase=made, article=article, title=code, qty=1, line_price_incl_tax=1)
    Article.objects.filter(code="old").update(changed=NOON)
    Article.objects.filter(code="new").update(changed=NOON.replace(hour=15))
    assert [given.values[0] for given in found.after(None, 9, NOON.replace(hour=14))] == ["R1"]
    assert not found.live_column


def test_path_into_json() -> None:
    Poster.objects.create(title="Moon", price=3, facts={"name": {"zh": "月亮"}, "maker": "Ada"})
    found = source("products", model="kiosk.Poster", name="facts__name__zh", brand="facts__maker")
    assert [(row["name"], row["brand"]) for row in rows(found)] == [("月亮", "Ada")]
