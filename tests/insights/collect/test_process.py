from __future__ import annotations

import json
import time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from insights.collect import inbox, process, replay, rows, work
from insights.collect.browser import session_key
from insights.collect.process import LostClaimError
from insights.collect.sender import Sender
from insights.collect.uuid7 import uuid7
from insights.consent import BROWSER, subject_hash
from insights.models import (
    Customer,
    Event,
    IdentityLink,
    InboxBatch,
    InboxState,
    Product,
    QuarantinedRow,
    StaleSession,
    Suppression,
    Visit,
    Visitor,
)
from tests.conftest import examples

pytestmark = pytest.mark.django_db

KIM = Sender("full", "kim", session_key="session-of-kim", device="mobile", host="shop.example")


def event(name: str = "page_view", **params: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "name": name, "at": timezone.now().timestamp() * 1000, "params": params}


def send(*events: Any, sender: Sender = KIM, **batch: Any) -> InboxBatch:
    sent = {"sent_at": timezone.now().timestamp() * 1000, "page": "https://shop.example/tea/", "events": events}
    return inbox.accept(json.dumps({**sent, **batch}).encode(), sender)


def test_work__writes_what_was_sent() -> None:
    tea = Product.objects.create(external_id="A", name="A")
    send(event(), event("add_to_cart", items=[{"item_id": "A", "quantity": 2, "price": "3.5"}], currency="EUR"))
    report = work()
    assert (report.batches, report.events, report.twice, report.aside, report.visits) == (1, 2, 0, 0, 1)
    added = Event.objects.get(name="add_to_cart")
    assert (added.product, added.quantity, added.value) == (tea, 2, Decimal("6.02"))
    assert (added.page, added.device, added.session_key, added.counts) == ("/tea/", "mobile", "session-of-kim", True)
    assert added.visitor == Visitor.objects.get(key="kim")
    assert (Visit.objects.get().page_views, Visit.objects.get().carts) == (1, 1)
    assert InboxBatch.objects.get().state == InboxState.DONE
    assert not StaleSession.objects.exists()
    assert work().batches == 0


def test_work__a_product_that_is_not_there_yet_is_remembered() -> None:
    send(event("view_item", items=[{"item_id": "new"}]))
    work()
    assert Event.objects.get().properties == {"item_id": "new"}


def test_work__a_batch_sent_twice_is_there_once() -> None:
    sent = [event("view_item", items=[{"item_id": "A"}, {"item_id": "B"}]), event()]
    send(*sent)
    work()
    send(*sent)
    again = send(event("view_cart"), *sent)
    report = work()
    assert (report.events, report.twice) == (1, 6)
    again.refresh_from_db()
    assert again.report == {"twice": [1, 2]}
    assert Event.objects.count() == 4


def test_work__what_tells_the_same_apart_is_kept_of_every_event() -> None:
    send(*(event("add_to_cart", items=[{"item_id": str(number)}]) for number in range(300)))
    assert work().events == 300
    assert not Event.objects.filter(fingerprint=None).exists(), "a database that takes some UUIDs for none"


def test_work__the_same_told_under_another_id_is_there_once() -> None:
    sent = event("add_to_cart", items=[{"item_id": "A"}])
    send(sent, {**sent, "id": str(uuid7())})
    send({**sent, "id": str(uuid7())}, sent_at=timezone.now().timestamp() * 1000 + 5000)
    report = work()
    assert (report.events, report.twice) == (1, 2)
    # Somebody else may do the same in the same millisecond.
    send({**sent, "id": str(uuid7())}, sender=Sender("full", "lee", session_key="lee"))
    assert work().events == 1


