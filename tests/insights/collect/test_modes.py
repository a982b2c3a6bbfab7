"""Each mode of consent, and what is stored in it: the table of docs/explanation/privacy.md, row by row."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, RequestFactory

from insights.collect import VISITOR_COOKIE, track, work
from insights.collect.uuid7 import uuid7
from insights.consent import BROWSER, suppressed
from insights.models import Customer, Event, IdentityLink, InboxBatch, Visit, Visitor
from insights.privacy import find_subject, forget

pytestmark = pytest.mark.django_db

AGENT = "Mozilla/5.0 (iPhone) Mobile Firefox"


def manager(request: HttpRequest) -> bool | None:
    """A consent manager of a host's, which keeps its answer in a cookie of its own."""
    return {"1": True, "0": False}.get(request.COOKIES.get("cmp", ""))


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


@pytest.fixture
def ada() -> User:
    user = User.objects.create(username="ada", pk=918273)
    Customer.objects.create(channel="shop", external_id=str(user.pk), name="Ada")
    return user


def browser(user: User, consent: str = "") -> Client:
    client = Client(headers={"User-Agent": AGENT})
    client.force_login(user)
    if consent:
        client.cookies["shop_consent"] = consent
    return client


def send(client: Client, name: str = "page_view", **headers: str) -> Any:
    event = {"id": str(uuid7()), "name": name, "at": time.time() * 1000, "params": {}}
    body = json.dumps({"sent_at": time.time() * 1000, "page": "http://testserver/tea/", "events": [event]})
    return client.post("/insights/e/", body, content_type="text/plain", headers=headers)


def identifiers() -> set[str]:
    """The columns of any row that say who it was."""
    work()
    found = set()
    for model, names in (
        (InboxBatch, ("visitor_key", "customer_key", "session_key")),
        (Event, ("visitor_id", "customer_id", "session_key")),
        (Visit, ("visitor_id", "customer_id", "session_key")),
    ):
        for row in model._default_manager.values(*names):
            found |= {name.removesuffix("_key").removesuffix("_id") for name, value in row.items() if value}
    return found | ({"browser"} if Visitor.objects.exists() else set())


FULL, DAY, NOTHING = {"visitor", "customer", "session", "browser"}, {"session"}, set[str]()


@pytest.mark.parametrize(
    ("tree", "consent", "headers", "stored", "events"),
    [
        ({}, "all", {}, FULL, 1),
        ({}, "", {}, DAY, 1),
        ({}, "none", {}, NOTHING, 0),
        ({}, "all", {"Sec-GPC": "1"}, NOTHING, 0),
        ({}, "all", {"DNT": "1"}, NOTHING, 0),
        ({}, "", {"Sec-GPC": "1"}, NOTHING, 0),
        ({"TRACKING": "cookieless"}, "all", {}, DAY, 1),
        ({"TRACKING": "cookieless"}, "none", {}, NOTHING, 0),
        ({"TRACKING": "none"}, "all", {}, NOTHING, 0),
        ({"CONSENT": None}, "all", {}, DAY, 1),
        ({"CONSENT": "tests.insights.collect.test_modes.manager"}, "all", {"Cookie": "cmp=1"}, FULL, 1),
        ({"CONSENT": "tests.insights.collect.test_modes.manager"}, "all", {"Cookie": "cmp=0"}, NOTHING, 0),
        ({"CONSENT": "tests.insights.collect.test_modes.manager"}, "all", {}, DAY, 1),
    ],
)
def test_modes__what_is_stored(
    ada: User, settings: Any, tree: dict[str, Any], consent: str, headers: dict[str, str], stored: set[str], events: int
) -> None:
    settings.INSIGHTS = settings.INSIGHTS | tree
    client = browser(ada, consent)
    if "Cookie" in headers:
        client.cookies["cmp"] = headers["Cookie"].removeprefix("cmp=")
        headers = {}
    for _ in range(2):
        answer = send(client, **headers)
        assert answer.status_code == 204
    assert identifiers() == stored
    assert Event.objects.count() == 2 * events
    assert (VISITOR_COOKIE in client.cookies) is (stored == FULL)
    assert (IdentityLink.objects.count(), Visitor.objects.count()) == ((1, 1) if stored == FULL else (0, 0))


def test_modes__the_shops_own_code_is_bound_too(ada: User) -> None:
    request = RequestFactory().get("/", headers={"Sec-GPC": "1"})
    request.user = ada
    assert track("view_cart", request=request) is None
    assert not Event.objects.exists()


def test_withdrawal__the_cookie_goes_and_later_rows_carry_nothing(ada: User) -> None:
    client = browser(ada, "all")
    send(client)
    assert identifiers() == FULL
    before = list(Event.objects.values_list("pk", flat=True))
    client.cookies["shop_consent"] = "none"
    answer = send(client)
    assert answer.cookies[VISITOR_COOKIE]["max-age"] == 0
    work()
    assert list(Event.objects.values_list("pk", flat=True)) == before, (
        "what was recorded before stays until it is asked for"
    )


def test_withdrawal__what_was_recorded_is_unlinked_when_it_is_asked_for(ada: User) -> None:
    client = browser(ada, "all")
    send(client)
    work()
    key = Visitor.objects.get().key
    send(client)
    client.cookies["shop_consent"] = "none"
    assert b"Forget what this browser did" in client.get("/insights/personal/").content
    answer = client.post("/insights/personal/", {"personal": "forget", "next": "/tea/"})
    assert answer.headers["Location"] == "/insights/personal/?forgotten=1&next=%2Ftea%2F"
    told = client.get(answer.headers["Location"]).content.decode()
    assert "is a stranger" in told
    assert 'href="/tea/"' in told
    assert answer.cookies[VISITOR_COOKIE]["max-age"] == 0
    assert identifiers() == NOTHING
    assert Event.objects.count() == 1, "it counts on, as nobody's"
    assert suppressed(BROWSER, [key]) == {key}
    del client.cookies[VISITOR_COOKIE]
    assert b"Forget what this browser did" not in client.get("/insights/personal/").content
    assert client.post("/insights/personal/", {"personal": "forget"}).status_code == 302


def test_forgotten__an_account_is_recorded_no_more_and_a_browser_begins_anew(ada: User) -> None:
    client = browser(ada, "all")
    send(client)
    work()
    key = Visitor.objects.get().key
    forget(find_subject("918273"))
    answer = send(client)
    assert answer.cookies[VISITOR_COOKIE]["max-age"] == 0
    assert (identifiers(), InboxBatch.objects.count()) == (NOTHING, 0)

    other = Client(headers={"User-Agent": AGENT})
    other.cookies["shop_consent"] = "all"
    other.cookies[VISITOR_COOKIE] = client.cookies[VISITOR_COOKIE].value
    send(other)
    work()
    assert Visitor.objects.get().key != key
    assert Event.objects.get().customer is None


def test_forgotten__an_account_made_anew_with_the_same_address(ada: User) -> None:
    Customer.objects.update(email="ada@example.com")
    forget(find_subject("918273"))
    again = User.objects.create(username="again", email="Ada@Example.com")
    send(browser(again, "all"))
    assert (identifiers(), Event.objects.count()) == (NOTHING, 0)
