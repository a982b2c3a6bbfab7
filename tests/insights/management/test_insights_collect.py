from __future__ import annotations

import json
import time
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from insights.collect import inbox
from insights.collect.sender import Sender
from insights.collect.uuid7 import uuid7
from insights.management.commands import insights_collect
from insights.models import Event, InboxBatch, InboxState

pytestmark = pytest.mark.django_db


def send(name: str = "page_view") -> None:
    said = {"events": [{"id": str(uuid7()), "name": name, "at": timezone.now().timestamp() * 1000}]}
    inbox.accept(json.dumps(said).encode(), Sender("full", "kim", session_key="s"))


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("insights_collect", *arguments, stdout=out)
    return out.getvalue()


def test_insights_collect__writes_and_says_what_it_did() -> None:
    send()
    send("hover")
    found = json.loads(run("--json"))
    assert {key: found[key] for key in ("batches", "events", "twice", "aside", "visits")} == {
        "batches": 2,
        "events": 1,
        "twice": 0,
        "aside": 1,
        "visits": 1,
    }
    assert "0 batches" in run()


def test_insights_collect__purges() -> None:
    send()
    InboxBatch.objects.update(state=InboxState.DONE, received_at=timezone.now() - timedelta(hours=2))
    run()
    assert not InboxBatch.objects.exists()


def test_insights_collect__reads_again_what_was_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    send("hover")
    run()
    monkeypatch.setattr("insights.collect.drafts._NAMES", frozenset({"hover"}))
    assert "1 batches are read again" in run("--replay")
    assert Event.objects.get().name == "hover"


def test_insights_collect__watches_and_waits_for_a_database_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    ordinary = insights_collect.work

    def fragile() -> Any:
        if len(pauses) in (1, 2):
            raise OperationalError
        return ordinary()

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        send()
        if len(pauses) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(insights_collect, "work", fragile)
    # The command's own clock alone: other threads sleep too.
    monkeypatch.setattr(insights_collect, "time", SimpleNamespace(sleep=sleep, monotonic=time.monotonic))
    monkeypatch.setattr(insights_collect, "close_old_connections", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        run("--watch")
    assert pauses == [0.5, 1.0, 2.0, 0.5]
    assert Event.objects.count() == 3
