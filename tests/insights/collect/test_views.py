from __future__ import annotations

import gzip
import json
import time
from importlib import reload
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

import insights
from insights.collect import FILES, SCRIPT, VISITOR_COOKIE, Shown, inbox, token, urls, work
from insights.collect.uuid7 import uuid7
from insights.collect.views import Script
from insights.conf import Collect
from insights.models import Event, InboxBatch, InboxState, Product, QuarantinedRow, Visit, Visitor
from tests.conftest import examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    cache.clear()
    client = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Mobile Firefox"})
    client.cookies["shop_consent"] = "all"
    return client


def event(name: str = "page_view", **params: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "name": name, "at": time.time() * 1000, "params": params}


def send(
    client: Client, *events: Any, body: str | bytes | None = None, headers: Any = None, **batch: Any
) -> HttpResponse:
    sent = {"sent_at": time.time() * 1000, "page": "http://testserver/tea/", "events": events, **batch}
    data = json.dumps(sent) if body is None else body
    answer = client.post("/insights/e/", data=data, content_type="text/plain", headers=headers)
    work()
    return answer  # type: ignore[return-value]


def test_beacon__writes_events_and_their_visit(browser: Client) -> None:
    product = Product.objects.create(external_id="A", name="A")
    answer = send(browser, event(), event("view_item", items=[{"item_id": "A"}]))
    assert (answer.status_code, answer.content) == (204, b"")
    assert Event.objects.get(name="view_item").product == product
    drawn = Visit.objects.get()
    assert (drawn.page_views, drawn.views, drawn.device, drawn.landing) == (1, 1, "mobile", "/tea/")
    assert drawn.visitor == Visitor.objects.get()


def test_beacon__the_next_batch_is_of_the_same_visitor(browser: Client) -> None:
    send(browser, event())
    send(browser, event("view_cart"))
    assert Visitor.objects.count() == 1
    assert Visit.objects.count() == 1


def test_beacon__a_batch_sent_twice_counts_once(browser: Client) -> None:
    sent = event("view_item", items=[{"item_id": "A"}, {"item_id": "B"}])
    for _ in range(3):
        assert send(browser, sent).status_code == 204
    assert Event.objects.count() == 2


def test_beacon__impressions_and_clicks_by_their_signed_names(browser: Client) -> None:
    product = Product.objects.create(external_id="A", name="A")
    name = token(Shown("for_you:personal", product.pk, 2))
    send(
        browser,
        event("view_item_list", shown=[name]),
        event("select_item", shown=[name]),
        event("select_item", shown=["x"]),
    )
    click = Event.objects.get(name="select_item", product=product)
    assert (click.list_id, click.properties["place"]) == ("for_you:personal", 2)
    assert Event.objects.filter(list_id="for_you:personal").count() == 2


def test_beacon__a_product_that_is_gone_is_no_error(browser: Client) -> None:
    assert send(browser, event("select_item", shown=[token(Shown("x", 10**6, 1))])).status_code == 204
    assert Event.objects.get().product is None


def test_beacon__without_an_answer_no_cookie(browser: Client) -> None:
    del browser.cookies["shop_consent"]
    answer = send(browser, event())
    assert not answer.cookies
    assert Event.objects.get().visitor is None
    assert not Visitor.objects.exists()


@pytest.mark.parametrize("headers", [{"Sec-GPC": "1"}, {"DNT": "1"}])
def test_beacon__a_signal_of_the_browser_is_a_refusal(browser: Client, headers: dict[str, str]) -> None:
    send(browser, event())
    assert VISITOR_COOKIE in browser.cookies
    answer = send(browser, event(), headers=headers)
    assert answer.status_code == 204
    assert answer.cookies[VISITOR_COOKIE]["max-age"] == 0
    assert Event.objects.count() == 1


def test_beacon__a_refusal_within_a_page_takes_the_cookie_back(browser: Client) -> None:
    send(browser, event())
    answer = browser.post("/insights/e/?refused", data="{}", content_type="text/plain")
    assert answer.cookies[VISITOR_COOKIE]["max-age"] == 0
    assert InboxBatch.objects.count() == 1


