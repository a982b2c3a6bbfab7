"""Exactly what is too old goes, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.models import (
    AccessRecord,
    Customer,
    Event,
    Message,
    Order,
    Run,
    RunState,
    Visit,
    Visitor,
    kept_since,
)
from insights.privacy import KINDS, Kind, apply, plan
from insights.privacy import retention as module
from insights.privacy.retention import KindPlan
from tests.conftest import examples
from tests.insights.privacy import aged
from tests.insights.privacy.aged import MAKERS, NOW

pytestmark = pytest.mark.django_db
BY_KEY = {kind.key: kind for kind in KINDS}


@pytest.fixture
def keep(settings: Any) -> Any:
    """Sets the days of some kinds; all others are kept for ever."""

    def keep(**days: int | None) -> None:
        wanted = {kind.key.upper(): None for kind in KINDS} | {key.upper(): value for key, value in days.items()}
        settings.INSIGHTS = {**settings.INSIGHTS, "RETENTION": wanted}

    return keep


def stays(key: str) -> set[int]:
    """Rows of a kind that are whole."""
    rows = BY_KEY[key].model._default_manager.all()
    if key == "visits":
        rows = rows.exclude(session_key="")
    if key == "visitors":
        rows = rows.exclude(key__startswith="gone:")
    return set(rows.values_list("pk", flat=True))


@pytest.mark.parametrize("key", sorted(MAKERS))
def test_apply__the_first_day_that_is_kept_stays_whole(keep: Any, key: str) -> None:
    keep(**{key: 30})
    old, edge, young = (MAKERS[key](age) for age in (31, 30, 0))
    (planned,) = [kind for kind in plan(NOW).kinds if kind.key == key]
    assert planned.due_rows == 1
    report = apply(NOW)
    assert report.done == {key: 1}
    kept = stays(key)
    assert {edge, young} <= kept
    assert old not in kept
    assert apply(NOW).done == {}


@pytest.mark.parametrize("key", sorted(MAKERS))
def test_apply__none_keeps_for_ever(keep: Any, key: str) -> None:
    keep()
    pk = MAKERS[key](9_000)
    MAKERS[key](0)
    assert apply(NOW).done == {}
    assert pk in stays(key)
    assert plan(NOW).due_rows == 0


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
def test_apply__days_are_those_of_the_shop(keep: Any, settings: Any, zone: str) -> None:
    settings.TIME_ZONE = zone
    keep(access_log=1)
    first = aged.midnight(aged.day(1))
    last = AccessRecord.objects.create(at=first, act="viewed_customer", place="customer")
    AccessRecord.objects.create(at=first - timedelta(microseconds=1), act="viewed_customer", place="customer")
    assert apply(NOW).done == {"access_log": 1}
    assert list(AccessRecord.objects.all()) == [last]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of three rows."""
    monkeypatch.setattr(module, "KINDS", tuple(replace(kind, size=3) for kind in KINDS))


