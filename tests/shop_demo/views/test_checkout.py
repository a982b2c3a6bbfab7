from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from shop_demo.models import BasketItem, Order, Product
from tests.shop_demo.conftest import FORM

Make = Callable[..., Product]


def _open(client: Client) -> dict[str, Any]:
    """The page's hidden fields, with what a buyer fills in."""
    form = client.get("/checkout/").context["form"]
    return {**FORM, "token": str(form.initial["token"]), "goods": str(form.initial["goods"])}


@pytest.fixture
def tea(client: Client, product: Make) -> Product:
    """A product, one of it in the visitor's basket."""
    made = product(stock=5)
    client.post(f"/basket/add/{made.pk}/", {"quantity": 2})
    return made


def test_an_empty_basket_leads_back(client: Client, db: None) -> None:
    assert client.get("/checkout/")["Location"] == "/basket/"


def test_a_guest_buys_and_gets_a_letter(
    client: Client, tea: Product, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/checkout/", _open(client))
    assert answer["Location"] == "/thanks/"
    order = Order.objects.get()
    assert (order.user, order.email, order.postcode) == (None, "ada@example.com", "EH1 1AA")
    page = client.get("/thanks/").content.decode()
    assert order.number in page
    assert "Keep this order in an account?" in page
    (letter,) = mail.outbox
    assert (letter.to, order.number in letter.subject) == (["ada@example.com"], True)
    assert client.get("/basket/").context["items"] == []


def test_sent_twice_it_is_one_order(client: Client, tea: Product) -> None:
    form = _open(client)
    assert [client.post("/checkout/", form)["Location"] for _ in range(2)] == ["/thanks/", "/thanks/"]
    assert Order.objects.count() == 1
    assert Product.objects.get().stock == 3


def test_what_is_wrong_is_marked_and_what_was_typed_stays(client: Client, tea: Product) -> None:
    answer = client.post("/checkout/", {**_open(client), "postcode": "nowhere", "name": "Ada Kept"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Write a British postcode" in page
    assert 'value="Ada Kept"' in page
    assert not Order.objects.exists()


def test_sold_out_meanwhile_leads_to_the_basket_and_writes_nothing(client: Client, tea: Product) -> None:
    form = _open(client)
    Product.objects.update(stock=1)
    answer = client.post("/checkout/", form, follow=True)
    assert answer.redirect_chain[-1][0] == "/basket/"
    page = answer.content.decode()
    assert "Somebody was faster" in page
    assert "Only 1 left" in page
    assert not Order.objects.exists()


def test_a_price_that_changed_meanwhile_is_shown_before_it_is_charged(client: Client, tea: Product) -> None:
    form = _open(client)
    Product.objects.update(price=20)
    answer = client.post("/checkout/", form)
    assert b"Your basket has changed" in answer.content
    assert not Order.objects.exists()
    again = answer.context["form"]
    client.post("/checkout/", {**form, "goods": again.data["goods"]})
    assert Order.objects.get().subtotal == 40


def test_who_is_signed_in_finds_the_last_address(client: Client, product: Make) -> None:
    user = User.objects.create_user("ada@example.com", "ada@example.com", first_name="Ada", last_name="L")
    client.force_login(user)
    tea = product(stock=None)
    for city in ("Edinburgh", "Leith"):
        BasketItem.objects.create(user=user, product=tea, quantity=1)
        client.post("/checkout/", {**_open(client), "city": city})
    BasketItem.objects.create(user=user, product=tea, quantity=1)
    known = client.get("/checkout/").context["form"].initial
    assert (known["city"], known["address"], known["email"]) == ("Leith", "1 Lane", "ada@example.com")
    assert set(Order.objects.values_list("user", flat=True)) == {user.pk}


def test_the_sums_for_another_country(client: Client, tea: Product) -> None:
    assert "£9.50" in client.get("/checkout/summary/?country=FR").content.decode()
    at_home = client.get("/checkout/summary/?country=nowhere").content.decode()
    assert "£3.95" in at_home
    assert "of which VAT" in at_home


def test_nobody_sees_the_thanks_of_another(client: Client, tea: Product) -> None:
    client.post("/checkout/", _open(client))
    assert Client().get("/thanks/")["Location"] == "/"
