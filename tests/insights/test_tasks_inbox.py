from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from insights import tasks
from insights.collect import decide, inbox, pending
from insights.collect.sender import Sender
from insights.models import InboxBatch, InboxState


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[float]:
    """When messages were told to be read, by a clock that the test moves."""
    found: list[float] = []

    def send(task: Any, arguments: list[Any], countdown: float | None = None) -> bool:
        found.append(tasks.time.monotonic() + (countdown or 0.0))
        return True

    monkeypatch.setattr(tasks, "_send", send)
    monkeypatch.setattr(tasks, "_called_for", -10.0)
    monkeypatch.setattr(tasks, "_silent_until", -10.0)
    settings.CELERY_BROKER_URL = "memory://"
    return found


def at(monkeypatch: pytest.MonkeyPatch, moment: float) -> None:
    # The module's own clock alone: other threads read the time too.
    monkeypatch.setattr(tasks, "time", SimpleNamespace(monotonic=lambda: moment))


def test_call_for_inbox__a_burst_costs_two_messages_and_the_last_batch_does_not_wait(
    sent: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment in (1.0, 1.01, 1.2, 1.49, 1.5):
        at(monkeypatch, moment)
        tasks.call_for_inbox()
    assert sent == [1.0, 1.5]
    for moment in (1.6, 3.0):
        at(monkeypatch, moment)
        tasks.call_for_inbox()
    assert sent == [1.0, 1.5, 2.0, 3.0]


def test_call_for_inbox__after_a_failure_it_is_silent_for_a_minute(
    sent: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> bool:
        sent.append(0.0)
        return False

    monkeypatch.setattr(tasks, "_send", fail)
    for moment in (1.0, 2.0, 59.0, 62.0):
        at(monkeypatch, moment)
        assert not tasks.call_for_inbox()
    assert len(sent) == 2


def test_call_for_inbox__without_a_broker_nothing_is_sent(sent: list[float], settings: Any) -> None:
    settings.CELERY_BROKER_URL = None
    assert not tasks.call_for_inbox()
    assert sent == []


@pytest.mark.django_db
def test_collect__reads_the_inbox() -> None:
    inbox.accept(b"{}", Sender("full", "kim", session_key="s"))
    tasks.collect()
    assert InboxBatch.objects.get().state == InboxState.ASIDE


@pytest.mark.django_db
def test_collect__lets_others_come_first_after_its_turn(sent: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.accept(b"{}", Sender("full", "kim", session_key="s"))
    sent.clear()
    monkeypatch.setattr(tasks, "_TURN", -1.0)
    tasks.collect()
    assert len(sent) == 1
    assert InboxBatch.objects.get().state == InboxState.WAITING


@pytest.mark.django_db
def test_recount__applies_what_was_decided_and_comes_back_for_the_rest(
    sent: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    decide("reason", "crawler", "people")
    tasks.sweep()
    assert len(sent) == 1, "what nobody was told of is found by the sweep"
    monkeypatch.setattr(tasks, "_TURN", -1.0)
    tasks.recount()
    assert len(sent) == 2
    assert pending()
    monkeypatch.setattr(tasks, "_TURN", 20.0)
    tasks.recount()
    assert not pending()
    assert len(sent) == 2
