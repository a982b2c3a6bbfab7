from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models as fields
from django.db.models import Model
from django.test.utils import isolate_apps

from insights.sources import Adapter, mapped, problems
from insights.sources.draft import Draft, draft_adapter
from insights.sources.draft_models import host_models, shelves
from insights.sources.draft_words import head, meaning_of, words
from shop_demo.adapter import ShopAdapter
from shop_demo.models import Order
from tests.insights.sources import shop
from tests.insights.sources.host import models as kiosk


def models(*labels: str) -> list[type[Model]]:
    return [model for model in host_models() if model._meta.app_label in labels]


def loaded(found: Draft) -> Adapter:
    """The adapter that the written file says."""
    place: dict[str, Any] = {"__name__": "written"}
    exec(compile(found.text(), "adapter.py", "exec"), place)
    return place["ShopAdapter"]()


@pytest.fixture(params=["shop", "kiosk"])
def found(request: pytest.FixtureRequest, db: None) -> Draft:
    return draft_adapter(models("auth", request.param))


def test_draft__loads_and_resolves_without_errors(found: Draft) -> None:
    assert found.problems() == []
    assert problems(loaded(found)) == []


def test_draft__the_text_says_what_was_tried(found: Draft) -> None:
    written, tried = loaded(found), found.adapter()
    assert (written.name, written.currency) == (tried.name, tried.currency)
    assert repr(written.declarations) == repr(tried.declarations)


@pytest.mark.django_db
def test_draft__of_the_demo_shop_is_near_the_adapter_written_by_hand() -> None:
    drafted = draft_adapter(models("auth", "shop")).adapter()
    different = []
    for kind, by_hand in ShopAdapter.declarations.items():
        assert drafted.declarations[kind].options["model"] == by_hand.options["model"]
        guessed = drafted.declarations[kind].values
        different += [
            f"{kind}.{name}"
            for name, value in by_hand.values.items()
            if isinstance(value, str) and guessed.get(name) != value
        ]
    # Kinds of lines need the meaning of stock codes, and any unique key of an event will do.
    assert set(different) <= {"products.kind", "order_lines.kind", "events.id"}
    assert drafted.declarations["orders"].options["status"] == {"cancelled": ["cancelled"], "refunded": ["refunded"]}
    assert drafted.declarations["ratings"].options["filter"] == {"is_approved": True}


@pytest.mark.django_db
def test_draft__of_another_shop() -> None:
    found = draft_adapter(models("auth", "kiosk"))
    assert {kind: said["model"].value for kind, said in found.kinds.items()} == {
        "customers": "kiosk.Client",
        "categories": "kiosk.Group",
        "products": "kiosk.Article",
        "orders": "kiosk.Purchase",
        "order_lines": "kiosk.PurchaseItem",
        "ratings": "kiosk.Opinion",
    }
    assert set(found.missing) == {"refunds", "events"}
    said = {kind: {name: guess.value for name, guess in guesses.items()} for kind, guesses in found.kinds.items()}
    assert said["customers"]["email"] == "user__email"
    assert said["customers"]["phone"] == "telephone"
    assert said["customers"]["accepts_marketing"] == "newsletter"
    assert said["products"]["brand"] == "maker"
    assert said["products"]["category"] == "group"
    assert said["products"]["updated_at"] == "changed"
    assert said["orders"] | {"id": "ref", "total": "total_incl_tax", "email": "mail"} == said["orders"]
    assert said["orders"]["status"] == {"cancelled": [3], "refunded": [4]}
    assert "these count: new (1), sent (2)" in found.text()
    assert said["order_lines"]["order"] == "purchase__ref"
    assert said["order_lines"]["amount"] == "line_price_incl_tax"
    assert said["ratings"]["scale"] == (0, 10)
    assert said["ratings"]["filter"] == {"status": 1}
    assert 'currency = "GBP"  # of all amounts' in found.text()
    assert "# Refunds: no table looks like it." in found.text()


