from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from insights.cleaning import MARKED, redraw_visits, verdicts
from insights.collect import decide, pending, recount
from insights.collect import recount as recount_
from insights.models import BotRule, Customer, Event, Visit, Visitor
from tests.conftest import examples

WHEN = datetime(2026, 3, 2, 12, tzinfo=UTC)


def event(session: str, place: int = 0, **more: Any) -> Event:
    at = WHEN + timedelta(seconds=10 * place)
    said = {"counts": not more.get("bot"), "name": "page_view", "page": f"/{place}", **more}
    return Event.objects.create(
        event_id=uuid.uuid4(), occurred_at=at, local_date=at.date(), session_key=session, **said
    )


def stand() -> list[Any]:
    """All that a decision may change."""
    return [
        sorted(Event.objects.values_list("event_id", "bot", "counts")),
        sorted(Visit.objects.filter(counts=True).values_list("session_key", "bot", "page_views")),
    ]


class Identity(TestCase):
    @settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(
                st.sampled_from("abc"),
                st.sampled_from(["", "crawler", "ai_crawler", "too_fast"]),
                st.booleans(),
            ),
            min_size=1,
            max_size=12,
        ),
        st.lists(
            st.tuples(st.sampled_from(["crawler", "too_fast", "a", "b"]), st.sampled_from(["people", "machine", ""])),
            max_size=5,
        ),
    )
    def test_taking_all_decisions_back_is_the_identity(
        self, events: list[tuple[str, str, bool]], decisions: list[tuple[str, str]]
    ) -> None:
        for place, (session, bot, counts) in enumerate(events):
            # The staff's events count for nothing without a label.
            event(session, place, bot=bot, counts=counts and not bot)
        redraw_visits("shop", "abc")
        before = stand()
        for key, verdict in decisions:
            kind = "session" if len(key) == 1 else "reason"
            decide(kind, key, "people" if kind == "reason" and verdict else verdict)
            recount()
        for key in {key for key, _ in decisions}:
            decide("session" if len(key) == 1 else "reason", key, "")
        recount()
        assert not BotRule.objects.exists()
        assert stand() == before


pytestmark = pytest.mark.django_db


def test_reason__counts_after_all_and_its_visits_with_it() -> None:
    for place in range(3):
        event("a", place, bot="crawler")
        event("b", place)
    redraw_visits("shop", ["a", "b"])
    assert list(Visit.objects.filter(counts=True).values_list("session_key", flat=True)) == ["b"]
    decide("reason", "crawler", "people", "me")
    assert pending()
    assert recount() == 3
    assert not pending()
    assert set(Visit.objects.filter(counts=True).values_list("session_key", flat=True)) == {"a", "b"}
    assert set(Event.objects.filter(session_key="a").values_list("bot", "counts")) == {("crawler", True)}
    assert verdicts().judge("crawler") == ("crawler", True)
    assert verdicts().judge("script") == ("script", False)


def test_visitor__is_a_bot_from_then_on_too() -> None:
    browser = Visitor.objects.create(key="k", first_seen=WHEN, last_seen=WHEN)
    event("a", 0, visitor=browser)
    event("b", 1, visitor=browser)
    event("c", 2)
    redraw_visits("shop", "abc")
    decide("visitor", str(browser.pk), "machine")
    assert recount() == 2
    assert set(Event.objects.filter(visitor=browser).values_list("bot", "counts")) == {(MARKED, False)}
    assert list(Visit.objects.filter(counts=True).values_list("session_key", flat=True)) == ["c"]
    assert verdicts().judge("", visitor=browser.pk) == (MARKED, False)
    decide("visitor", str(browser.pk), "people")
    recount()
    assert set(Event.objects.values_list("bot", "counts")) == {("", True)}


def test_decision__about_a_visitor_stands_above_one_about_a_reason() -> None:
    event("a", 0, bot="crawler")
    event("b", 1, bot="crawler")
    decide("session", "a", "people")
    recount()
    assert dict(Event.objects.values_list("session_key", "counts")) == {"a": True, "b": False}
    decide("reason", "crawler", "people")
    recount()
    decide("reason", "crawler", "")
    recount()
    assert dict(Event.objects.values_list("session_key", "counts")) == {"a": True, "b": False}


def test_staff__stay_left_out_whatever_is_said() -> None:
    staff = Customer.objects.create(external_id="s", is_staff=True, is_real=False)
    event("a", 0, counts=False)
    event("b", 1, bot="crawler", customer=staff)
    decide("session", "a", "people")
    decide("reason", "crawler", "people")
    recount()
    assert not Event.objects.filter(counts=True).exists()


def test_recount__goes_on_where_it_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys.modules[recount_.__module__], "_STEP", 2)
    for place in range(5):
        event(f"s{place}", place, bot="script")
    decide("reason", "script", "people")
    from insights.collect.recount import _next, _step

    rule = _next()
    assert rule is not None
    assert _step(rule) == 2
    assert _step(rule) == 0, "somebody else did it"
    assert Event.objects.filter(counts=True).count() == 2
    assert recount(until=0.0) == 0
    assert recount() == 3
    assert not pending()


def test_session_that_no_person_can_have__is_labelled_when_its_visits_are_drawn() -> None:
    for place in range(70):
        at = WHEN + timedelta(seconds=place / 2)
        Event.objects.create(
            event_id=uuid.uuid4(), name="page_view", occurred_at=at, local_date=at.date(), session_key="fast",
            page=f"/{place}",
        )  # fmt: skip
    redraw_visits("shop", ["fast"])
    assert set(Event.objects.values_list("bot", "counts")) == {("too_fast", False)}
    seen = Visit.objects.get()
    assert (seen.bot, seen.counts, seen.page_views) == ("too_fast", False, 70)
    event("fast", 80)
    redraw_visits("shop", ["fast"])
    assert Visit.objects.filter(bot="too_fast", counts=False).count() == 1
    assert set(Event.objects.values_list("bot", "counts")) == {("too_fast", False)}, (
        "what comes after is no person's either"
    )
    decide("reason", "too_fast", "people")
    recount()
    seen = Visit.objects.get()
    assert (seen.bot, seen.counts) == ("too_fast", True)
