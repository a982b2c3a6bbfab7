from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from django.test import Client
from django.utils import timezone

from insights.cleaning import redraw_visits
from insights.models import BotRule, Event, Visit, Visitor
from tests.insights.panel.html import faults, read

pytestmark = pytest.mark.django_db
BOTS = "/admin/insights/data/bots/"
DECIDE = f"{BOTS}decide/"


@pytest.fixture
def seen(bare: None) -> Visitor:
    """A crawler that asked for four pages, and a browser that looked at six."""
    at = timezone.now() - timedelta(days=2)
    browser = Visitor.objects.create(key="b", first_seen=at, last_seen=at)
    for session, bot, visitor, pages in (("crawling", "crawler", None, 4), ("reading", "", browser, 6)):
        for place in range(pages):
            moment = at + timedelta(minutes=place)
            Event.objects.create(
                event_id=uuid.uuid4(), name="page_view", occurred_at=moment, local_date=timezone.localdate(moment),
                session_key=session, bot=bot, counts=not bot, visitor=visitor, page=f"/{session}/{place}",
            )  # fmt: skip
    redraw_visits("shop", ["crawling", "reading"])
    return browser


def test_the_page_says_what_is_left_out_and_why(owner: Client, seen: Visitor) -> None:
    response = owner.get(BOTS)
    assert faults(response.content.decode()) == []
    page = read(response.content.decode())
    assert "Crawler" in page.text
    assert "40" in page.text, "the share of four in ten"
    assert "/crawling/3" in page.text
    assert f"Visitor {seen.pk}" in page.text
    assert "/reading/0" in page.text
    assert "crawling/3" not in owner.get(f"{BOTS}?reason=script").content.decode()


def test_a_reason_counts_after_all_and_is_left_out_again(owner: Client, seen: Visitor) -> None:
    answer = owner.post(DECIDE, {"kind": "reason", "key": "crawler", "verdict": "people"}, follow=True)
    text = answer.content.decode()
    assert "Done: 4 events are counted otherwise now" in text
    assert "Leave out again" in text
    assert BotRule.objects.get().made_by == "maya"
    assert Visit.objects.filter(counts=True).count() == 2
    answer = owner.post(DECIDE, {"kind": "reason", "key": "crawler", "verdict": ""}, follow=True)
    assert "Count these after all" in answer.content.decode()
    assert Visit.objects.filter(counts=True).count() == 1
    assert not BotRule.objects.exists()


def test_a_visitor_is_a_bot_and_that_is_undone(owner: Client, seen: Visitor) -> None:
    said = {"kind": "visitor", "key": str(seen.pk)}
    text = owner.post(DECIDE, {**said, "verdict": "machine"}, follow=True).content.decode()
    assert "Marked by hand" in text
    assert "Undo" in text
    assert not Visit.objects.filter(counts=True).exists()
    owner.post(DECIDE, {**said, "verdict": ""})
    assert Visit.objects.get(counts=True).session_key == "reading"


def test_what_takes_long_is_left_to_a_worker(owner: Client, seen: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("insights.panel.pages.bots"), "_PATIENCE", -1.0)
    text = owner.post(DECIDE, {"kind": "reason", "key": "crawler", "verdict": "people"}, follow=True).content.decode()
    assert "manage.py insights_bots" in text
    assert "being applied" in text
    monkeypatch.undo()
    assert "Done: 4 events" in owner.post(f"{BOTS}apply/", follow=True).content.decode()


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "reason", "key": "nonsense", "verdict": "people"},
        {"kind": "reason", "key": "marked", "verdict": "people"},
        {"kind": "reason", "key": "crawler", "verdict": "machine"},
        {"kind": "visitor", "key": "0", "verdict": "machine"},
        {"kind": "visitor", "key": "x' OR 1=1", "verdict": "machine"},
        {"kind": "session", "key": "", "verdict": "people"},
        {"kind": "planet", "key": "mars", "verdict": "people"},
        {"kind": "reason", "key": "crawler", "verdict": "maybe"},
    ],
)
def test_nonsense_is_refused(owner: Client, seen: Visitor, said: dict[str, str]) -> None:
    assert owner.post(DECIDE, said).status_code == 400
    assert not BotRule.objects.exists()


def test_to_judge_is_a_right_of_its_own(clerk: Callable[..., Client], seen: Visitor) -> None:
    reader = clerk("view_insights", name="reader")
    text = reader.get(BOTS).content.decode()
    assert "Crawler" in text
    assert "Count these after all" not in text
    said = {"kind": "reason", "key": "crawler", "verdict": "people"}
    assert reader.post(DECIDE, said).status_code == 403
    judge = clerk("view_insights", "judge_bots", name="judge")
    assert judge.get(DECIDE).status_code == 403
    assert judge.post(DECIDE, said).status_code == 302