def test_work__bad_events_are_put_aside_and_the_good_ones_written() -> None:
    Event.objects.all().delete()
    batch = send(event("hover", note="x" * 999), event(), {**event(), "id": "7"})
    report = work()
    assert (report.events, report.aside) == (1, 2)
    batch.refresh_from_db()
    assert batch.state == InboxState.ASIDE
    assert {place: rule for place, (rule, _) in batch.report["aside"].items()} == {"0": "event_name", "2": "event_id"}
    lying = QuarantinedRow.objects.get(rule="event_name")
    assert (lying.kind, lying.external_id) == ("inbox", f"batch {batch.pk}:0")
    assert lying.row["name"] == "hover"
    assert "hover" in lying.reason


def test_replay__what_can_be_read_now_is_written_and_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    send(event("hover"), event(), event("wink"))
    work()
    monkeypatch.setattr("insights.collect.drafts._NAMES", frozenset({"page_view", "hover"}))
    assert replay() == (1, 0)
    report = work()
    assert (report.events, report.twice, report.aside) == (1, 1, 1)
    assert sorted(Event.objects.values_list("name", flat=True)) == ["hover", "page_view"]
    assert set(QuarantinedRow.objects.filter(resolved_at=None).values_list("external_id", flat=True)) == {
        f"batch {InboxBatch.objects.get().pk}:2"
    }
    monkeypatch.setattr("insights.collect.drafts._NAMES", frozenset({"page_view", "hover", "wink"}))
    assert replay("event_id") == (0, 0)
    assert replay("event_name") == (1, 0)
    work()
    assert Event.objects.count() == 3
    assert InboxBatch.objects.get().state == InboxState.DONE
    assert not QuarantinedRow.objects.filter(resolved_at=None).exists()


def test_replay__says_what_is_gone() -> None:
    send(event("hover"))
    work()
    InboxBatch.objects.all().delete()
    assert replay() == (0, 1)


def test_work__the_clock_of_the_browser_is_set_right() -> None:
    ago = timezone.now().timestamp() * 1000 - 86_400_000
    send({**event(), "at": ago - 5000}, sent_at=ago)
    work()
    written = Event.objects.get()
    assert 4 < (InboxBatch.objects.get().received_at - written.occurred_at).total_seconds() < 6


def test_work__machines_and_staff_are_kept_and_do_not_count() -> None:
    send(event(), sender=Sender("full", "a", session_key="a", bot="crawler"))
    send(event(), sender=Sender("full", "b", session_key="b"), automated=True)
    send(event(), sender=Sender("full", "c", session_key="c", staff=True))
    work()
    assert sorted(Event.objects.values_list("bot", "counts", "visitor__key")) == [
        ("", False, "c"),
        ("automated", False, None),
        ("crawler", False, None),
    ]
    assert not Visit.objects.filter(counts=True, session_key__in=["a", "b"]).exists()


def test_work__a_browser_that_signs_in_becomes_the_customers() -> None:
    kim = Customer.objects.create(external_id="1")
    send(event())
    work()
    send(event("view_cart"), sender=Sender("full", "kim", ("shop", "1"), "session-of-kim"))
    work()
    assert set(Event.objects.values_list("customer", flat=True)) == {kim.pk}
    assert Visitor.objects.get().customer == kim
    assert IdentityLink.objects.get().how == "login"


def test_work__two_people_at_one_browser_are_never_made_one() -> None:
    kim, lee = (Customer.objects.create(external_id=str(number)) for number in (1, 2))
    for who in ("1", "2", "1", "2"):
        send(event("view_cart"), sender=Sender("full", "kim", ("shop", who), f"s{who}"))
    work()
    assert (
        sorted(Event.objects.values_list("customer", "visitor__customer"))
        == [(kim.pk, kim.pk)] * 2 + [(lee.pk, lee.pk)] * 2
    )
    assert Visitor.objects.count() == IdentityLink.objects.count() == 2


