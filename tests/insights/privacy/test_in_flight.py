"""Somebody is forgotten while others write: what was read before does not come back after."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection, connections
from django.test import RequestFactory
from django.utils.module_loading import import_string

from insights.cleaning import settle_touches
from insights.collect import inbox, work
from insights.collect.browser import VISITOR_COOKIE
from insights.collect.identity import signed_out
from insights.collect.sender import Sender, remember_sender
from insights.collect.uuid7 import uuid7
from insights.contacts import email_hash
from insights.models import Customer, Erasure, Event, InboxBatch, Order, Suppression, Visit, Visitor, atomic
from insights.privacy import find_subject, forget
from insights.sources import FORGOTTEN
from insights.sources.load import loader
from insights.sources.manner import Manner
from insights.sources.settle import settle_orders
from insights.training import registry
from tests.insights.training import versions

WHEN = datetime(2026, 1, 5, 12, tzinfo=UTC)
GIVEN = ["c-ann-1", "ann@example.com", "Ann Lee"]


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"DATA_DIR": tmp_path / "data", "LIVE": False}


def ann(channel: str = "shop", key: str = "c-ann-1") -> Customer:
    email = "ann@example.com"
    return Customer.objects.create(channel=channel, external_id=key, email=email, email_hash=email_hash(email))


def bought(customer: Customer, **more: Any) -> Order:
    return Order.objects.create(
        external_id="1", customer=customer, placed_at=WHEN, currency="GBP", total=5, local_date=WHEN.date(), **more
    )


def take_over() -> None:
    """A chunk of a sync or an import."""
    loader("customers", Manner("shop"), ("id", "email", "name")).load([GIVEN])


def once_before(monkeypatch: pytest.MonkeyPatch, target: str, act: Callable[[], Any]) -> None:
    """Do something when a function is called for the first time, before it is."""
    real, waiting = import_string(target), [act]

    def called(*args: Any, **more: Any) -> Any:
        while waiting:
            waiting.pop()()
        return real(*args, **more)

    monkeypatch.setattr(target, called)


class Meanwhile(threading.Thread):
    """Forgets somebody on a connection of its own, and must wait for who is writing."""

    error: BaseException | None = None
    waited = False

    def run(self) -> None:
        try:
            forget(find_subject("c-ann-1"))
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()

    def begin(self) -> None:
        self.start()
        # Where nobody keeps it from it, it is done long before.
        self.join(1)
        self.waited = self.is_alive()

    def end(self) -> None:
        self.join()
        if self.error is not None:
            raise self.error
        assert Erasure.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_chunk__that_asked_who_was_forgotten_writes_before_the_erasure(
    shared: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann()
    erasure = Meanwhile()
    once_before(monkeypatch, "insights.sources.load.upsert", erasure.begin)
    take_over()
    erasure.end()
    assert not Customer.objects.exists()
    assert erasure.waited
    take_over()
    assert not Customer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_orders__that_are_judged_stay_known_as_those_of_somebody_forgotten(
    shared: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = bought(ann(), flags=["total_mismatch"])
    erasure = Meanwhile()
    once_before(monkeypatch, "insights.sources.settle.judge", erasure.begin)
    settle_orders([order.pk])
    erasure.end()
    order.refresh_from_db()
    assert order.flags == [FORGOTTEN]


@pytest.mark.django_db(transaction=True)
def test_signing_out__brings_no_browser_back(
    shared: None, monkeypatch: pytest.MonkeyPatch, rf: RequestFactory, settings: Any
) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"TRACKING": "full", "CONSENT": None}
    monkeypatch.setattr("insights.consent._answer", lambda request: True)
    Visitor.objects.create(key="hers", customer=ann(), first_seen=WHEN, last_seen=WHEN)
    request = rf.get("/")
    response = import_string("django.http.HttpResponse")()
    remember_sender(response, request, Sender("full", "hers"))
    request.COOKIES[VISITOR_COOKIE] = response.cookies[VISITOR_COOKIE].value
    erasure = Meanwhile()
    once_before(monkeypatch, "insights.collect.identity.tracking_mode", erasure.begin)
    signed_out(request)
    erasure.end()
    assert not Visitor.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_writers__do_not_wait_for_each_other(shared: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("of SQLite there is one writer at a time")
    settle_orders([0])  # on MariaDB the very first one makes the row that stands for the turns
    began = threading.Event()

    def write() -> None:
        with atomic():
            began.set()
        connections.close_all()

    with atomic():
        other = threading.Thread(target=write)
        other.start()
        assert began.wait(20)
    other.join()


@pytest.mark.django_db
def test_touches__are_not_written_back_onto_what_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    customer = ann()
    order = bought(customer, counts=True)
    Visit.objects.create(
        session_key="s", customer=customer, started_at=WHEN, ended_at=WHEN, local_date=WHEN.date(), utm_source="friends"
    )
    subject = find_subject("c-ann-1")
    once_before(monkeypatch, "insights.cleaning.touches._first_touches", lambda: forget(subject))
    settle_touches([customer.pk])
    order.refresh_from_db()
    assert (order.traffic, order.touch_source) == ("", "")


@pytest.mark.django_db
def test_forget__takes_what_came_since_the_person_was_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ann()
    subject = find_subject("c-ann-1")
    once_before(monkeypatch, "insights.privacy.erase.mentions_of", lambda: ann("market", "m-ann-77"))
    receipt = forget(subject)
    assert not Customer.objects.exists()
    assert receipt.deleted["customer"] == 2
    ann_again = ["m-ann-77", "", "Ann"]
    loader("customers", Manner("market"), ("id", "email", "name")).load([ann_again])
    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_forget__looks_for_a_name_that_came_meanwhile_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    customer = ann()
    Visit.objects.create(
        session_key="s", started_at=WHEN, ended_at=WHEN, local_date=WHEN.date(), landing="/found/Ann Lee-Miller/"
    )
    subject = find_subject("c-ann-1")
    once_before(
        monkeypatch,
        "insights.privacy.erase.mentions_of",
        lambda: Customer.objects.filter(pk=customer.pk).update(name="Ann Lee-Miller"),
    )
    forget(subject)
    assert "Miller" not in Visit.objects.get().landing


@pytest.mark.django_db
def test_a_batch__that_comes_after_the_erasure_is_dropped() -> None:
    ann()
    forget(find_subject("c-ann-1"))
    now = time.time() * 1000
    for browser, key in (("a-new-browser", "c-ann-1"), ("somebody-elses", "c-bob")):
        events = [{"id": str(uuid7()), "name": name, "at": now} for name in ("page_view", "hover")]
        sent = json.dumps({"sent_at": now, "page": "https://shop.example/", "events": events})
        inbox.accept(sent.encode(), Sender("full", browser, ("shop", key), f"visit of {key}"))
    report = work()
    assert list(Event.objects.values_list("session_key", flat=True)) == ["visit of c-bob"]
    assert list(InboxBatch.objects.values_list("customer_key", flat=True)) == ["c-bob"]
    assert list(Visitor.objects.values_list("key", flat=True)) == ["somebody-elses"]
    assert (report.events, report.aside) == (1, 1)


@pytest.mark.django_db
def test_a_model__that_is_being_stored_loses_the_row_too(monkeypatch: pytest.MonkeyPatch) -> None:
    pk, subject = ann().pk, find_subject("c-ann-1")
    real = registry.save_artifact

    def stored(*args: Any, **more: Any) -> None:
        real(*args, **more)
        forget(subject)

    monkeypatch.setattr(registry, "save_artifact", stored)
    version = versions.register("implicit", arrays={"user_ids": np.array([pk]), "user_bias": np.array([0.5])})
    version.refresh_from_db()
    arrays = registry.load_artifact(version).arrays
    assert (arrays["user_ids"].tolist(), arrays["user_bias"].tolist()) == ([0], [0])
    assert Suppression.objects.exists()
