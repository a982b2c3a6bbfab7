"""The widgets and the beacon in a real browser, under a strict Content-Security-Policy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, transaction
from django.db.models import F

from insights.collect import VISITOR_COOKIE, work
from insights.collect.views import Beacon
from insights.models import Category, Event, Product, Visit, Visitor
from insights.serving import index
from tests.insights.serving.world import build_world

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.insights.templatetags.pages"),
]

PEOPLE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
NO_DRIVER = "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false })"


LOCK = threading.RLock()
"""On a database in memory the server has the connection of the test, and so its transactions too."""


@pytest.fixture
def shop(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    ordinary = Beacon._take

    def one_at_a_time(self: Any, request: Any) -> Any:
        with LOCK:
            return ordinary(self, request)

    monkeypatch.setattr(Beacon, "_take", one_at_a_time)
    cache.clear()
    index.forget()
    build_world()
    return str(live_server.url)


@pytest.fixture
def visit(chromium: Any, shop: str) -> Iterator[Callable[..., Any]]:
    """Opens a page as a person would; complaints of the browser fail the test."""
    complaints: list[str] = []
    opened = []

    def visit(
        path: str = "/p/tea-1/", agreed: bool | None = True, before: str = "", route: Any = None, **options: Any
    ) -> Any:
        context = chromium.new_context(user_agent=PEOPLE, **options)
        opened.append(context)
        context.add_init_script(NO_DRIVER)
        if before:
            context.add_init_script(before)
        if route:
            context.route("**/insights/e/", route)
        if agreed is not None:
            value = "all" if agreed else "none"
            context.add_cookies([{"name": "shop_consent", "value": value, "url": shop}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(shop + path)
        return page

    yield visit
    for context in opened:
        context.close()
    _await_quiet()
    # The browser says of each answer that has failed that it has; some are meant to.
    assert [said for said in complaints if "503" not in said and "ERR_INTERNET" not in said] == []


def _await_quiet() -> None:
    """Until the server has written the last batch: a database in memory lets nobody wait for a lock."""
    calm = 0
    for _ in range(100):
        time.sleep(0.1)
        try:
            with transaction.atomic():
                Category.objects.update(name=F("name"))
            calm += 1
        except OperationalError:
            calm = 0
        if calm == 3:
            return


def read_inbox() -> None:
    with LOCK:
        work()


def await_rows(wanted: int, **filters: Any) -> list[Event]:
    for _ in range(120):
        read_inbox()
        found = list(Event.objects.filter(**filters))
        if len(found) >= wanted:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{len(found)} of {wanted} events with {filters} after twelve seconds")


def test_beacon__views_impressions_and_clicks_arrive(visit: Callable[..., Any]) -> None:
    page = visit(viewport={"width": 1200, "height": 1400})
    page.wait_for_timeout(1500)
    card = page.locator("[data-type=similar] a.ins-rec").nth(2)
    goal = card.get_attribute("href").strip("/").split("/")[-1]
    card.click()
    (click,) = await_rows(1, name="select_item")
    assert click.product == Product.objects.get(external_id=goal)
    assert (click.list_id, click.properties["place"]) == ("similar:similar", 3)
    seen = await_rows(8, name="view_item_list", list_id="similar:similar")
    assert sorted(event.properties["place"] for event in seen) == list(range(1, 9))
    assert await_rows(1, name="view_item", product__external_id="tea-1")
    people = Event.objects.exclude(name="user_engagement")  # Chromium forgets its assumed name as it leaves a page
    assert [str(event) for event in people if event.bot or not event.counts] == []
    assert Visitor.objects.count() == 1
    assert Visit.objects.get().page_views >= 1


def test_beacon__what_the_shop_says_itself(visit: Callable[..., Any]) -> None:
    page = visit(agreed=None)
    page.evaluate("""() => {
      insights.push(["search", { search_term: "gaiwan" }]);
      dataLayer.push({ event: "add_to_cart", ecommerce: { currency: "GBP", items: [{ item_id: "tea-2", price: 7, quantity: 2 }] } });
      (function () { dataLayer.push(arguments); })("event", "begin_checkout", { value: 14, currency: "GBP" });
      dataLayer.push({ event: "gtm.load" });
    }""")
    page.goto("about:blank")
    assert await_rows(1, name="search")[0].query == "gaiwan"
    (added,) = await_rows(1, name="add_to_cart")
    assert (added.product.external_id, added.quantity, added.value) == ("tea-2", 2, 14)  # type: ignore[union-attr]
    assert await_rows(1, name="begin_checkout")[0].value == 14
    assert not Visitor.objects.exists()


def test_beacon__after_a_refusal_there_is_no_script_and_no_request(visit: Callable[..., Any]) -> None:
    page = visit(agreed=False)
    assert page.locator("script").count() == 0
    assert page.locator("a.ins-rec").count() == 14
    page.goto("about:blank")
    assert not Event.objects.exists()


def test_beacon__what_was_said_before_it_loaded_is_not_lost(visit: Callable[..., Any]) -> None:
    page = visit(
        before="""
      (window.insights = window.insights || []).push(["search", { search_term: "early" }]);
      (window.dataLayer = window.dataLayer || []).push({ event: "view_cart" }, { event: "gtm.js" });
    """
    )
    page.goto("about:blank")
    assert await_rows(1, name="search")[0].query == "early"
    assert await_rows(1, name="view_cart")


def test_beacon__tags_of_the_page_without_code(visit: Callable[..., Any]) -> None:
    page = visit(viewport={"width": 1200, "height": 1400})
    page.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Search").click()
    page.wait_for_timeout(1600)
    page.get_by_role("link", name="Tea 2", exact=True).first.click()
    page.goto("about:blank")
    (added,) = await_rows(1, name="add_to_cart")
    assert (added.product.external_id, added.quantity, added.value) == ("tea-4", 2, 14)  # type: ignore[union-attr]
    assert await_rows(1, name="search")[0].query == "oolong"
    assert await_rows(1, name="view_promotion")
    seen = await_rows(3, name="view_item_list", list_id="shelf")
    assert {event.product.external_id for event in seen if event.product} == {"tea-1", "tea-2", "tea-3"}
    (chosen,) = await_rows(1, name="select_item", list_id="shelf")
    assert chosen.product == Product.objects.get(external_id="tea-2")


def test_beacon__engaged_time(visit: Callable[..., Any]) -> None:
    page = visit()
    page.mouse.move(10, 10)
    page.wait_for_timeout(1500)
    page.goto("about:blank")
    (engaged,) = await_rows(1, name="user_engagement")
    assert 1000 <= engaged.properties["engagement_time_msec"] < 10_000


def test_beacon__a_page_without_a_load(visit: Callable[..., Any]) -> None:
    page = visit()
    page.evaluate("history.pushState({}, '', '/p/tea-2/')")
    page.evaluate("history.pushState({}, '', '/p/tea-2/?colour=red')")
    page.goto("about:blank")
    assert sorted(event.page for event in await_rows(2, name="page_view")) == ["/p/tea-1/", "/p/tea-2/"]


def test_beacon__comes_back_after_a_failure_and_is_counted_once(visit: Callable[..., Any]) -> None:
    answers: list[int] = []

    def fail_twice(route: Any) -> None:
        answers.append(503 if len(answers) < 2 else 204)
        if answers[-1] == 503:
            route.fulfill(status=503, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page = visit(route=fail_twice)
    page.evaluate("insights.push(['view_cart'])")
    for _ in range(80):
        if 204 in answers:
            break
        page.wait_for_timeout(100)
    assert len(await_rows(1, name="view_cart")) == len(await_rows(1, name="page_view")) == 1


def test_beacon__no_batch_is_larger_than_a_browser_sends(visit: Callable[..., Any]) -> None:
    sizes: list[int] = []

    def weigh(route: Any) -> None:
        sizes.append(len(route.request.post_data_buffer or b""))
        route.continue_()

    page = visit(route=weigh)
    page.evaluate("""() => {
      for (let n = 0; n < 30; n++) insights.push(["view_cart", { note: n + "茶".repeat(1500) }]);
      insights.push(["view_cart", { note: "茶".repeat(40000) }]);
    }""")
    for _ in range(100):
        page.wait_for_timeout(100)  # lets the requests through
        read_inbox()
        if Event.objects.filter(name="view_cart").count() >= 30:
            break
    assert len(await_rows(30, name="view_cart")) == 30
    assert len(sizes) >= 5
    assert max(sizes) < 60_000


def test_beacon__without_a_network_events_wait_for_the_next_page(visit: Callable[..., Any], shop: str) -> None:
    page = visit()
    await_rows(1, name="page_view")
    page.context.set_offline(True)
    page.evaluate("insights.push(['view_cart'])")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert page.evaluate("localStorage.getItem('insights_unsent')")
    page.context.set_offline(False)
    page.goto(f"{shop}/p/tea-2/")
    assert len(await_rows(1, name="view_cart")) == 1
    assert page.evaluate("localStorage.getItem('insights_unsent')") is None


def test_beacon__without_consent_nothing_is_kept_in_the_browser(visit: Callable[..., Any]) -> None:
    page = visit(agreed=None)
    page.context.set_offline(True)
    page.evaluate("insights.push(['view_cart'])")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert page.evaluate("localStorage.length") == 0
    assert {cookie["name"] for cookie in page.context.cookies()} == set()
    page.context.set_offline(False)


def test_beacon__who_withdraws_within_a_page_is_not_followed_any_more(visit: Callable[..., Any]) -> None:
    page = visit()
    await_rows(1, name="page_view")
    assert VISITOR_COOKIE in {cookie["name"] for cookie in page.context.cookies()}
    with page.expect_response("**/insights/e/?refused"):
        page.evaluate("insights.push(['consent', 'none'])")
    page.evaluate("insights.push(['view_cart'])")
    page.goto("about:blank")
    read_inbox()
    assert VISITOR_COOKIE not in {cookie["name"] for cookie in page.context.cookies()}
    assert not Event.objects.filter(name="view_cart").exists()


def test_beacon__a_privacy_signal_in_the_browser_is_a_refusal(visit: Callable[..., Any]) -> None:
    page = visit(before="Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })")
    page.wait_for_timeout(500)
    page.goto("about:blank")
    read_inbox()
    assert not Event.objects.exists()
    assert not Visitor.objects.exists()


def test_recommendations__on_a_phone_nothing_sticks_out(visit: Callable[..., Any]) -> None:
    page = visit(viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    widths = page.evaluate(
        "Array.from(document.querySelectorAll('[data-type=similar] li'), (li) => li.getBoundingClientRect().width)"
    )
    assert min(widths) > 150


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_recommendations__reasons_can_be_read(visit: Callable[..., Any], scheme: str) -> None:
    page = visit(color_scheme=scheme)
    ratio = page.evaluate("""() => {
      const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      const rgb = (colour, ground) => {
        paint.fillStyle = ground; paint.fillRect(0, 0, 1, 1);
        paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
        return Array.from(paint.getImageData(0, 0, 1, 1).data.slice(0, 3));
      };
      const light = (c) => c.map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
      const ground = matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#ffffff";
      const ink = getComputedStyle(document.querySelector(".ins-rec__reason")).color;
      const [a, b] = [light(rgb(ink, ground)), light(rgb(ground, ground))].sort((x, y) => y - x);
      return (a + .05) / (b + .05);
    }""")
    assert ratio > 4.5


def test_recommendations__cards_are_reached_by_keyboard(visit: Callable[..., Any]) -> None:
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "ins-rec"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert page.evaluate("document.activeElement.innerText.includes('Similar to Tea 1')")
