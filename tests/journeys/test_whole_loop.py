"""Gather, train, see, ask: one purchase on its way through everything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.deployment import await_true
from tests.journeys.conftest import Demo, sign_in
from tests.journeys.test_shop import check_out, put_something_in

pytestmark = pytest.mark.browser


def suggested(page: Any) -> list[str]:
    """Addresses of the products suggested on the home page."""
    page.goto("/")
    found = page.locator("[data-type=for_you] a.ins-rec")
    return [link.get_attribute("href").split("?")[0] for link in found.all()]


def answers(page: Any, demo: Demo, question: str, said: str) -> None:
    """Ask in the panel, and read in the answer what it must say."""
    page.goto("/admin/insights/ask/")
    page.get_by_role("textbox").last.fill(question)
    page.keyboard.press("Enter")
    content = page.locator("main, #content").first
    await_true(lambda: said in content.inner_text(), 40, demo.said)


def test_a_purchase_goes_through_everything(visitor: Callable[..., Any], demo: Demo) -> None:
    buyer = visitor()
    sign_in(buyer, "maya@example.com")
    before = suggested(buyer)
    assert before, "there is always something to show"
    put_something_in(buyer, "/c/oolong/")
    check_out(buyer)
    buyer.goto("/account/")
    number = re.search(r"[A-Z0-9-]{6,}", buyer.locator("main a[href*='/account/orders/']").first.inner_text())
    assert number

    owner = visitor()
    owner.goto("/admin/login/?next=/admin/insights/")
    owner.locator("#id_username").fill("admin")
    owner.locator("#id_password").fill("fern-and-kettle")
    owner.locator("input[type=submit], button[type=submit]").first.click()
    owner.wait_for_url("**/admin/insights/**")

    def arrived() -> bool:
        owner.reload()
        return number[0] in owner.locator("body").inner_text()

    await_true(arrived, 40, demo.said)

    owner.goto("/admin/insights/training/")
    owner.get_by_role("button", name="Train now").click()
    owner.wait_for_url(re.compile(r"/admin/insights/training/[0-9a-f-]{36}/"))

    def trained() -> bool:
        owner.reload()
        return "done" in owner.locator("body").inner_text().lower()

    await_true(trained, 150, demo.said)

    after = await_true(lambda: (found := suggested(buyer)) != before and found, 20, demo.said)
    assert after
    buyer.locator("[data-type=for_you] a.ins-rec").first.click()
    buyer.wait_for_url("**/p/**")

    orders = json.loads(demo.manage("insights_ask", "How many orders in total?", "--json"))["rows"][0][-1]
    written = f"{orders:,}"
    answers(owner, demo, "How many orders in total?", written)
    answers(owner, demo, "一共有多少订单？", written)
    loyal = json.loads(demo.manage("insights_ask", "Which customers are most likely to leave?", "--json"))["rows"]
    answers(owner, demo, "Which customers are most likely to leave?", str(loyal[0][0]))
    answers(owner, demo, "哪些客户最可能流失？", str(loyal[0][0]))
