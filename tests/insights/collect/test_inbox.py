from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from insights.collect import accepted, inbox, purge, waiting, work
from insights.collect.sender import Sender
from insights.models import InboxBatch, InboxState, QuarantinedRow

pytestmark = pytest.mark.django_db

KIM = Sender("full", "kim", session_key="s")


def put(count: int = 1, **values: Any) -> list[InboxBatch]:
    batches = [inbox.accept(b"{}", KIM) for _ in range(count)]
    if values:
        InboxBatch.objects.filter(pk__in=[batch.pk for batch in batches]).update(**values)
    return batches


def test_accept__tells_who_listens_and_is_not_hurt_by_them() -> None:
    def listen(**_: Any) -> None:
        heard.append(1)
        raise ZeroDivisionError

    heard: list[int] = []
    accepted.connect(listen)
    try:
        put()
    finally:
        accepted.disconnect(listen)
    assert heard == [1]
    assert waiting()


def test_claim__each_batch_has_one_owner_and_the_oldest_come_first() -> None:
    batches = put(5)
    first, second, third = inbox.claim("a", 3), inbox.claim("b", 3), inbox.claim("c", 3)
    assert [batch.pk for batch in (*first, *second)] == [batch.pk for batch in batches]
    assert third == []
    assert {(batch.owner, batch.attempt, batch.state) for batch in first} == {("a", 1, InboxState.WORKING)}


def test_claim__what_another_took_in_between_is_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    put(2)
    ordinary = inbox.held

    def late(owner: str, pks: Any) -> Any:
        InboxBatch.objects.filter(pk=pks[0]).update(owner="b")
        return ordinary(owner, pks)

    monkeypatch.setattr(inbox, "held", late)
    assert len(inbox.claim("a", 2)) == 1


def test_sweep__gives_back_what_a_silent_worker_held() -> None:
    batch, _ = put(2)
    inbox.claim("dead", 1)
    assert inbox.sweep() == 0
    InboxBatch.objects.filter(pk=batch.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert inbox.sweep() == 1
    assert work().batches == 2


def test_sweep__what_kills_its_workers_is_put_aside() -> None:
    put(1, state=InboxState.WORKING, owner="x", attempt=5, lease_until=timezone.now() - timedelta(seconds=1))
    assert inbox.sweep() == 0
    assert InboxBatch.objects.get().state == InboxState.ASIDE
    assert QuarantinedRow.objects.get().rule == "lost_batch"


def test_purge__deletes_what_was_shown_long_enough_and_nothing_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    old = timezone.now() - timedelta(minutes=61)
    put(2, state=InboxState.DONE, received_at=old)
    put(1, state=InboxState.DONE)
    put(1, received_at=old - timedelta(days=90))
    put(1, state=InboxState.ASIDE, received_at=old)
    put(1, state=InboxState.ASIDE, received_at=old - timedelta(days=30))
    assert purge() == 3
    assert sorted(InboxBatch.objects.values_list("state", flat=True)) == ["aside", "done", "waiting"]
    put(4, state=InboxState.DONE)
    monkeypatch.setattr(inbox, "KEEP_DONE", 2)
    assert purge() == 3
    assert InboxBatch.objects.filter(state=InboxState.DONE).count() == 2


@pytest.mark.django_db(transaction=True)
def test_accept__a_batch_that_was_not_committed_was_not_accepted() -> None:
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert not waiting()
