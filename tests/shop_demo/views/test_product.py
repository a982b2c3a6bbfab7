from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from shop_demo.basket import Item
from shop_demo.models import Order, Product, Review, Status
from shop_demo.ordering import place_order
from tests.shop_demo.conftest import DELIVERY

Make = Callable[..., Product]


@pytest.fixture
def buyer(client: Client, db: None) -> User:
    user = User.objects.create(username="ada", first_name="Ada", last_name="Lovelace")
    client.force_login(user)
    return user


def test_product__an_old_name_leads_to_the_new_one(client: Client, product: Make) -> None:
    tea = product()
    answer = client.get(f"/p/{tea.pk}/old-name/")
    assert (answer.status_code, answer["Location"]) == (301, tea.get_absolute_url())
    assert client.get("/p/999999/x/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "said", "can_be_bought"),
    [
        ({"stock": 0}, "Sold out at the moment.", False),
        ({"price": None}, "Price on request", False),
        ({"stock": 3}, "In stock, 3 left.", True),
        ({"stock": None}, "In stock. Posted tomorrow.", True),
        ({"was_price": 12}, "before", True),
    ],
)
def test_product__says_how_it_stands(
    client: Client, product: Make, fields: dict[str, object], said: str, can_be_bought: bool
) -> None:
    page = client.get(product(**fields).get_absolute_url()).content.decode()
    assert said in page
    assert ("Add to basket" in page) is can_be_bought


def test_product__what_is_not_out_yet_is_not_there(client: Client, product: Make) -> None:
    tea = product(published_at=timezone.now() + timedelta(days=1))
    assert client.get(tea.get_absolute_url()).status_code == 404
    Product.objects.update(published_at=timezone.now(), is_active=False)
    assert client.get(tea.get_absolute_url()).status_code == 404


def test_review__only_of_what_was_bought_and_once(client: Client, product: Make, buyer: User) -> None:
    tea = product()
    client.post(f"/review/{tea.pk}/", {"stars": 5})
    assert not Review.objects.exists()
    place_order(uuid4(), [Item(tea, 1)], DELIVERY, user=buyer)
    client.post(f"/review/{tea.pk}/", {"stars": 5, "title": "<b>Good</b>"})
    client.post(f"/review/{tea.pk}/", {"stars": 2, "title": "<b>Less good</b>"})
    review = Review.objects.get()
    assert (review.stars, review.name) == (2, "Ada L.")
    tea.refresh_from_db()
    assert (tea.rating_average, tea.rating_count) == (2.0, 1)
    assert "&lt;b&gt;Less good" in client.get(tea.get_absolute_url()).content.decode()


def test_review__a_cancelled_order_is_no_purchase(client: Client, product: Make, buyer: User) -> None:
    tea = product()
    place_order(uuid4(), [Item(tea, 1)], DELIVERY, user=buyer)
    Order.objects.update(status=Status.CANCELLED)
    client.post(f"/review/{tea.pk}/", {"stars": 5})
    assert not Review.objects.exists()


def test_review__without_stars_is_asked_again(client: Client, product: Make, buyer: User) -> None:
    tea = product()
    place_order(uuid4(), [Item(tea, 1)], DELIVERY, user=buyer)
    answer = client.post(f"/review/{tea.pk}/", {"body": "Kept words"})
    assert answer.status_code == 422
    assert b"Kept words" in answer.content


def test_review__strangers_are_asked_to_sign_in(client: Client, product: Make) -> None:
    tea = product()
    assert "/account/sign-in/" in client.post(f"/review/{tea.pk}/", {"stars": 5})["Location"]


def test_picture__is_kept_for_ever_under_its_version(client: Client, product: Make) -> None:
    tea = product("A/1 ü")
    answer = client.get(tea.picture_url)
    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    assert client.get(tea.picture_url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(f"{tea.picture_url}&view=inside").status_code == 404
    before = tea.picture_url
    tea.art = {"shape": "cup"}
    assert tea.picture_url != before