@hypothesis_settings(max_examples=examples(20), deadline=None)
@given(
    key=st.sampled_from(sorted(set(MAKERS) - {"runs"})),
    ages=st.lists(st.integers(0, 60), max_size=12),
    days=st.integers(1, 60),
)
def test_apply__all_of_the_age_and_no_other(key: str, ages: list[int], days: int) -> None:
    from django.conf import settings as host
    from django.test import override_settings

    wanted = {kind.key.upper(): None for kind in KINDS} | {key.upper(): days}
    small_kinds = tuple(replace(kind, size=3) for kind in KINDS)
    with (
        override_settings(INSIGHTS={**host.INSIGHTS, "RETENTION": wanted}),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        patch.setattr(module, "KINDS", small_kinds)
        made = {MAKERS[key](age): age for age in ages}
        there = stays(key)
        (planned,) = [kind for kind in plan(NOW).kinds if kind.key == key]
        done = apply(NOW).done
        gone = {pk for pk, age in made.items() if age > days}
        assert stays(key) == there - gone
        assert done == ({key: len(gone)} if gone else {})
        assert planned.due_rows == len(gone)
        transaction.set_rollback(True)


@pytest.mark.parametrize("key", sorted(set(MAKERS) - {"runs"}))
def test_apply__a_kill_leaves_whole_batches_and_the_next_run_goes_on(
    keep: Any, small: None, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    keep(**{key: 10})
    old = [MAKERS[key](20) for _ in range(8)]
    young = MAKERS[key](5)
    real = Kind.remove
    batches: list[Sequence[int]] = []

    def dies(kind: Kind, pks: Sequence[int]) -> int:
        if batches:
            raise KeyboardInterrupt
        batches.append(pks)
        return real(kind, pks)

    with monkeypatch.context() as patch:
        patch.setattr(Kind, "remove", dies)
        with pytest.raises(KeyboardInterrupt):
            apply(NOW)
    assert stays(key) >= {*old[3:], young}
    assert not stays(key) & set(old[:3])
    assert not Run.objects.filter(kind="retention").exists(), "only what ended is on record"
    assert apply(NOW).done == {key: 5}
    assert not stays(key) & set(old)
    assert young in stays(key)


def test_apply__goes_in_short_statements(keep: Any, small: None) -> None:
    keep(events=10)
    for _ in range(7):
        aged.an_event(20)
    with CaptureQueriesContext(
        connection,
    ) as said:
        apply(NOW)
    deletes = [query["sql"] for query in said.captured_queries if query["sql"].startswith("DELETE")]
    assert len(deletes) == 3


def test_apply__says_what_went(keep: Any) -> None:
    keep(events=10)
    aged.an_event(20)
    report = apply(NOW)
    run = Run.objects.get(kind="retention")
    assert run.state == RunState.DONE
    assert run.report == report.as_dict()
    assert run.report["done"] == {"events": 1}


def test_visits__still_count_and_no_longer_say_who_came(keep: Any) -> None:
    keep(visits=10)
    customer = Customer.objects.create(external_id="ann")
    visitor = Visitor.objects.get(pk=aged.a_visitor(0))
    pk = aged.a_visit(20, customer=customer, visitor=visitor, utm_source="mail", device="phone")
    apply(NOW)
    visit = Visit.objects.get(pk=pk)
    assert (visit.customer_id, visit.visitor_id, visit.session_key, visit.landing) == (None, None, "", "")
    assert (visit.page_views, visit.utm_source, visit.device, visit.local_date) == (2, "mail", "phone", aged.day(20))
    assert kept_since("visits") == aged.day(10)


def test_visitors__stay_countable_as_long_as_anything_counts_them(keep: Any) -> None:
    keep(visitors=10)
    customer = Customer.objects.create(external_id="ann")
    counted, bare = aged.a_visitor(20, customer=customer), aged.a_visitor(20)
    visit = aged.a_visit(20, visitor_id=counted)
    apply(NOW)
    assert not Visitor.objects.filter(pk=bare).exists()
    left = Visitor.objects.get(pk=counted)
    assert left.key.startswith("gone:")
    assert left.customer is None
    assert Visit.objects.get(pk=visit).visitor_id == counted
    assert apply(NOW).done == {}, "it is done once"
    Visit.objects.filter(pk=visit).update(visitor=None)
    order = Order.objects.create(external_id="1", visitor_id=counted, placed_at=aged.noon(20), currency="EUR", total=5)
    assert apply(NOW).done == {}, "an order without a visitor would say less of where its buyer came from"
    order.delete()
    assert apply(NOW).done == {"visitors": 1}
    assert not Visitor.objects.exists()


def test_quarantine__rows_of_the_inbox_have_days_of_their_own(keep: Any) -> None:
    keep(quarantine=10)
    pk = aged.a_bad_row(20, kind="inbox")
    assert apply(NOW).done == {}
    assert pk in stays("quarantine")


def test_conversations__go_with_their_messages(keep: Any) -> None:
    keep(conversations=10)
    aged.a_talk(20)
    apply(NOW)
    assert not Message.objects.exists()


@pytest.fixture
def ten_days(keep: Any) -> None:
    keep(runs=10, customers=10)


def test_runs__what_is_needed_stays(ten_days: None) -> None:
    from insights.models import STATE_SLOT, CustomerState, ModelVersion, Publication

    customer = Customer.objects.create(external_id="ann", joined_at=NOW)
    shown, kept, made, waiting, running = (
        aged.a_run(20, "training", state)
        for state in (RunState.DONE, RunState.DONE, RunState.DONE, RunState.QUEUED, RunState.RUNNING)
    )
    Publication.objects.create(slot=STATE_SLOT, generation_id=shown)
    CustomerState.objects.create(generation_id=kept, customer=customer, as_of=NOW)
    ModelVersion.objects.create(slot="churn", number=1, run_id=made, family="prediction", recipe="tree", as_of=NOW)
    unneeded = aged.a_run(20, "training")
    latest_done, latest = aged.a_run(20, "training"), aged.a_run(20, "training", RunState.FAILED)
    only_sync = aged.a_run(400, "sync")
    assert apply(NOW).done == {"runs": 1}
    assert stays("runs") >= {shown, kept, made, waiting, running, latest_done, latest, only_sync}
    assert unneeded not in stays("runs")
    assert CustomerState.objects.count() == 1


def test_customers__who_was_heard_of_stays(ten_days: None) -> None:
    from insights.models import Product, Rating

    def person(**more: Any) -> Customer:
        return Customer.objects.get(pk=aged.a_customer(50, **more))

    buyer, guest, reader, viewer, rater, staff, asleep = (person(is_real=place != 5) for place in range(7))
    merged = person(merged_into=guest)
    order = {"currency": "EUR", "total": 5, "counts": True, "base_total": 5}
    Order.objects.create(external_id="1", customer=buyer, placed_at=aged.noon(10), **order)
    Order.objects.create(external_id="2", customer=merged, placed_at=aged.noon(3), **order)
    old = Order.objects.create(external_id="3", customer=asleep, placed_at=aged.noon(11), city="York", **order)
    aged.a_visit(10, customer=reader)
    aged.an_event(10, customer=viewer)
    tea = Product.objects.create(external_id="tea")
    Rating.objects.create(external_id="r", customer=rater, product=tea, value=5, occurred_at=aged.noon(2))
    fresh = Customer.objects.create(external_id="just learnt of")
    assert apply(NOW).done == {"customers": 1}
    assert stays("customers") == {one.pk for one in (buyer, guest, reader, viewer, rater, staff, merged, fresh)}
    old.refresh_from_db()
    assert (old.customer_id, old.city, old.total) == (None, "", 5)


def test_customers__who_shares_an_address_with_somebody_awake_stays(ten_days: None) -> None:
    pair = {"email": "shared@example.com"}
    aged.a_customer(50, **pair)
    awake = aged.a_customer(1, **pair)
    assert apply(NOW).done == {}
    assert Customer.objects.count() == 2
    Customer.objects.filter(pk=awake).update(joined_at=aged.noon(50))
    assert apply(NOW).done == {"customers": 2}


def test_plan__writes_nothing_and_says_what_there_is(keep: Any) -> None:
    keep(events=10)
    for age in (40, 40, 20, 3):
        aged.an_event(age)
    with CaptureQueriesContext(connection) as said:
        planned = plan(NOW)
    assert not [query for query in said.captured_queries if not query["sql"].lstrip("( ").startswith("SELECT")]
    events = planned.kinds[0]
    assert isinstance(events, KindPlan)
    assert (events.key, events.days, events.fate) == ("events", 10, "deleted")
    assert events.before == (date(2026, 3, 31) - timedelta(days=10)).isoformat()
    assert (events.rows, events.due_rows, events.month_rows) == (4, 3, 2)
    assert events.bytes > 0
    assert events.due_bytes == round(events.bytes * 3 / 4)
    assert events.month_bytes == round(events.bytes * 2 / 4)
    assert Event.objects.count() == 4
    assert planned.as_dict()["due_rows"] == 3


def test_kinds__each_has_days_in_the_settings() -> None:
    from dataclasses import fields

    from insights.conf import Retention

    assert {kind.key.upper() for kind in KINDS} == {field.name for field in fields(Retention)}
