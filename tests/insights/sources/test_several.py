"""A kind of rows that the shop keeps in several tables."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.dispatch import Signal
from pytest_django import DjangoCaptureOnCommitCallbacks

import insights
from insights import receivers, tasks
from insights.collect import host_key
from insights.collect.hosts import product_key
from insights.management.doctor_shop import adapters
from insights.models import Event, Order, OrderLine, Product, QuarantinedRow, Rating
from insights.sources import sync as take_over
from insights.sources import sync_rows
from tests.insights.sources.host.models import Article, Client, Look, Note, Poster, Purchase, PurchaseItem, Question
from tests.insights.sources.test_mapped import NOON, articles, purchase

pytestmark = pytest.mark.django_db

order_changed = Signal()
POSTERS = Concat(F("content_type__model"), Value(":"), Cast("object_id", CharField()))


class Kiosk(insights.Adapter):
    """Articles and posters are products; looks and questions are events; a note rates any of the products."""

    name = "kiosk"
    currency = "EUR"

    class Customers:
        model = "kiosk.Client"
        email = "user__email"

    class Products:
        name = "title"

        class Article:
            model = "kiosk.Article"
            id = "code"
            price = "price_incl_tax"

        class Poster:
            model = "kiosk.Poster"
            price = "price"

    class Orders:
        model = "kiosk.Purchase"
        id = "ref"
        placed_at = "date_created"
        total = "total_incl_tax"
        status = {"counts": [Purchase.NEW, Purchase.SENT], "cancelled": [Purchase.CANCELLED]}
        live = True
        signals = {f"{__name__}.order_changed": "order"}

    class OrderLines:
        model = "kiosk.PurchaseItem"
        order = "purchase__ref"
        product = Concat(Value("article:"), "article__code")
        quantity = "qty"
        amount = "line_price_incl_tax"

    class Ratings:
        model = "kiosk.Note"
        product = POSTERS
        value = insights.Const(4)
        occurred_at = insights.Const(NOON)
        text = "text"

    class Events:
        customer = "client"
        occurred_at = "date_created"

        class Looks:
            model = "kiosk.Look"
            name = insights.Const("view_item")
            product = Concat(Value("article:"), "article__code")
            live = True

        class Questions:
            model = "kiosk.Question"
            name = insights.Const("search")
            query = "words"


class Plain(Kiosk):
    """Without questions, and without products of two kinds."""

    class Events(Kiosk.Events):
        Questions = None

    Products = None


class SecondTill(Kiosk):
    """One till of several, in the same tables; an order of a subscriber to the newsletter is a test."""

    class Orders(Kiosk.Orders):
        filter = {"till": 2}
        status = {"test": [True]}
        status_field = "client__newsletter"

    class OrderLines(Kiosk.OrderLines):
        filter = {"purchase__till": 2}


class DearPosters(Kiosk):
    """Cheap posters are left out, and what was written of them."""

    class Products(Kiosk.Products):
        class Poster(Kiosk.Products.Poster):
            filter = {"price__gt": 5}


class BrokenPosters(Kiosk):
    class Products(Kiosk.Products):
        class Poster(Kiosk.Products.Poster):
            name = staticmethod(lambda poster: poster.title / 2)


@pytest.fixture(autouse=True)
def kiosk(settings: Any) -> None:
    settings.INSIGHTS = {"ADAPTERS": [f"{__name__}.Kiosk"], "BASE_CURRENCY": "EUR"}


@pytest.fixture
def client() -> Client:
    return Client.objects.create(user=User.objects.create(username="ada", email="ada@example.com"))


def look(client: Client | None, article: Article, **more: Any) -> Look:
    return Look.objects.create(client=client, article=article, date_created=NOON, **more)


def test_declarations__one_a_table() -> None:
    assert {"products:article", "products:poster", "events:looks", "events:questions"} <= set(Kiosk.declarations)
    assert [item.prefix for item in Kiosk.of_kind("products")] == ["article:", "poster:"]
    assert Kiosk.declarations["events:looks"].values["customer"] == "client"
    assert [item.name for item in Plain.of_kind("events")] == ["events:looks"]
    assert Plain.of_kind("products") == []


def test_sync__tables_of_one_kind_stay_apart(client: Client) -> None:
    cup, _ = articles("1", "2")
    moon = Poster.objects.create(pk=1, title="Moon", price=3)
    Note.objects.create(content_type=ContentType.objects.get_for_model(Poster), object_id="1", text="Nice")
    look(client, cup)
    Question.objects.create(client=client, words="moon", date_created=NOON + timedelta(minutes=1))

    report = take_over()
    assert {kind: said.created for kind, said in report.kinds.items() if said.created} == {
        "customers": 1, "products": 3, "ratings": 1, "events": 2,
    }  # fmt: skip
    assert {product.external_id: product.name for product in Product.objects.all()} == {
        "article:1": "The 1",
        "article:2": "The 2",
        "poster:1": "Moon",
    }
    assert Rating.objects.get().product.name == "Moon"
    said = {event.name: (event.product and event.product.name, event.query) for event in Event.objects.all()}
    assert said == {"view_item": ("The 1", None or ""), "search": (None, "moon")}
    assert host_key("products", moon) == ("kiosk", "poster:1")
    assert host_key("products", cup) == ("kiosk", "article:1")

    again = take_over(full=True)
    assert all(not said.changed for said in again.kinds.values()), again.as_dict()

    moon.delete()
    Poster.objects.create(pk=7, title="Sun", price=3)
    Article.objects.get(code="2").delete()
    assert take_over().kinds["products"].deleted == 2
    active = Product.objects.filter(is_active=True).order_by("external_id")
    assert [product.external_id for product in active] == ["article:1", "poster:7"]


def test_sync__what_happened_stays_when_the_shop_tidies_its_log(client: Client) -> None:
    (cup,) = articles("1")
    look(client, cup)
    take_over()
    look(client, cup)
    Look.objects.first().delete()  # type: ignore[union-attr]
    insights.track("page_view", customer=None)
    take_over()
    assert take_over(full=True).kinds["events"].deleted == 0
    assert Event.objects.filter(channel="kiosk").count() == 2


def test_sync__statuses_that_count() -> None:
    purchase("R1"), purchase("R2", status=Purchase.CANCELLED), purchase("R3", status=Purchase.GIVEN_BACK)
    take_over()
    assert dict(Order.objects.values_list("external_id", "counts")) == {"R1": True, "R2": False}
    Purchase.objects.update(status=Purchase.GIVEN_BACK)
    assert take_over(full=True).kinds["orders"].deleted == 2
    assert not QuarantinedRow.objects.exists()


def test_sync__lines_of_orders_that_do_not_count_stay_away_with_them() -> None:
    (cup,) = articles("1")
    for ref, status in (("R1", Purchase.NEW), ("R2", Purchase.GIVEN_BACK)):
        made = purchase(ref, status=status)
        PurchaseItem.objects.create(purchase=made, article=cup, title="x", qty=1, line_price_incl_tax=Decimal("9.99"))
    report = take_over()
    assert report.kinds["order_lines"].counts["of_left_out"] == 1
    assert OrderLine.objects.get().order.external_id == "R1"
    assert not QuarantinedRow.objects.exists()
    assert take_over(full=True).changed == 0

    Purchase.objects.update(status=Purchase.NEW)
    take_over(full=True)
    assert OrderLine.objects.count() == 2


def test_sync__what_is_said_of_a_row_that_one_table_leaves_out(settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"ADAPTERS": [f"{__name__}.DearPosters"]}
    articles("1")
    Poster.objects.create(pk=1, title="Moon", price=3), Poster.objects.create(pk=2, title="Sun", price=8)
    for key in ("1", "2"):
        Note.objects.create(content_type=ContentType.objects.get_for_model(Poster), object_id=key, text="Nice")
    assert take_over().kinds["ratings"].counts["of_left_out"] == 1
    assert Rating.objects.get().product.external_id == "poster:2"
    assert not QuarantinedRow.objects.exists()
    assert take_over(full=True).changed == 0


def test_sync__spaces_around_a_key_stand_outside_its_prefix() -> None:
    articles("1", " 1", " 2 ")
    report = take_over()
    assert report.kinds["products"].counts["repeated_key"] == 1
    assert {product.external_id for product in Product.objects.all()} == {"article:1", "article:2"}
    again = take_over(full=True)
    assert (again.changed, again.kinds["products"].deleted) == (0, 0)


def test_sync__one_shop_of_several_and_a_flag_of_another_table(client: Client, settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"ADAPTERS": [f"{__name__}.SecondTill"]}
    Client.objects.update(newsletter=True)
    (cup,) = articles("1")
    for ref, more in (("R1", {"till": 1}), ("R2", {"till": 2}), ("R3", {"till": 2, "client": client})):
        made = purchase(ref, **more)
        PurchaseItem.objects.create(purchase=made, article=cup, title="x", qty=1, line_price_incl_tax=Decimal("9.99"))
    take_over()
    assert dict(Order.objects.values_list("external_id", "excluded")) == {"R2": "", "R3": "test"}
    assert OrderLine.objects.count() == 2
    assert not QuarantinedRow.objects.exists()


def test_product_key__tells_no_table_from_another_by_a_number_alone() -> None:
    (cup,) = articles("1")
    moon = Poster.objects.create(title="Moon", price=3)
    assert product_key(str(cup.pk)) == "article:1"
    assert product_key(str(moon.pk)) == f"poster:{moon.pk}"
    assert product_key("nothing") == ""


def test_doctor__looks_at_each_table(settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"ADAPTERS": [f"{__name__}.BrokenPosters"]}
    Poster.objects.create(title="Moon", price=3)
    (said,) = (finding.message for finding in adapters() if finding.key == "tables")
    assert said.startswith(f"{__name__}.BrokenPosters.Products.Poster: “name” fails: TypeError")


def test_sync_rows__of_one_table(client: Client) -> None:
    (cup,) = articles("1")
    made = purchase("R1")
    PurchaseItem.objects.create(purchase=made, article=cup, title="x", qty=2, line_price_incl_tax=Decimal(5))
    sync_rows("kiosk", "products:article", [cup.pk])
    sync_rows("kiosk", "orders", [made.pk])
    assert OrderLine.objects.get().product.external_id == "article:1"  # type: ignore[union-attr]
    report = sync_rows("kiosk", "events:looks", [look(client, cup).pk])
    assert report.kinds["events"].created == 1


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, list[Any]]]:
    found: list[tuple[str, str, list[Any]]] = []
    monkeypatch.setattr(tasks, "hint", lambda *said: found.append(said) or True)
    receivers.connect()
    return found


def test_live__tables_are_switched_one_by_one(
    heard: list[Any], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = purchase("R1")
        seen = look(None, *articles("1"))
        Question.objects.create(words="moon", date_created=NOON)
    assert {kind: pks for channel, kind, pks in heard if channel == "kiosk"} == {
        "orders": [made.pk],
        "products:article": [seen.article_id],
        "events:looks": [seen.pk],
    }


def test_live__a_signal_of_the_shop(
    heard: list[Any], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    Purchase.objects.bulk_create([Purchase(ref="R1", date_created=NOON, total_excl_tax=8, total_incl_tax=9)])
    made = Purchase.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        order_changed.send(sender=made, order=made, old="NEW", new="SENT")
        order_changed.send(sender=None, order=None)
    assert heard == [("kiosk", "orders", [made.pk])]
