"""A sign of life while a fit takes longer than the lease."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from insights.models import Run, RunState
from insights.training import cancel, claims, enqueue, heartbeat, runs, sweep
from tests.deployment import Deployment, await_true

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def shared(empty: Deployment, tmp_path: Path, settings: Any) -> Iterator[None]:
    """A database that several threads see, and a short lease."""
    if connection.vendor != "sqlite":
        settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"LEASE_SECONDS": 2}}
        yield
        return
    with empty.copy(tmp_path / "shared").here():
        settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"LEASE_SECONDS": 2}}
        yield


def lease(run: Run) -> Any:
    run.refresh_from_db()
    return run.lease_until


def test_a_run_lives_as_long_as_its_block() -> None:
    enqueue()
    run, held = runs.claim("one") or pytest.fail("nothing to claim")
    first = lease(run)
    with heartbeat.heartbeat(run, held):
        await_true(lambda: lease(run) > first, 10)
        assert sweep() == []
        assert run.state == RunState.RUNNING
    last = lease(run)
    time.sleep(0.7)
    assert lease(run) == last, "no beat after the end"
    assert not [thread for thread in threading.enumerate() if thread.name == "insights-heartbeat"]


def test_a_run_that_was_cancelled_is_not_brought_back_to_life() -> None:
    enqueue()
    run, held = runs.claim("one") or pytest.fail("nothing to claim")
    with heartbeat.heartbeat(run, held):
        assert cancel(run.pk)
        await_true(lambda: not [item for item in threading.enumerate() if item.name == "insights-heartbeat"], 10)
    assert lease(run) is None
    assert run.state == RunState.CANCELLED


def test_a_database_that_is_away_for_a_while_does_not_end_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue()
    run, held = runs.claim("one") or pytest.fail("nothing to claim")
    calls: list[int] = []

    def beat(*arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("server closed the connection")
        claims.beat(*arguments)

    monkeypatch.setattr(heartbeat, "beat", beat)
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() + timedelta(seconds=1))
    first = lease(run)
    with heartbeat.heartbeat(run, held):
        await_true(lambda: lease(run) > first, 10)
    assert len(calls) >= 2
    assert "A sign of life could not be written: OperationalError" in caplog.text
