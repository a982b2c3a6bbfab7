"""Each page, empty and filled, for those who may see it and those who may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.models import Conversation, Customer, Message, ModelVersion, Run, RunState
from tests.conftest import examples
from tests.insights.panel import data
from tests.insights.panel.html import faults, read

pytestmark = pytest.mark.django_db

PAGES = [
    "",
    "?days=365",
    "customers/",
    "customers/?segment=champions&churn_band=high&q=nobody",
    "segments/",
    "segments/?by=rfm_type",
    "segments/?by=cluster",
    "training/",
    "traffic/",
    "data/",
    "data/bots/",
    "data/bots/?reason=crawler&days=7",
    "privacy/",
    "ask/",
]
STATES = [RunState.QUEUED, RunState.RUNNING, RunState.FAILED, RunState.REFUSED, RunState.CANCELLED, RunState.DONE]


def every_address() -> list[str]:
    """All pages with what they need in their addresses filled in."""
    customer = Customer.objects.order_by("pk")[0]
    run = Run.objects.filter(kind="training")[0]
    return [*PAGES, f"customers/{customer.external_id}/", f"training/{run.uid}/"]


def body(response: Any) -> str:
    """The text of an answer, streamed or not."""
    return b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("path", PAGES)
def test_an_empty_shop(owner: Client, bare: None, path: str, language: str) -> None:
    owner.cookies["django_language"] = language
    response = owner.get(f"/admin/insights/{path}")
    assert response.status_code == 200
    assert faults(response.content.decode()) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_shop_with_one_customer(owner: Client, bare: None, path: str) -> None:
    data.shop(1)
    response = owner.get(f"/admin/insights/{path}")
    assert response.status_code == 200
    assert faults(response.content.decode()) == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_filled_shop(owner: Client, world: None, language: str) -> None:
    owner.cookies["django_language"] = language
    for state in STATES:
        data.waiting(state, error="The disk is full.", started_at=timezone.now())
    for path in [*every_address(), *(f"training/{run.uid}/" for run in Run.objects.all())]:
        response = owner.get(f"/admin/insights/{path}")
        assert response.status_code == 200, path
        assert faults(response.content.decode()) == [], path


@pytest.mark.parametrize("path", ["data/", "training/", "customers/", "segments/"])
def test_each_page_says_where_one_is(owner: Client, world: None, path: str) -> None:
    root = read(owner.get(f"/admin/insights/{path}").content.decode())
    nav = next(node for node in root.every("nav") if "ins-nav" in node.classes())
    current = [node for node in nav.every("a") if node.attributes.get("aria-current") == "page"]
    assert [node.attributes["href"] for node in current] == [f"/admin/insights/{path}"]
    title = current[0].text
    assert root.every("h1")[-1].text == title or title in root.every("h1")[-1].text
    assert title in root.every("title")[0].text


def test_who_is_not_signed_in_is_sent_to_sign_in(world: None) -> None:
    for path in every_address():
        response = Client().get(f"/admin/insights/{path}")
        assert response.status_code == 302
        assert "/login/" in response["Location"]


def test_staff_without_a_permission_see_nothing(world: None, clerk: Callable[..., Client]) -> None:
    nobody = clerk()
    for path in every_address():
        assert nobody.get(f"/admin/insights/{path}").status_code == 403, path
    assert b"insights" not in nobody.get("/admin/").content


def test_each_page_has_its_own_permission(world: None, clerk: Callable[..., Client]) -> None:
    viewer, asker = clerk("view_insights"), clerk("ask_insights", name="asker")
    for path in every_address():
        asks = path.startswith("ask/")
        assert viewer.get(f"/admin/insights/{path}").status_code == (403 if asks else 200), path
        assert asker.get(f"/admin/insights/{path}").status_code == (200 if asks else 403), path
    nav = viewer.get("/admin/insights/").content.decode()
    assert "/admin/insights/training/" in nav
    assert "/admin/insights/ask/" not in nav


def test_who_is_no_longer_active_is_out(world: None, clerk: Callable[..., Client]) -> None:
    from django.contrib.auth.models import User

    viewer = clerk("view_insights")
    User.objects.filter(username="clerk").update(is_active=False)
    assert viewer.get("/admin/insights/").status_code == 302


def test_names_are_for_those_who_may_see_people(world: None, clerk: Callable[..., Client]) -> None:
    seen = clerk("view_insights", "ask_insights")
    people = list(Customer.objects.all())
    files = ["?csv=1", "customers/?csv=1", "segments/?csv=1", "data/?csv=1"]
    json = [f"customers/{people[0].external_id}/?format=json", f"customers/{people[0].external_id}/?show=personal"]
    seen.post("/admin/insights/ask/", {"q": "Which customers are most likely to leave?"})
    message = Message.objects.get()
    answers = [f"ask/{message.conversation.uid}/", f"ask/message/{message.pk}/csv/"]
    for path in [*every_address(), *files, *json, *answers, *(f"customers/{one.external_id}/" for one in people[1:3])]:
        response = seen.get(f"/admin/insights/{path}")
        assert response.status_code == 200, path
        text = body(response)
        for person in people:
            assert person.email not in text, path
            assert person.name not in text, path
    assert message.answer["rows"]


def test_names_are_shown_to_those_who_may(owner: Client, world: None) -> None:
    someone = Customer.objects.order_by("pk")[0]
    for path in ("customers/?csv=1", f"customers/{someone.external_id}/?format=json"):
        text = body(owner.get(f"/admin/insights/{path}"))
        assert someone.name in text
        assert someone.email in text
    page = owner.get(f"/admin/insights/customers/{someone.external_id}/").content.decode()
    assert someone.name in page
    assert someone.email not in page, "an address is shown when it is asked for"
    assert (
        someone.email in owner.get(f"/admin/insights/customers/{someone.external_id}/?show=personal").content.decode()
    )


def test_acts_need_a_token(world: None) -> None:
    from django.contrib.auth.models import User

    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.create_superuser("careful"))
    run = data.waiting()
    version = ModelVersion.objects.all()[0]
    talk = Conversation.objects.create(user_key="1")
    message = Message.objects.create(conversation=talk, question="?")
    acts = {
        "training_start": [],
        "run_cancel": [run.uid],
        "publish": [version.pk],
        "rollback": [version.slot],
        "ask": [],
        "ask_stream": [],
        "ask_feedback": [message.pk],
    }
    before = Run.objects.count(), Message.objects.count()
    for name, parts in acts.items():
        assert careful.post(reverse(f"admin:insights_{name}", args=parts), {"q": "Orders?"}).status_code == 403, name
    assert (Run.objects.count(), Message.objects.count()) == before
    run.refresh_from_db()
    assert run.state == RunState.QUEUED


def test_no_page_asks_the_database_for_each_row(owner: Client, world: None) -> None:
    def counted() -> dict[str, int]:
        found = {}
        for path in addresses:
            with CaptureQueriesContext(connection) as queries:
                owner.get(f"/admin/insights/{path}")
            found[path] = len(queries)
        return found

    addresses = every_address()
    first = counted()
    data.shop(25, seed=4, first=5001)
    for _ in range(5):
        data.waiting(RunState.DONE)
    run = Run.objects.filter(kind="training", state=RunState.DONE).order_by("pk")[0]
    for customer in Customer.objects.filter(states=None):
        data.state_of(customer, run)
    more = counted()
    assert {path: count for path, count in more.items() if count > first[path]} == {}
    assert max(more.values()) <= 44, "four of them write down that names were shown"


def test_in_chinese_every_heading_is(owner: Client, world: None) -> None:
    owner.cookies["django_language"] = "zh-hans"
    for path in every_address():
        root = read(owner.get(f"/admin/insights/{path}").content.decode())
        assert root.every("html")[0].attributes["lang"] == "zh-hans"
        heads = [node.text for node in root.every("h1", "h2")]
        latin = [text for text in heads if not re.search("[\u4e00-\u9fff]", text)]
        assert latin == [] or path.startswith("customers/1"), path


@hypothesis_settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=st.sampled_from(["", "customers/", "customers/1001/", "segments/", "data/"]),
    name=st.sampled_from(
        ["days", "from", "to", "page", "segment", "by", "q", "sort", "rule", "before", "kind", "channel"]
    ),
    value=st.text(max_size=12),
)
def test_nonsense_in_the_address_is_no_error(owner: Client, world: None, path: str, name: str, value: str) -> None:
    assert owner.get(f"/admin/insights/{path}", {name: value}).status_code in (200, 302, 404)
