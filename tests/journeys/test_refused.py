"""Somebody who refused walks through the shop: nothing of ours stays in the browser, and no row says who it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.deployment import await_true
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser

_ROWS = """
import json
from insights.models import Event, InboxBatch, Visit, Visitor
from django.db.models import Max
told = {}
for model, who in ((Event, "visitor_id customer_id session_key"), (Visit, "visitor_id customer_id session_key"),
                   (InboxBatch, "visitor_key customer_key session_key")):
    rows = model.objects.filter(pk__gt=since.get(model.__name__, 0)).values_list("pk", *who.split())
    told[model.__name__] = [max([row[0] for row in rows], default=since.get(model.__name__, 0)),
                            len(rows), [row for row in rows if any(row[1:])]]
told["Visitor"] = [Visitor.objects.aggregate(m=Max("pk"))["m"] or 0, 0, []]
print(json.dumps(told))
"""


def rows(demo: Demo, since: dict[str, Any]) -> dict[str, Any]:
    """Of each table the last key, how many rows are new, and those of them that bear an identifier."""
    code = f"since = {since!r}\n{_ROWS}"
    found: dict[str, Any] = json.loads(demo.manage("shell", "-v0", "-c", code).strip().splitlines()[-1])
    return found


def test_refused__no_cookie_no_store_and_no_row_with_an_identifier(demo: Demo, visitor: Callable[..., Any]) -> None:
    before = {name: last for name, (last, *_) in rows(demo, {}).items()}
    page = visitor(agreed=False)
    page.goto("/")
    page.goto("/search/?q=tea")
    page.locator("main a[href*='/p/']").first.click()
    page.wait_for_load_state("networkidle")
    page.goto("/account/sign-in/")
    page.goto("/insights/personal/")
    assert page.get_by_role("button", name="Forget what this browser did").count() == 0
    assert page.evaluate("typeof insights") == "undefined", "not even the script is there"
    page.mouse.wheel(0, 2000)
    page.wait_for_timeout(1500)

    ours = [cookie["name"] for cookie in page.context.cookies() if cookie["name"].startswith("insights")]
    assert ours == []
    kept = page.evaluate("() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert kept == []
    demo.manage("insights_collect")
    demo.manage("insights_sync")
    after = rows(demo, before)
    assert after["Event"][1] > 0, "the shop's own journal counts what was looked at, without saying who"
    assert {name: found for name, (_, _, found) in after.items() if found} == {}
    assert after["Visitor"][0] == before["Visitor"]


def test_withdrawn__the_browser_is_let_go(demo: Demo, visitor: Callable[..., Any]) -> None:
    page = visitor(agreed=True)
    page.goto("/")
    page.evaluate("insights.push(['view_cart'])")
    await_true(lambda: any(cookie["name"] == "insights_visitor" for cookie in page.context.cookies()))
    page.goto("/insights/personal/")
    page.get_by_role("button", name="Forget what this browser did").click()
    page.wait_for_load_state("networkidle")
    page.context.add_cookies([{"name": "shop_consent", "value": "none", "url": demo.url}])
    before = {name: last for name, (last, *_) in rows(demo, {}).items()}
    page.goto("/search/?q=tea")
    page.wait_for_timeout(1500)
    assert [cookie["name"] for cookie in page.context.cookies() if cookie["name"].startswith("insights")] == []
    after = rows(demo, before)
    assert {name: found for name, (_, _, found) in after.items() if found} == {}
