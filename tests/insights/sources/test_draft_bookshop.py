"""A draft for a shop that shares no name with the demo's: cents, editions of books, a phase instead of a status."""

from __future__ import annotations

import enum
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.test.utils import isolate_apps

from insights.sources import draft_adapter
from insights.sources.draft import Draft


class Phase(enum.Enum):
    BASKET = "basket"
    PAID = "paid"
    CANCELLED = "cancelled"
    SENT_BACK = "sent_back"


def bookshop(*tables: type[models.Model], **columns: Any) -> Draft:
    """The draft for a bookshop that has some more tables, and whose purchases have some more columns, or others."""

    class Genre(models.Model):  # noqa: DJ008
        word = models.CharField(max_length=9)

        class Meta:
            app_label = "kiosk"

    class Work(models.Model):  # noqa: DJ008
        heading = models.CharField(max_length=9)
        writer = models.CharField(max_length=9)
        genre = models.ForeignKey(Genre, models.CASCADE)

        class Meta:
            app_label = "kiosk"

        def get_absolute_url(self) -> str:
            return "/"

    class Edition(models.Model):  # noqa: DJ008
        work = models.ForeignKey(Work, models.CASCADE)
        isbn = models.CharField(max_length=13)
        price_cents = models.PositiveIntegerField()
        copies = models.IntegerField()
        on_sale = models.BooleanField()

        class Meta:
            app_label = "kiosk"

    body = {
        "reader": models.ForeignKey(User, models.CASCADE, null=True, related_name="+"),
        "mail_address": models.EmailField(),
        "bought_on": models.DateTimeField(),
        "touched": models.DateTimeField(auto_now=True),
        "phase": models.CharField(max_length=9, choices=[(phase.value, phase.name) for phase in Phase]),
        "to_pay_cents": models.PositiveIntegerField(),
        "Meta": type("Meta", (), {"app_label": "kiosk"}),
        "__module__": __name__,
    }
    purchase = type("Purchase", (models.Model,), {key: value for key, value in (body | columns).items() if value})

    class PurchasedBook(models.Model):  # noqa: DJ008
        purchase = models.ForeignKey("Purchase", models.CASCADE)
        edition = models.ForeignKey(Edition, models.CASCADE)
        copies = models.PositiveIntegerField()
        each_cents = models.PositiveIntegerField()

        class Meta:
            app_label = "kiosk"

    return draft_adapter([User, Genre, Work, Edition, purchase, PurchasedBook, *tables])


@isolate_apps("tests.insights.sources.host")
def test_draft__of_a_bookshop_wants_no_change() -> None:
    found = bookshop()
    text = found.text()
    for line in (
        'name = "work__heading"',
        'brand = "work__writer"',
        'category = "work__genre"',
        'price = insights.Cents("price_cents")',
        'stock = "copies"',
        'is_active = "on_sale"',
        'url = "work__get_absolute_url"',
        'updated_at = "touched"',
        'placed_at = "bought_on"',
        'customer = "reader"',
        'email = "mail_address"',
        'total = insights.Cents("to_pay_cents")',
        'status = {"ignore": ["basket"], "cancelled": ["cancelled"], "refunded": ["sent_back"]}',
        'status_field = "phase"',
        'order = "purchase"',
        'product = "edition"',
        'quantity = "copies"',
        'unit_price = insights.Cents("each_cents")',
        "# Tables not used here: kiosk.Work.",
    ):
        assert f"    {line}" in text, line
    assert set(found.missing) == {"refunds", "ratings", "events"}


@pytest.mark.parametrize("more", [{}, {"opened": models.DateTimeField(), "closed": models.DateTimeField()}])
@isolate_apps("tests.insights.sources.host")
def test_draft__leaves_a_gap_to_fill_in_where_it_cannot_tell(more: dict[str, Any]) -> None:
    found = bookshop(bought_on=None, **more)
    text = found.text()
    compile(text, "adapter.py", "exec")
    assert "kiosk.Purchase looks like it, but nothing in it looks like “placed_at”." in text
    said = "one of opened, closed, touched?" if more else "one of touched?"
    assert f'    #     placed_at = "…"  # when it was placed: {said}' in text
    assert '    #     total = insights.Cents("to_pay_cents")' in text
    assert "orders" not in found.kinds
    assert found.gaps("orders") == {"placed_at": f"when it was placed: {said}"}


@isolate_apps("tests.insights.sources.host")
def test_draft__takes_the_currency_for_said_by_orders_that_have_a_gap() -> None:
    text = bookshop(bought_on=None, ccy=models.CharField(max_length=3)).text()
    assert '    #     currency = "ccy"' in text
    assert "since the orders name none" not in text


@isolate_apps("tests.insights.sources.host")
def test_draft__names_columns_of_cents_as_such_where_one_is_to_be_chosen() -> None:
    class Repayment(models.Model):  # noqa: DJ008
        purchase = models.ForeignKey("Purchase", models.CASCADE)
        cents = models.PositiveIntegerField()
        handled = models.DateTimeField()

        class Meta:
            app_label = "kiosk"

    found = bookshop(Repayment)
    assert found.gaps("refunds") == {"amount": 'what was given back, above zero: one of insights.Cents("cents")?'}


@isolate_apps("tests.insights.sources.host")
def test_draft__knows_a_tree_by_the_column_that_leads_to_its_own_table() -> None:
    class Department(models.Model):  # noqa: DJ008
        title = models.CharField(max_length=9)
        above = models.ForeignKey("self", models.CASCADE, null=True)

        class Meta:
            app_label = "kiosk"

    class Article(models.Model):  # noqa: DJ008
        title = models.CharField(max_length=9)
        department = models.ForeignKey(Department, models.CASCADE)
        successor = models.ForeignKey("self", models.CASCADE, null=True)

        class Meta:
            app_label = "kiosk"

    kinds = draft_adapter([User, Department, Article]).kinds
    assert kinds["categories"]["parent"].value == "above"
    assert kinds["categories"]["parent"].note == "guessed: the category above?"
    assert "parent" not in kinds["products"], "what follows a product is not what it is a variant of"


@isolate_apps("tests.insights.sources.host")
def test_draft__asks_whether_whole_numbers_are_cents() -> None:
    found = bookshop(to_pay_cents=None, total=models.IntegerField())
    assert found.kinds["orders"]["total"].value == "total"
    assert found.kinds["orders"]["total"].note == 'in whole units? of cents say insights.Cents("total")'
