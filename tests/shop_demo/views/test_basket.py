from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from shop_demo.models import Coupon, Event, Product

Make = Callable[..., Product]


def _said(client: Client) -> list[str]:
    return [str(message) for message in client.get("/basket/").context["messages"]]


def test_add__goes_back_to_the_page_but_never_to_another_site(client: Client, product: Make) -> None:
    tea = product()
    address = f"/basket/add/{tea.pk}/"
    assert client.post(address, {"next": "/c/green/?page=2"})["Location"] == "/c/green/?page=2"
    assert client.post(address, {"next": "https://evil.example/"})["Location"] == tea.get_absolute_url()


@pytest.mark.parametrize(
    ("stock", "wanted", "said"),
    [
        (9, "2", "Tea T1 is in your basket."),
        (2, "5", "Only 2 more were to be had."),
        (1, "5", "Only 1 more was to be had."),
        (0, "1", "There is no more of Tea T1."),
        (9, "many", "Tea T1 is in your basket."),
    ],
)
def test_add__says_what_happened(client: Client, product: Make, stock: int, wanted: str, said: str) -> None:
    client.post(f"/basket/add/{product(stock=stock).pk}/", {"quantity": wanted})
    assert _said(client) == [said]


def test_add__is_written_into_the_log(client: Client, product: Make) -> None:
    client.post(f"/basket/add/{product().pk}/", {"quantity": 2})
    event = Event.objects.get(name="add_to_cart")
    assert (event.quantity, event.value, event.session_key) == (2, 19, "")


def test_add_set__puts_in_what_there_is_and_says_what_is_missing(client: Client, product: Make) -> None:
    tea, pot, gone = product("T1"), product("T2"), product("T3", stock=0)
    skus = [item.sku for item in (tea, pot, gone)]
    reply = client.post("/basket/add/", {"product": [*skus, "unknown"], "next": "/c/green/"})
    assert reply["Location"] == "/c/green/"
    assert _said(client) == ["2 things went into your basket.", f"There is no more of {gone}."]
    assert [item.product for item in client.get("/basket/").context["items"]] == [tea, pot]
    assert Event.objects.filter(name="add_to_cart").count() == 2


def test_change__taking_out_can_be_undone(client: Client, product: Make) -> None:
    tea = product()
    client.post(f"/basket/add/{tea.pk}/", {"quantity": 3})
    client.post(f"/basket/change/{tea.pk}/", {"quantity": 0})
    page = client.get("/basket/")
    assert page.context["removed"] == {"product": tea, "quantity": 3}
    assert b"Put it back" in page.content
    assert b"Put it back" not in client.get("/basket/").content, "offered once"


@pytest.mark.parametrize("wanted", ["-1", "100", "x", ""])
def test_change__a_number_that_is_none_changes_nothing(client: Client, product: Make, wanted: str) -> None:
    tea = product()
    client.post(f"/basket/add/{tea.pk}/", {"quantity": 3})
    client.post(f"/basket/change/{tea.pk}/", {"quantity": wanted})
    page = client.get("/basket/")
    assert "Write a number from 0 to 99." in [str(message) for message in page.context["messages"]]
    assert page.context["items"][0].quantity == 3


def test_basket__what_is_short_blocks_the_checkout(client: Client, product: Make) -> None:
    tea = product()
    client.post(f"/basket/add/{tea.pk}/", {"quantity": 3})
    Product.objects.update(stock=0)
    page = client.get("/basket/").content.decode()
    assert "Sold out. Please take it out." in page
    assert 'href="/checkout/"' not in page
    assert client.get("/checkout/")["Location"] == "/basket/"


def test_coupon__known_unknown_and_given_up(client: Client, product: Make) -> None:
    Coupon.objects.create(code="TEN", percent=10)
    client.post(f"/basket/add/{product().pk}/")
    client.post("/basket/coupon/", {"code": " ten "})
    assert client.get("/basket/").context["quote"].discount > 0
    client.post("/basket/coupon/", {"code": "FREE"})
    assert _said(client)[-1] == "There is no coupon “FREE”, or it is over."
    client.post("/basket/coupon/", {"code": ""})
    assert client.get("/basket/").context["quote"].discount == 0
