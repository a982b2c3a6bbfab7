from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from shop_demo.models import Product


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/about/", "/delivery/", "/privacy/", "/search/", "/basket/", "/account/sign-up/", "/account/reset/"])  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_are_there_in_both_languages(client: Client, path: str, language: str) -> None:
    client.cookies["django_language"] = language
    page = client.get(path)
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.content.decode()


@pytest.mark.django_db
def test_choose__is_kept_asked_no_more_and_can_be_changed(client: Client) -> None:
    question = b"May we recognise you"
    assert question in client.get("/privacy/").content
    answer = client.post("/consent/", {"choice": "all", "next": "/privacy/"})
    assert (answer["Location"], client.cookies["shop_consent"].value) == ("/privacy/", "all")
    client.get("/about/")
    assert "visitor" in client.session
    page = client.get("/privacy/").content
    assert question not in page
    assert b"You said yes" in page
    client.post("/consent/", {"choice": "none"})
    assert "visitor" not in client.session
    assert b"You said no" in client.get("/privacy/").content


@pytest.mark.django_db
def test_choose__neither_yes_nor_no_and_other_sites(client: Client) -> None:
    assert client.post("/consent/", {"choice": "maybe"}).status_code == 400
    assert client.post("/consent/", {"choice": "all", "next": "//evil.example"})["Location"] == "/"
    assert client.get("/consent/").status_code == 405


@pytest.mark.django_db
def test_privacy__names_every_cookie_that_is_set(client: Client, product: Callable[..., Product]) -> None:
    page = client.get("/privacy/").content.decode()
    client.post("/consent/", {"choice": "all"})
    client.post("/i18n/setlang/", {"language": "zh-hans"})
    client.post(f"/basket/add/{product().pk}/")
    client.post("/insights/e/", "{}", content_type="text/plain", headers={"User-Agent": "Firefox"})
    client.post("/insights/personal/", {"personal": "off"})
    client.get("/account/sign-in/")
    assert {"sessionid", "shop_consent", "insights_personal"} <= set(client.cookies)
    assert [name for name in client.cookies if f"<code>{name}</code>" not in page and name != "messages"] == []


@pytest.mark.django_db
def test_an_unknown_address_keeps_the_shop_around_it(client: Client) -> None:
    page = client.get("/nothing/")
    assert page.status_code == 404
    assert "This page is not here" in page.content.decode()
    assert 'href="/search/"' in page.content.decode()


@pytest.mark.django_db
def test_an_error_says_that_the_basket_is_safe(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop_demo.views.catalogue.listing", lambda *args: 1 / 0)
    client.raise_request_exception = False
    page = client.get("/all/")
    assert page.status_code == 500
    assert "Your basket is safe" in page.content.decode()


@pytest.mark.django_db
def test_why_these__is_a_page_of_the_shop_and_tells_the_truth(client: Client) -> None:
    page = client.get("/insights/personal/?next=/basket/").content.decode()
    assert "Fern &amp; Kettle" in page
    assert "Personal suggestions are on." in page
    client.post("/insights/personal/", {"personal": "off", "next": "/basket/"})
    assert "Turn on" in client.get("/insights/personal/").content.decode()
    client.post("/consent/", {"choice": "none"})
    refused = client.get("/insights/personal/").content.decode()
    assert "as you chose elsewhere" in refused
    assert "Turn o" not in refused, "there is nothing to switch"