@override_settings(INSIGHTS={"TRACKING": "none"})
def test_beacon__a_shop_that_records_nothing(browser: Client) -> None:
    assert send(browser, event()).status_code == 204
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"not json", b"\xff\xfe", b"\x00", b"[" * 60_000, b"[]", b"null", b'{"events": 7}', b'{"events": ['],
    ids=repr,
)
def test_beacon__what_is_no_batch_is_kept_with_its_reason(browser: Client, body: bytes) -> None:
    assert send(browser, body=body).status_code == 204
    assert not Event.objects.exists()
    assert bytes(InboxBatch.objects.get(state=InboxState.ASIDE).body) == body
    lying = QuarantinedRow.objects.get()
    assert (lying.rule, lying.kind) == ("unreadable_batch", "inbox")
    assert lying.reason


def test_beacon__an_empty_batch_is_none(browser: Client) -> None:
    assert send(browser, body=b"").status_code == 204
    assert not InboxBatch.objects.exists()


def test_beacon__too_much_is_turned_away(browser: Client) -> None:
    assert send(browser, body=b"x" * (Collect.MAX_BYTES + 1)).status_code == 413
    assert send(browser, body=b"x" * Collect.MAX_BYTES).status_code == 204
    assert InboxBatch.objects.count() == 1


@pytest.mark.parametrize("length", ["", "-1", "many", "9" * 30])
def test_beacon__a_length_that_is_none(browser: Client, length: str) -> None:
    answer = browser.generic("POST", "/insights/e/", b"{}", CONTENT_LENGTH=length)
    assert answer.status_code in (204, 413)


def test_beacon__does_not_wait_for_a_transaction_of_the_request() -> None:
    assert urls.Beacon.as_view()._non_atomic_requests == {"default"}  # type: ignore[attr-defined]


def test_beacon__is_committed_before_it_answers_and_read_later(browser: Client) -> None:
    browser.post("/insights/e/", data=json.dumps({"events": [event()]}), content_type="text/plain")
    assert InboxBatch.objects.get().state == InboxState.WAITING
    assert not Event.objects.exists()


def test_beacon__a_database_that_fails_has_the_sender_come_back(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(inbox, "accept", fail)
    answer = send(browser, event())
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")


def test_beacon__a_full_inbox_has_the_sender_come_back(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox._Depth, "looked_at", 0.0)
    with override_settings(INSIGHTS={**django_settings.INSIGHTS, "COLLECT": {"MAX_WAITING": 1}}):
        body = json.dumps({"events": [event()]})
        answers = [browser.post("/insights/e/", data=body, content_type="text/plain") for _ in range(2)]
        monkeypatch.setattr(inbox._Depth, "looked_at", 0.0)
        answers.append(browser.post("/insights/e/", data=body, content_type="text/plain"))
        assert [answer.status_code for answer in answers] == [204, 204, 503]
        assert int(answers[-1]["Retry-After"]) > 0
        work()
        monkeypatch.setattr(inbox._Depth, "looked_at", 0.0)
        assert browser.post("/insights/e/", data=body, content_type="text/plain").status_code == 204


@override_settings(INSIGHTS={**django_settings.INSIGHTS, "COLLECT": {"ORIGINS": ["https://pay.example"]}})
def test_beacon__a_further_origin_of_the_shop_may_send(browser: Client) -> None:
    headers = {"Origin": "https://pay.example", "Sec-Fetch-Site": "cross-site"}
    answer = send(browser, event(), headers=headers)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, "https://pay.example")
    assert browser.options("/insights/e/", headers=headers)["Access-Control-Allow-Credentials"] == "true"
    assert send(browser, event(), headers={"Origin": "https://evil.example"}).status_code == 403
    assert Event.objects.count() == 1


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_beacon__other_sites_are_turned_away(browser: Client, headers: dict[str, str]) -> None:
    assert send(browser, event(), headers=headers).status_code == 403
    assert not Event.objects.exists()


def test_beacon__the_shops_own_origin_is_let_in_without_a_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert send(strict, event(), headers=headers).status_code == 204
    assert Event.objects.count() == 1


def test_beacon__is_posted_to(browser: Client) -> None:
    assert browser.get("/insights/e/").status_code == 405


def test_beacon__machines_are_marked(browser: Client) -> None:
    send(browser, event(), headers={"User-Agent": "HeadlessChrome"})
    send(browser, event(), automated=True)
    send(browser, event(), headers={"Sec-CH-UA": '"Not.A/Brand";v="99", "HeadlessChrome";v="140"'})
    assert sorted(Event.objects.values_list("bot", "counts")) == [
        ("automated", False),
        ("headless", False),
        ("headless", False),
    ]


