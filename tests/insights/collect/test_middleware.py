from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import resolve

from insights.collect import VISITOR_COOKIE, inbox, work
from insights.collect.middleware import _count, _events
from insights.models import Event, InboxBatch, Product, Visit
from shop_demo.models import Category as ShopCategory
from shop_demo.models import Product as ShopProduct

pytestmark = pytest.mark.django_db

PAGES = {"shop:product": "view_item pk", "shop:search": "search q"}


def counting(**collect: Any) -> Any:
    # The demo shop keeps a journal of its own; here ours counts instead.
    others = [name for name in settings.MIDDLEWARE if not name.endswith("PageViews")]
    return override_settings(
        MIDDLEWARE=[*others, "insights.collect.middleware.PageViews"],
        INSIGHTS={**settings.INSIGHTS, "COLLECT": {"PAGES": PAGES, **collect}},
    )


@pytest.fixture
def shopper() -> Client:
    cache.clear()
    shelf = ShopCategory.objects.create(slug="tea", name="Tea")
    ShopProduct.objects.create(sku="T1", slug="t1", name="Sencha", price=4, category=shelf, stock=5)
    Product.objects.create(external_id="T1", name="Sencha")
    client = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Mobile Firefox"})
    client.cookies["shop_consent"] = "all"
    return client


@counting()
def test_page_views__pages_products_and_searches(shopper: Client) -> None:
    assert shopper.get("/?utm_source=news").status_code == 200
    shopper.get(ShopProduct.objects.get().get_absolute_url())
    shopper.get("/search/", {"q": "sencha"})
    work()
    assert Event.objects.filter(name="page_view").count() == 3
    looked = Event.objects.get(name="view_item")
    assert looked.product is not None
    assert Event.objects.get(name="search").query == "sencha"
    # The shop's own log gives the visit its key once something was looked at.
    first, second = Visit.objects.order_by("started_at")
    assert (first.landing, first.utm_source, first.device) == ("/", "news", "mobile")
    assert (first.page_views + second.page_views, second.views) == (3, 1)


@counting(PAGES={"/p/": "view_item"})
def test_page_views__by_the_beginning_of_an_address(shopper: Client) -> None:
    url = ShopProduct.objects.get().get_absolute_url()
    assert url.startswith("/p/")
    shopper.get(url)
    work()
    assert Event.objects.filter(name="view_item").count() == 1


@pytest.mark.parametrize("said", ["T1", None])
def test_page_views__a_view_may_say_what_it_shows(said: str | None) -> None:
    product = ShopProduct(sku="T1")
    request = RequestFactory().get("/x/")
    request.resolver_match = resolve("/p/7/x/")
    request.insights_product = said or product  # type: ignore[attr-defined]
    with counting():
        ((_, _), (name, about)) = _events(request, HttpResponse())
    assert (name, about) == ("view_item", {"items": [{"item_id": "T1"}]})


def test_page_views__the_object_of_a_response() -> None:
    request = RequestFactory().get("/p/7/x/")
    request.resolver_match = resolve("/p/7/x/")
    with counting(PAGES={"product": "view_item object"}):
        shown = TemplateResponse(request, "x.html", {"object": ShopProduct(sku="T1")})
        assert _events(request, shown)[1][1] == {"items": [{"item_id": "T1"}]}
        assert _events(request, HttpResponse())[1] == ("view_item", {})


@counting()
def test_page_views__sets_the_cookie_with_consent_alone(shopper: Client) -> None:
    assert VISITOR_COOKIE in shopper.get("/").cookies
    unasked = Client(headers={"User-Agent": "Firefox"})
    assert VISITOR_COOKIE not in unasked.get("/").cookies
    work()
    assert Event.objects.filter(visitor=None).count() == 1


@counting()
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-GPC": "1"},
        {"X-Requested-With": "fetch"},
        {"Sec-Fetch-Dest": "empty"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"HX-Request": "true"},
    ],
)
def test_page_views__no_page_or_no_consent(shopper: Client, headers: dict[str, str]) -> None:
    assert shopper.get("/", headers=headers).status_code == 200
    assert not InboxBatch.objects.exists()


@counting()
def test_page_views__neither_the_admin_nor_our_own_pages_nor_errors(shopper: Client) -> None:
    shopper.get("/admin/login/")
    shopper.get("/insights/personal/")
    shopper.get("/no-such-page/")
    shopper.post("/search/")
    assert not InboxBatch.objects.exists()


@counting()
def test_page_views__never_fail_a_page(shopper: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(inbox, "accept", fail)
    assert shopper.get("/").status_code == 200


@counting(RATE=2)
def test_page_views__of_one_who_calls_without_end_are_not_counted(shopper: Client) -> None:
    shopper.get("/")
    for _ in range(5):
        assert shopper.get("/").status_code == 200
    assert InboxBatch.objects.count() < 6


@counting()
def test_page_views__the_script_of_the_same_page_does_not_count_it_again(shopper: Client) -> None:
    page = shopper.get("/").content.decode()
    assert 'data-page-views="off"' in page


@counting()
def test_page_views__cost_one_query(shopper: Client, django_assert_num_queries: Any) -> None:
    response = shopper.get("/")
    request = response.wsgi_request
    with django_assert_num_queries(1):
        _count(request, response)
