"""A visitor's ways through the shop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.deployment import await_true
from tests.journeys.conftest import Demo, sign_in

pytestmark = pytest.mark.browser

WIDER = """() => [...document.querySelectorAll("body *")].filter(element => {
  if (element.getBoundingClientRect().right <= 391) return false;
  for (let above = element.parentElement; above; above = above.parentElement)
    if (getComputedStyle(above).overflowX !== "visible") return false;
  return true;
}).map(element => `${element.tagName}.${element.className}`)"""
"""What reaches beyond a phone's edge and cannot be scrolled on its own."""
SHIFTS = """window.shifted = 0; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""
"""Adds up how far things moved by themselves."""
DELIVERY = {
    "Full name": "Ada Lovelace",
    "Street and number": "12 Candle Lane",
    "Town or city": "Edinburgh",
    "Postcode": "EH1 1AA",
}


def check_out(page: Any, **more: str) -> None:
    """From the basket to the thanks."""
    page.goto("/checkout/")
    page.get_by_label("Country").select_option("GB")
    for label, value in {**DELIVERY, **more}.items():
        page.get_by_label(label, exact=False).first.fill(value)
    page.get_by_role("button", name="Place the order").click()
    page.wait_for_url("**/thanks/**")


def put_something_in(page: Any, shelf: str = "/c/green/") -> str:
    """The first thing on a shelf that can be had, into the basket; gives its name."""
    page.goto(shelf)
    for link in [card.get_attribute("href") for card in page.locator("main a[href^='/p/']").all()]:
        page.goto(link)
        button = page.get_by_role("button", name="Add to basket")
        if button.count():
            name = page.locator("h1").inner_text()
            with page.expect_navigation():
                button.click()
            return str(name)
    raise AssertionError(f"nothing on {shelf} can be had")


def test_a_guest_buys(visitor: Callable[..., Any]) -> None:
    page = visitor()
    page.goto("/")
    page.get_by_role("searchbox").first.fill("sencha")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    assert "Sencha" in page.locator("main").inner_text()
    name = put_something_in(page)
    page.goto("/basket/")
    assert name in page.locator("main").inner_text()
    check_out(page, **{"E-mail": "guest.buyer@example.com"})
    assert "Thank you" in page.locator("h1").inner_text()


def test_a_basket_is_filled_by_keyboard_alone(visitor: Callable[..., Any]) -> None:
    page = visitor()
    page.goto("/c/green/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to the content"
    page.locator("main a[href^='/p/']").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    button = page.get_by_role("button", name="Add to basket")
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/basket/")
    assert page.locator("ul.lines > li").count() == 1


@pytest.mark.parametrize("path", ["/", "/c/green/", "/search/?q=tea", "/basket/", "/privacy/", "/account/sign-in/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(visitor: Callable[..., Any], path: str, scheme: str) -> None:
    page = visitor(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page.goto(path)
    assert page.evaluate(WIDER) == []


@pytest.mark.parametrize("width", [390, 1440])
def test_a_products_page_stands_still_and_does_not_scroll_sideways(visitor: Callable[..., Any], width: int) -> None:
    page = visitor(viewport={"width": width, "height": 900})
    page.add_init_script(SHIFTS)
    page.goto("/c/pots/")
    page.goto(page.locator("main a[href^='/p/']").first.get_attribute("href"))
    for _ in range(6):
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(60)
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-type=bought_together] li").count()
    assert page.locator("[data-type=similar] li").count()
    assert page.evaluate("window.shifted") < 0.01
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_shop_speaks_chinese(visitor: Callable[..., Any], demo: Demo) -> None:
    page = visitor()
    page.context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": demo.url}])
    page.goto("/c/green/")
    assert "绿茶" in page.locator("h1").inner_text()
    page.goto("/basket/")
    assert "购物车" in page.locator("h1").inner_text()


def test_who_refuses_is_not_followed_and_still_sees_suggestions(visitor: Callable[..., Any]) -> None:
    page = visitor(agreed=False)
    put_something_in(page)
    assert page.locator("a.ins-rec").count()
    assert "insights_visitor" not in {cookie["name"] for cookie in page.context.cookies()}


def test_errors_are_marked_and_a_hasty_buyer_orders_once(visitor: Callable[..., Any]) -> None:
    page = visitor()
    put_something_in(page)
    page.goto("/checkout/")
    page.get_by_label("Country").select_option("GB")
    for label, value in {**DELIVERY, "E-mail": "hasty@example.com", "Postcode": "here"}.items():
        page.get_by_label(label, exact=False).first.fill(value)
    with page.expect_response("**/checkout/") as answer:
        page.get_by_role("button", name="Place the order").click()
    assert answer.value.status == 422
    assert page.locator(".field--bad").count() == 1
    assert page.get_by_label("Full name").input_value() == DELIVERY["Full name"]
    page.get_by_label("Postcode", exact=False).fill("EH1 1AA")
    page.get_by_role("button", name="Place the order").dblclick()
    page.wait_for_url("**/thanks/")
    page.get_by_role("link", name="Make an account").first.click()
    page.locator("#id_password").fill("kettle-and-fern")
    page.locator("main form:has([name=password]) button").click()
    page.wait_for_url("**/account/")
    assert page.locator("ul.orders > li").count() == 1, "the guest's order came along, once"


def test_an_account_reviews_what_it_bought_and_cancels_an_order(visitor: Callable[..., Any]) -> None:
    page = visitor()
    sign_in(page, "maya@example.com")
    name = put_something_in(page, "/c/black/")
    address = page.url
    check_out(page)
    page.get_by_role("link", name="Look at the order").click()
    page.get_by_role("button", name="Cancel the order").click()
    assert "is cancelled" in page.locator("[role=status]").first.inner_text()
    page.goto(address)
    with page.expect_navigation():
        page.get_by_role("button", name="Add to basket").click()
    check_out(page)
    page.goto(address)
    page.locator("details.write summary").click()
    page.get_by_label("4, good").check()
    page.get_by_label("In a few words").fill("Kind to a late riser")
    page.get_by_role("button", name="Send the review").click()
    page.wait_for_url("**#reviews")
    assert "Kind to a late riser" in page.locator("#reviews").inner_text(), name


def test_suggestions_of_the_search_are_reached_by_arrow_keys(visitor: Callable[..., Any]) -> None:
    page = visitor(viewport={"width": 1280, "height": 800})
    page.goto("/")
    page.locator("#q").type("drag")
    page.locator(".find__list a").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert "Dragon Well" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Escape")
    assert page.locator(".find__list a").count() == 0
    assert page.evaluate("document.activeElement.id") == "q"


def test_what_is_bought_together_is_put_in_with_one_button(visitor: Callable[..., Any]) -> None:
    page = visitor(agreed=None)
    page.goto("/c/teaware/")
    shelf = [link.get_attribute("href") for link in page.locator("main .grid a").all()]
    for path in shelf:
        page.goto(path)
        if page.locator(".ins-set__add").count():
            break
    names = [name.inner_text() for name in page.locator(".ins-set .ins-rec__name").all()]
    total = page.locator(".ins-set__total").inner_text()
    assert names[0] == page.locator("h1").inner_text()
    page.locator(".ins-set__add").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Go to the basket").click()
    basket = page.locator("main").inner_text()
    assert all(name in basket for name in names)
    assert total in basket


def test_pictures_are_changed_by_keyboard(visitor: Callable[..., Any]) -> None:
    page = visitor()
    page.goto("/c/green/")
    page.goto(page.locator("main a[href^='/p/']").first.get_attribute("href"))
    page.locator("#shot-front").focus()
    page.keyboard.press("ArrowRight")
    shown = page.locator(".shots__large img").evaluate_all("all => all.map(each => getComputedStyle(each).visibility)")
    assert shown == ["hidden", "visible", "hidden"]


def test_the_choice_about_cookies_can_be_changed_later(visitor: Callable[..., Any]) -> None:
    page = visitor(agreed=None)
    page.goto("/about/")
    page.get_by_role("button", name="No", exact=True).click()
    assert page.locator(".cookies").count() == 0
    page.goto("/privacy/")
    assert "You said no" in page.locator("main").inner_text()
    page.get_by_role("button", name="Recognise me", exact=True).click()
    assert "You said yes" in page.locator("main").inner_text()


def test_suggestions_follow_what_was_looked_at_until_they_are_turned_off(
    visitor: Callable[..., Any], demo: Demo
) -> None:
    page = visitor()
    page.goto("/")
    assert page.locator("[data-type=for_you]").get_attribute("data-strategy") == "bestsellers"
    page.goto("/c/puerh/")
    for path in [link.get_attribute("href") for link in page.locator("main .grid a").all()[:3]]:
        page.goto(path)

    def personal() -> bool:
        page.goto("/")
        return page.locator("[data-type=for_you]").get_attribute("data-strategy") != "bestsellers"

    await_true(personal, 20, demo.said)
    assert "Because you viewed" in page.locator("[data-type=for_you]").inner_text()
    page.get_by_role("link", name="Turn off").click()
    page.get_by_role("button", name="Turn off").click()
    page.wait_for_url("**/")
    assert "Because you viewed" not in page.locator("main").inner_text()
    page.get_by_role("link", name="Why these?").click()
    page.get_by_role("button", name="Turn on").click()
    page.wait_for_url("**/")
    assert "Because you viewed" in page.locator("[data-type=for_you]").inner_text()