@override_settings(INSIGHTS={**django_settings.INSIGHTS, "COLLECT": {"RATE": 3}})
def test_beacon__too_many_batches_of_one_visitor_are_turned_away(browser: Client) -> None:
    answers = [send(browser, event()) for _ in range(6)]
    assert [answer.status_code for answer in answers][:2] == [204, 204]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    # Another one goes on.
    del browser.cookies[VISITOR_COOKIE]
    assert send(browser, event()).status_code == 204


@override_settings(INSIGHTS={**django_settings.INSIGHTS, "COLLECT": {"ADDRESS_RATE": 3}})
def test_beacon__too_many_batches_of_one_network_are_turned_away(browser: Client) -> None:
    def sent(address: str) -> int:
        browser.cookies.pop(VISITOR_COOKIE, None)
        return send(browser, event(), headers={"X-Forwarded-For": address}).status_code

    assert [sent(f"203.0.113.{n}") for n in range(6)][-1] == 429
    assert sent("203.0.114.1") == 204
    assert [sent(f"2001:db8:0:{n}::1") for n in range(6)][-1] == 429


def test_beacon__a_cache_that_is_gone_turns_nobody_away(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("insights.collect.limits.cache.add", gone)
    assert send(browser, event()).status_code == 204


def test_personal__explains_and_switches(browser: Client) -> None:
    shown = browser.get("/insights/personal/?next=/p/tea-1/")
    assert b'value="off"' in shown.content
    assert b'href="/p/tea-1/"' in shown.content
    answer = browser.post("/insights/personal/", {"personal": "off", "next": "/p/tea-1/"})
    assert (answer.status_code, answer["Location"]) == (302, "/p/tea-1/")
    assert browser.cookies["insights_personal"].value == "off"
    assert b'value="on"' in browser.get("/insights/personal/").content
    browser.post("/insights/personal/", {"personal": "on"})
    assert browser.cookies["insights_personal"].value == "on"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_personal__leads_back_to_this_shop_alone(browser: Client, wanted: str) -> None:
    assert browser.post("/insights/personal/", {"personal": "on", "next": wanted})["Location"] == "/"


def test_personal__needs_a_csrf_token() -> None:
    assert Client(enforce_csrf_checks=True).post("/insights/personal/", {"personal": "off"}).status_code == 403


def test_script__is_served_under_a_name_of_the_shops_own() -> None:
    with override_settings(
        INSIGHTS={**django_settings.INSIGHTS, "COLLECT": {"PATH": "tea/", "SCRIPT_PATH": "leaf.js"}}
    ):
        reload(urls)
        names = {pattern.name: str(pattern.pattern) for pattern in urls.urlpatterns}
    reload(urls)
    assert (names["beacon"], names["beacon_script"]) == ("tea/", "leaf.js")
    answer = Script.as_view()(RequestFactory().get("/leaf.js"))
    assert "immutable" in answer["Cache-Control"]
    for name in FILES:
        assert (Path(insights.__file__).parent / "static" / name).read_bytes() in answer.content
    again = RequestFactory().get("/leaf.js", headers={"If-None-Match": answer["ETag"]})
    assert Script.as_view()(again).status_code == 304


@pytest.mark.parametrize(("files", "most"), [(FILES[:1], 3_000), (FILES, 5_000)])
def test_script__is_small(files: tuple[str, ...], most: int) -> None:
    folder = Path(insights.__file__).parent / "static"
    sizes = [len(gzip.compress((folder / name).read_bytes(), 9)) for name in files]
    assert sum(sizes) < most
    assert len(gzip.compress(SCRIPT.source, 6)) < 5_000


class TestAnyBody(TestCase):
    """Whatever bytes and headers come: no 5xx, and what was accepted is there."""

    @hypothesis_settings(max_examples=examples(60), deadline=None)
    @given(
        body=st.binary(max_size=400),
        cookie=st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters=';,"\\'), max_size=60),
        agent=st.text(max_size=60),
        forwarded=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    )
    def test_beacon(self, body: bytes, cookie: str, agent: str, forwarded: str) -> None:
        cache.clear()
        client = Client()
        client.cookies["shop_consent"] = "all"
        client.cookies[VISITOR_COOKIE] = cookie
        answer = client.generic("POST", "/insights/e/", body, HTTP_USER_AGENT=agent, HTTP_X_FORWARDED_FOR=forwarded)
        assert answer.status_code == 204
        assert InboxBatch.objects.count() == (1 if body else 0)
        work()
        assert InboxBatch.objects.filter(state=InboxState.WAITING).count() == 0