@pytest.mark.django_db
def test_draft__maps_rows() -> None:
    buyer = shop.person("ada", first_name="Ada", last_name="L")
    shop.order(buyer, (shop.product("tea"), 2, "5"))
    adapter = draft_adapter(models("auth", "shop")).adapter()
    said = {}
    for kind in adapter.declarations:
        source = mapped(adapter, kind)
        assert source is not None
        said[kind] = [dict(zip(source.names, given.values, strict=True)) for given in source.after(None, 5)]
    assert said["customers"][0]["name"] == "Ada L"
    assert said["orders"][0]["customer"] == buyer.pk
    assert said["order_lines"][0]["product"] == "tea"


@pytest.mark.django_db
def test_draft__reads_the_words_of_a_status_without_choices() -> None:
    field = Order._meta.get_field("status")
    choices, field.choices = field.choices, None  # type: ignore[union-attr]
    try:
        for status in ("OPEN", "STORNIERT", "returned", "draft"):
            shop.order(None, status=status)
        said = draft_adapter(models("auth", "shop")).kinds["orders"]["status"]
    finally:
        field.choices = choices  # type: ignore[union-attr]
    assert said.value == {"ignore": ["draft"], "cancelled": ["STORNIERT"], "refunded": ["returned"]}
    assert "OPEN" in said.note


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("some", "missing"),
    [
        ([User], {"categories", "products", "orders", "order_lines", "refunds", "ratings", "events"}),
        ([User, kiosk.Article], {"orders", "order_lines", "refunds", "ratings", "events"}),
    ],
)
def test_draft__says_what_it_does_not_find(some: Sequence[type[Model]], missing: set[str]) -> None:
    found = draft_adapter(some)
    assert set(found.missing) == missing
    assert found.problems() == []


@isolate_apps("tests.insights.sources.host")
def test_draft__says_what_to_do_about_several_categories() -> None:
    class Collection(fields.Model):  # noqa: DJ008
        title = fields.CharField(max_length=10)

        class Meta:
            app_label = "kiosk"

    class Book(fields.Model):  # noqa: DJ008
        title = fields.CharField(max_length=10)
        collections = fields.ManyToManyField(Collection)

        class Meta:
            app_label = "kiosk"

    assert shelves(Book) == "collections"
    assert shelves(kiosk.Purchase) == ""
    said = draft_adapter([User, Collection, Book])
    assert said.kinds["categories"]["model"].value == "kiosk.Collection"
    assert 'category = insights.First("collections")  # the first of several' in said.text()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "scale"),
    [([], (1, 5)), ([2, 4], (1, 5)), ([4, 9, 6], (4, 9))],
)
def test_draft__has_the_scale_of_the_ratings_that_are_there(
    given: list[int], scale: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk.Opinion._meta.get_field("score"), "_validators", [])
    article = kiosk.Article.objects.create(code="a", title="A", price_incl_tax=1)
    for points in given:
        kiosk.Opinion.objects.create(article=article, score=points)
    assert draft_adapter(models("auth", "kiosk")).kinds["ratings"]["scale"].value == scale


def test_host_models__are_neither_djangos_nor_ours() -> None:
    assert {model._meta.app_label for model in host_models()} == {"auth", "shop", "kiosk"}
    assert [model for model in host_models() if model._meta.app_label == "auth"] == [User]


def test_words() -> None:
    assert words("OrderLineItem") == ["order", "line", "item"]
    assert words("order_line") == ["order", "line"]
    assert words("SKUItem2") == ["sku", "item", "2"]
    assert [head(name) for name in ("OrderLines", "Categories", "Address", "ProductReview")] == [
        "line",
        "category",
        "address",
        "review",
    ]


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        (("CANCELED", "Canceled"), "cancelled"),
        ((3, "已取消"), "cancelled"),
        (("r", "Refunded"), "refunded"),
        (("cart", "Basket"), "ignore"),
        (("bag", "Shopping bag"), "ignore"),
        (("baggage", "Baggage paid"), None),
        (("scrapped", "Scrapped by customer"), "cancelled"),
        (("back", "Money back"), "refunded"),
        (("paid", "Paid"), None),
        (("latest", "Latest"), None),
    ],
)
def test_meaning_of(said: tuple[object, ...], meaning: str | None) -> None:
    assert meaning_of(said) == meaning