def test_work__who_comes_after_signing_out_may_be_anybody() -> None:
    kim = Customer.objects.create(external_id="1")
    ours = session_key("kim")
    signed_in, anonymous = Sender("full", "kim", ("shop", "1"), ours), Sender("full", "kim", session_key=ours)
    send(event("view_item"), sender=signed_in)
    send(event("search"), sender=anonymous)
    work()
    assert set(Event.objects.values_list("customer", flat=True)) == {kim.pk}, "nobody signed out"
    browser = Visitor.objects.get()
    Visitor.objects.update(left_at=timezone.now())
    send(event("view_cart"), sender=anonymous)
    send(event("add_to_cart"), sender=Sender("full", "kim", session_key="the shop's own"))
    work()
    later = Event.objects.get(name="view_cart")
    assert (later.customer, later.visitor == browser) == (None, False)
    assert later.session_key not in ("", ours)
    other = Event.objects.get(name="add_to_cart")
    assert (other.visitor, other.session_key) == (later.visitor, "the shop's own")
    assert set(Visit.objects.filter(session_key=later.session_key).values_list("customer", flat=True)) == {None}

    send(event("begin_checkout"), sender=signed_in)
    send(event("add_to_wishlist"), sender=anonymous)
    work()
    for name in ("begin_checkout", "add_to_wishlist"):
        again = Event.objects.get(name=name)
        assert (again.customer, again.visitor) == (kim, browser)
    browser.refresh_from_db()
    assert browser.left_at is None


def test_work__a_sign_out_counts_though_what_was_before_is_read_later() -> None:
    kim, lee = (Customer.objects.create(external_id=str(number)) for number in (1, 2))
    ours = session_key("kim")
    send(event("view_item"), sender=Sender("full", "kim", ("shop", "1"), ours))
    now = timezone.now()
    browser = Visitor.objects.create(key="kim", first_seen=now, last_seen=now, left_at=now)
    send(event("search"), sender=Sender("full", "kim", session_key=ours))
    send(event("view_cart"), sender=Sender("full", "kim", ("shop", "2"), ours))
    work()
    whose = dict(Event.objects.values_list("name", "customer"))
    assert whose == {"view_item": kim.pk, "search": None, "view_cart": lee.pk}
    browser.refresh_from_db()
    assert (browser.customer, browser.left_at) == (kim, now), "somebody else's sign-in changes nothing"


def test_work__a_merged_customer_is_who_they_became() -> None:
    into = Customer.objects.create(external_id="2")
    Customer.objects.create(external_id="1", merged_into=into)
    send(event(), sender=Sender("full", "kim", ("shop", "1"), "s"))
    work()
    assert Event.objects.get().customer == into


def test_work__the_browser_of_a_forgotten_person_stays_nobodys() -> None:
    Suppression.objects.create(subject_hash=subject_hash(BROWSER, "kim"))
    send(event())
    work()
    assert Event.objects.get().visitor is None
    assert not Visitor.objects.exists()


def test_work__a_batch_that_breaks_the_reader_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = process.read_batch

    def fragile(body: bytes, *rest: Any) -> Any:
        if b"view_cart" in body:
            raise ZeroDivisionError
        return ordinary(body, *rest)

    monkeypatch.setattr(process, "read_batch", fragile)
    send(event("view_cart"))
    send(event())
    assert work().events == 1
    assert QuarantinedRow.objects.get().rule == "lost_batch"
    monkeypatch.undo()
    assert replay() == (1, 0)
    assert work().events == 1
    assert not QuarantinedRow.objects.filter(resolved_at=None).exists()


def test_work__a_batch_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = rows._row

    def fragile(batch: InboxBatch, draft: Any, *rest: Any) -> Any:
        if draft.name == "view_cart":
            raise ZeroDivisionError
        return ordinary(batch, draft, *rest)

    monkeypatch.setattr(rows, "_row", fragile)
    for name in ("page_view", "view_cart", "search"):
        send(event(name))
    assert work().events == 2
    assert sorted(Event.objects.values_list("name", flat=True)) == ["page_view", "search"]
    assert InboxBatch.objects.filter(state=InboxState.ASIDE).count() == 1


