"""Whoever may not see people finds no name, address or number on any page, in any file or answer."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from insights.collect.uuid7 import uuid7
from insights.models import (
    Conversation,
    Customer,
    InboxBatch,
    Message,
    Order,
    Product,
    QuarantinedRow,
    Rating,
    Refund,
    Run,
    RunState,
)
from tests.insights.panel import data

pytestmark = pytest.mark.django_db

EMAIL, PHONE, NAME = "ada.byron@example.com", "+44 20 7946 0991", "Augusta Byron"
ALL_BUT_PEOPLE = ("view_insights", "ask_insights", "train_models", "mend_rows", "replay_events")


@pytest.fixture
def known() -> Customer:
    """A shop in which addresses and names stand wherever they can; one customer's key is an address, one's a number."""
    data.shop(12)
    data.trained()
    data.synced()
    first, second = Customer.objects.exclude(orders=None).order_by("pk")[:2]
    Customer.objects.filter(pk=first.pk).update(external_id=EMAIL, email=EMAIL, phone=PHONE, name=NAME)
    Customer.objects.filter(pk=second.pk).update(external_id=PHONE, name="")
    order = Order.objects.filter(customer=first).order_by("-placed_at")[0]
    Order.objects.filter(pk=order.pk).update(placed_at=timezone.now(), local_date=timezone.localdate())
    order.refresh_from_db()
    when = {"occurred_at": timezone.now(), "local_date": timezone.localdate()}
    Refund.objects.create(external_id="r", order=order, amount=1, counts=True, reason=f"{NAME} rang: {PHONE}", **when)
    product = Product.objects.order_by("pk")[0]
    Rating.objects.create(external_id="r", customer=first, product=product, value=4, title=f"By {NAME}", **when)
    for kind, key in (("customers", EMAIL), ("orders", "9")):
        QuarantinedRow.objects.create(
            channel="shop", kind=kind, external_id=key, rule="orphan",
            reason=f"There is no row of customers with the key “{EMAIL}”.", row={"id": key, "name": NAME, "email": EMAIL},
        )  # fmt: skip
    Run.objects.create(
        kind="sync", state=RunState.FAILED, error=f"IntegrityError: Key (email)=({EMAIL}) already exists.",
        started_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    events = [{"id": str(uuid7()), "name": "search", "params": {"search_term": EMAIL}}]
    InboxBatch.objects.create(
        received_at=timezone.now(), mode="full", visitor_key="v", customer_channel="shop", customer_key=EMAIL,
        body=json.dumps({"page": f"https://shop.example/u/{EMAIL}/", "events": events}).encode(),
    )  # fmt: skip
    return first


def crawl(client: Client, start: str = "/admin/insights/", most: int = 200) -> dict[str, str]:
    """All pages, files and fragments that can be reached by links."""
    seen: dict[str, str] = {}
    waiting = [start]
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        if path in seen:
            continue
        response = client.get(path)
        assert response.status_code == 200 or path.endswith("/ask/stream/"), "acts are no links"
        seen[path] = b"".join(response).decode() if response.streaming else response.content.decode()
        links = re.findall(r'(?:href|data-[a-z-]+)="(/admin/insights/[^"#]*)', seen[path])
        # One page of each kind with each parameter is enough.
        waiting += [html.unescape(link) for link in links if not re.search("sort=|before=|day=|days=", link)]
    return seen


def test_crawl__no_page_shows_a_person(known: Customer, clerk: Callable[..., Client]) -> None:
    client = clerk(*ALL_BUT_PEOPLE)
    for question in (
        "Which customers spent the most?",
        "Which customers are most likely to leave?",
        "Revenue by customer",
    ):
        client.post("/admin/insights/ask/", {"q": question})
    client.post("/admin/insights/ask/", {"q": f"Describe customer row:{known.pk}"})
    client.post("/admin/insights/ask/", {"q": f"Why is customer row:{known.pk} likely to leave?"})
    told = Message.objects.order_by("-pk")[0]
    assert told.answer["plan"]["customer"] == f"row:{known.pk}"
    assert told.answer["kind"] == "explanation"

    pages = crawl(client)

    assert len(pages) > 40
    for part in ("customers/row:", "data/?csv", "customers/?csv", "/quarantine/", "ask/message", "/live/", "training/"):
        assert any(part in path for path in pages), f"{part} was not looked at: {sorted(pages)}"
    names = {
        EMAIL,
        EMAIL.replace("@", "%40"),
        PHONE,
        NAME,
        *Customer.objects.exclude(name="").values_list("name", flat=True),
    }
    names |= set(Customer.objects.exclude(email="").values_list("email", flat=True))
    for path, text in pages.items():
        shown = {name for name in names if name in html.unescape(text) or name in path}
        assert not shown, f"{path} shows {shown}"
    mine = pages[f"/admin/insights/customers/row:{known.pk}/"]
    assert "A•••" in mine, "the first letter tells people apart"
    assert "a•••@example.com" in mine


def test_crawl__whoever_may_sees_them(known: Customer, owner: Client) -> None:
    page = owner.get(f"/admin/insights/customers/row:{known.pk}/?show=personal").content.decode()
    assert NAME in page
    assert EMAIL in page
    assert f"/forget/{known.pk}/" in page, "an address does not belong into one either"
    assert EMAIL in owner.get("/admin/insights/customers/?csv=1").getvalue().decode()


def test_search__nobody_is_found_by_an_address_that_may_not_be_seen(
    known: Customer, clerk: Callable[..., Client], owner: Client
) -> None:
    path = f"/admin/insights/customers/?q={EMAIL.replace('@', '%40')}"
    assert f"row:{known.pk}" not in clerk(*ALL_BUT_PEOPLE).get(path).content.decode()
    assert f"row:{known.pk}" in owner.get(path).content.decode()


def test_api__no_answer_names_a_person(known: Customer, clerk: Callable[..., Client]) -> None:
    client = clerk(*ALL_BUT_PEOPLE)
    failed = Run.objects.filter(state=RunState.FAILED).order_by("-pk")[0]
    bodies = [{"metrics": ["revenue"], "dimensions": ["customer"]}, {"metrics": ["orders"], "dimensions": ["customer"]}]
    answers = [client.post("/insights/api/query/", body, content_type="application/json") for body in bodies]
    answers += [client.get(f"/insights/api/{path}") for path in (f"customers/row:{known.pk}/", f"runs/{failed.uid}/")]
    answers.append(
        client.post("/insights/api/ask/", {"question": "Top 5 customers by spend"}, content_type="application/json")
    )
    for answer in answers:
        assert answer.status_code == 200, answer.content
        assert not [name for name in (EMAIL, PHONE, NAME) if name in answer.content.decode()]
    assert f"row:{known.pk}" in answers[0].content.decode(), "and whoever it is can be asked for again"
    assert Conversation.objects.count() == 1


def test_address__a_customer_of_that_very_key_comes_first(known: Customer, owner: Client) -> None:
    named: Any = Customer.objects.create(external_id=f"row:{known.pk}", name="Somebody else")
    assert named.name in owner.get(f"/admin/insights/customers/row:{known.pk}/").content.decode()
