from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from insights.collect import inbox, work
from insights.collect.sender import Sender
from insights.collect.uuid7 import uuid7
from insights.models import Event, InboxBatch, InboxState, QuarantinedRow, Run
from insights.panel import feed

pytestmark = pytest.mark.django_db

KIM = Sender("full", "kim", ("shop", "customer-77"), "s-kim", device="mobile")
LEE = Sender("cookieless", session_key="s-lee", bot="crawler")


def event(name: str = "page_view", **params: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "name": name, "at": timezone.now().timestamp() * 1000, "params": params}


def send(*events: Any, sender: Sender = KIM) -> InboxBatch:
    sent = {"sent_at": timezone.now().timestamp() * 1000, "page": "https://x.example/tea/?token=s", "events": events}
    return inbox.accept(json.dumps(sent).encode(), sender)


def rows(**wanted: str) -> list[feed.FeedRow]:
    return feed.rows(feed.Wanted.of(wanted), personal=False)


def member(*permissions: str) -> Client:
    user = User.objects.create(username="clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_rows__the_latest_first_with_what_became_of_each() -> None:
    told = event("search", search_term="tea for kim@mail.example")
    send(told)
    work()
    send(told, event("hover"), event("view_item", items=[{"item_id": "A", "price": 3}], currency="EUR"))
    assert [row.state for row in rows()] == ["waiting", "waiting", "waiting", "written"]
    work()
    assert [(row.name, row.state) for row in rows()] == [
        ("view_item", "written"),
        ("hover", "aside"),
        ("search", "twice"),
        ("search", "written"),
    ]
    looked, hovered, *_, searched = rows()
    assert looked.about.startswith("A")
    assert "hover" in hovered.why
    assert (searched.about, searched.page, searched.device) == ("“tea for …”", "/tea/", "mobile")


def test_rows__a_batch_that_is_none_has_its_reason() -> None:
    inbox.accept(b"\x00<script>", KIM)
    work()
    (row,) = rows()
    assert (row.name, row.state) == ("–", "aside")
    assert "JSON" in row.why


def test_rows__a_machine_is_called_by_what_it_is() -> None:
    send(event(), sender=replace(LEE, device="desktop", bot="ai_crawler"))
    assert rows()[0].device == "desktop · AI crawler"


def test_rows__the_reason_is_said_in_the_language_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    send(event("hover"))
    work()
    monkeypatch.setattr("insights.cleaning.why.gettext", lambda sentence: f"Not so: {sentence}")
    assert rows()[0].why.endswith("Not so: GA4's events for shops have no “hover”.")


def test_rows__are_chosen_by_visitor_event_and_state() -> None:
    send(event(), event("view_cart"))
    send(event(), event("wink"), sender=LEE)
    work()
    (kim,) = {row.who for row in rows() if row.device == "mobile"}
    assert [row.name for row in rows(who=kim)] == ["view_cart", "page_view"]
    assert len(rows(event="page_view")) == 2
    assert [row.name for row in rows(state="aside")] == ["wink"]
    assert len(rows(event="no such", state="no such")) == 4
    assert rows(who="none") == []


def test_rows__nobody_is_named() -> None:
    batch = send(event())
    (row,) = rows()
    assert "kim" not in row.who
    assert row.customer == "c•••"
    assert feed.rows(feed.Wanted(), personal=True)[0].customer == "customer-77"
    assert feed.pseudonym(batch) == row.who


def test_rows__no_more_than_a_page_shows() -> None:
    send(*[event() for _ in range(feed.SHOWN + 5)])
    assert len(rows()) == feed.SHOWN


def test_counters() -> None:
    send(event())
    send(event("hover"))
    work()
    send(event())
    InboxBatch.objects.filter(state=InboxState.WAITING).update(received_at=timezone.now() - timedelta(minutes=5))
    assert feed.counters() == feed.Counters(minute=2, hour=3, waiting=1, aside=1, stuck=True)


def test_live__the_page_and_its_moving_part() -> None:
    seen = member("view_insights")
    assert "Nothing to show yet" in seen.get("/admin/insights/data/live/").content.decode()
    send(event("search", search_term="<script>alert(1)</script>"))
    page = seen.get("/admin/insights/data/live/?event=search").content.decode()
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page
    assert 'data-ins-feed="/admin/insights/data/live/feed/?event=search"' in page
    found = seen.get("/admin/insights/data/live/feed/").json()
    assert "waiting" in found["html"]
    assert "html" not in seen.get("/admin/insights/data/live/feed/", {"stamp": found["stamp"]}).json()
    work()
    assert "written" in seen.get("/admin/insights/data/live/feed/", {"stamp": found["stamp"]}).json()["html"]


def test_live__who_may_not_see_it() -> None:
    assert Client().get("/admin/insights/data/live/").status_code == 302
    nobody = member()
    for path in ("live/", "live/feed/"):
        assert nobody.get(f"/admin/insights/data/{path}").status_code == 403


def test_live__says_when_nobody_reads() -> None:
    send(event())
    InboxBatch.objects.update(received_at=timezone.now() - timedelta(minutes=1))
    assert "insights_collect --watch" in member("view_insights").get("/admin/insights/data/live/").content.decode()


def test_replay__needs_its_permission_and_stays_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    send(event("hover"), event())
    work()
    seen = member("view_insights")
    assert "Read events again" not in seen.get("/admin/insights/data/").content.decode()
    assert seen.post("/admin/insights/data/replay/").status_code == 403
    User.objects.get(username="clerk").user_permissions.add(Permission.objects.get(codename="replay_events"))
    assert "Read events again" in seen.get("/admin/insights/data/").content.decode()
    assert seen.get("/admin/insights/data/replay/").status_code == 403
    monkeypatch.setattr("insights.collect.drafts._NAMES", frozenset({"page_view", "hover"}))
    assert seen.post("/admin/insights/data/replay/", {"rule": "event_name"}).status_code == 302
    run = Run.objects.get(kind="replay")
    assert (run.requested_by, run.report) == ("clerk", {"rule": "event_name", "batches": 1, "gone": 0})
    work()
    assert Event.objects.count() == 2
    assert not QuarantinedRow.objects.filter(resolved_at=None).exists()