def test_work__after_a_deadlock_the_group_is_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary, failures = process.insert_new, [1, 1]

    def fragile(*arguments: Any) -> int:
        if failures:
            failures.pop()
            raise OperationalError("deadlock detected")
        return ordinary(*arguments)

    monkeypatch.setattr(process, "insert_new", fragile)
    monkeypatch.setattr(process, "time", SimpleNamespace(sleep=lambda _: None, monotonic=time.monotonic))
    send(event())
    assert work().events == 1


def test_work__a_worker_that_lost_its_claim_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = send(event())
    ordinary = process._end

    def stolen(*arguments: Any) -> None:
        InboxBatch.objects.update(owner="another")
        ordinary(*arguments)

    monkeypatch.setattr(process, "_end", stolen)
    (mine,) = inbox.claim("me", 10)
    with pytest.raises(LostClaimError):
        process._write("me", [rows.Read(mine, process.read_batch(bytes(batch.body), batch.received_at))], None)  # type: ignore[arg-type]
    assert not Event.objects.exists()
    assert not Visitor.objects.exists()


def test_work__a_long_claim_is_held_and_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_BEAT_EVERY", -1.0)
    monkeypatch.setattr(process, "_MOST_EVENTS", 1)
    monkeypatch.setattr(process, "MOST_EVENTS", {})
    ordinary, leases = process._write, []

    def slow(owner: str, group: Any, report: Any) -> None:
        leases.append(InboxBatch.objects.filter(owner=owner, lease_until__gt=timezone.now()).count())
        # As if a minute went by.
        ordinary(owner, group, report)
        InboxBatch.objects.filter(owner=owner).update(lease_until=timezone.now())

    monkeypatch.setattr(process, "_write", slow)
    for _ in range(3):
        send(event())
    assert work().events == 3
    assert leases == [3, 2, 1]


def test_work__ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    send(event())
    assert work(until=0.0).batches == 0
    assert work().batches == 1


TEXTS = st.text() | st.sampled_from(
    [
        "'; DROP TABLE insights_event; --",
        "<script>alert(1)</script>",
        "\x00",
        "\ud800",
        "𝄞" * 300,
        "%s%(x)s",
        "\\",
        "{}",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
PARAMS = st.dictionaries(
    st.sampled_from("items value currency transaction_id search_term list_id page referrer shown note quantity".split())
    | TEXTS,
    VALUES
    | st.lists(
        st.fixed_dictionaries({}, optional=dict.fromkeys(("item_id", "price", "quantity", "item_list_id"), VALUES)),
        max_size=3,
    ),
    max_size=6,
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.builds(lambda: str(uuid7())) | VALUES,
        "name": st.sampled_from(["page_view", "view_item", "purchase", "search"]) | VALUES,
        "at": st.floats(min_value=1e12, max_value=4e12) | st.just(253_402_300_799_000) | VALUES,
        "params": PARAMS | VALUES,
    },
)
BATCHES = st.fixed_dictionaries(
    {"events": st.lists(EVENTS | VALUES, max_size=4)},
    optional=dict.fromkeys(("sent_at", "page", "referrer", "automated"), VALUES),
)


class TestAnything(TestCase):
    """Whatever is sent, the good event beside it is written, and each bad one lies aside with its reason."""

    @settings(max_examples=examples(60), deadline=None)
    @given(batch=BATCHES)
    def test_work(self, batch: dict[str, Any]) -> None:
        good = event("view_cart")
        kept = inbox.accept(json.dumps({**batch, "events": [*batch["events"], good]}).encode(), KIM)
        report = work()
        kept.refresh_from_db()
        assert Event.objects.filter(name="view_cart", event_id=good["id"]).count() == 1
        assert kept.state in (InboxState.DONE, InboxState.ASIDE)
        aside = kept.report.get("aside", {})
        assert len(aside) == report.aside == QuarantinedRow.objects.count()
        assert all(reason for _, reason in aside.values())
        written = Event.objects.count()
        assert written + report.aside + report.twice >= len(batch["events"]) + 1
        InboxBatch.objects.update(state=InboxState.WAITING)
        assert work().events == 0
        assert Event.objects.count() == written
