from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from shop_demo.basket import Item
from shop_demo.models import Order, Product, Status
from shop_demo.ordering import place_order
from tests.shop_demo.conftest import DELIVERY

Make = Callable[..., Product]
PASSWORD = "kettle-and-fern"


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada@example.com", "ada@example.com", PASSWORD, first_name="Ada")


def _ordered(user: User | None, *products: Product) -> Order:
    order, _ = place_order(uuid4(), [Item(product, 2) for product in products], DELIVERY, user=user)
    return order


def test_signing_in_brings_the_basket_along(client: Client, ada: User, product: Make) -> None:
    client.post(f"/basket/add/{product().pk}/", {"quantity": 3})
    answer = client.post("/account/sign-in/", {"username": " ADA@example.com", "password": PASSWORD})
    assert answer["Location"] == "/account/"
    assert client.get("/basket/").context["items"][0].quantity == 3


def test_a_wrong_password_says_so_and_never_which_part(client: Client, ada: User) -> None:
    known = client.post("/account/sign-in/", {"username": "ada@example.com", "password": "wrong"})
    unknown = client.post("/account/sign-in/", {"username": "eve@example.com", "password": "wrong"})
    said = [list(page.context["form"].non_field_errors()) for page in (known, unknown)]
    assert said[0] == said[1] == ["The e-mail address or the password is not right. Mind capital letters."]


def test_a_guests_order_comes_along_into_the_new_account(client: Client, product: Make) -> None:
    order = _ordered(None, product())
    session = client.session
    session["last_order"] = order.pk
    session.save()
    data = {"name": "Ada L", "email": "ada@example.com", "password": PASSWORD}
    assert client.post("/account/sign-up/", data)["Location"] == "/account/"
    order.refresh_from_db()
    assert order.user == User.objects.get(username="ada@example.com")


def test_an_order_to_another_address_does_not(client: Client, product: Make) -> None:
    order = _ordered(None, product())
    session = client.session
    session["last_order"] = order.pk
    session.save()
    client.post("/account/sign-up/", {"name": "Eve", "email": "eve@example.com", "password": PASSWORD})
    order.refresh_from_db()
    assert order.user is None


def test_a_password_is_reset_by_letter(client: Client, ada: User) -> None:
    client.post("/account/reset/", {"email": "ada@example.com"})
    client.post("/account/reset/", {"email": "nobody@example.com"})
    (letter,) = mail.outbox
    link = re.search(r"/account/reset/\S+", str(letter.body))
    assert link
    page = client.get(link[0], follow=True)
    new = {"new_password1": "another-fern-9", "new_password2": "another-fern-9"}
    client.post(page.redirect_chain[-1][0], new)
    assert client.login(username="ada@example.com", password="another-fern-9")
    assert b"reset" in client.get(link[0]).content.lower(), "the link works once"


def test_orders_are_shown_to_their_owner_alone(client: Client, ada: User, product: Make) -> None:
    order = _ordered(ada, product())
    assert "/account/sign-in/" in client.get("/account/")["Location"]
    client.force_login(User.objects.create(username="eve"))
    for path in ("", "cancel/", "again/"):
        address = f"{order.get_absolute_url()}{path}"
        assert (client.post if path else client.get)(address).status_code == 404
    client.force_login(ada)
    assert order.number in client.get("/account/").content.decode()
    assert client.get(order.get_absolute_url()).status_code == 200


def test_an_order_is_cancelled_until_it_has_left(client: Client, ada: User, product: Make) -> None:
    order = _ordered(ada, product(stock=5))
    client.force_login(ada)
    assert b"is cancelled" in client.post(f"{order.get_absolute_url()}cancel/", follow=True).content
    assert Product.objects.get().stock == 5
    Order.objects.update(status=Status.SHIPPED)
    assert b"has left already" in client.post(f"{order.get_absolute_url()}cancel/", follow=True).content


def test_buying_again_says_what_is_not_to_be_had(client: Client, ada: User, product: Make) -> None:
    tea, gone = product("T1"), product("T2", name="Rare tea")
    order = _ordered(ada, tea, gone)
    Product.objects.filter(pk=gone.pk).update(stock=0)
    client.force_login(ada)
    page = client.post(f"{order.get_absolute_url()}again/", follow=True)
    assert [(item.product, item.quantity) for item in page.context["items"]] == [(tea, 2)]
    said = [str(message) for message in page.context["messages"]]
    assert said == ["2 things are in your basket.", "Not, or not all, to be had: Rare tea."]


def test_a_profile_is_saved(client: Client, ada: User) -> None:
    client.force_login(ada)
    data = {"first_name": "Augusta", "country": "DE", "language": "zh-hans", "accepts_marketing": "on"}
    assert client.post("/account/profile/", data).status_code == 302
    ada.refresh_from_db()
    assert (ada.first_name, ada.profile.country, ada.profile.accepts_marketing) == ("Augusta", "DE", True)
    assert client.post("/account/profile/", {"first_name": ""}).status_code == 422
