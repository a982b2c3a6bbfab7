"""A training that is killed at any moment, again and again: what was served is served on, and in the end it is done."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from insights.models import CustomerState, ModelVersion, Publication, Run, RunState
from insights.training import enqueue, generations, registry
from insights.training.registry import load_artifact
from tests.deployment import Deployment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KILLS = 40


def test_kills__leave_what_is_served_whole_and_the_training_is_done_in_the_end(
    grown: Deployment, tmp_path: Path
) -> None:
    copy = grown.copy(tmp_path / "shop", DJANGO_SETTINGS_MODULE="shop_demo.settings")
    chance = random.Random(11)
    killed, finished = 0, 0
    with copy.here():
        run = enqueue(["segmentation", "factorization"])
        deadline = time.monotonic() + 900
        while killed < KILLS or finished < 3:
            assert time.monotonic() < deadline
            before = _served()
            process = copy.begin("-m", "insights.training.process", stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=chance.uniform(0.4, 9.0) if killed < KILLS else 120)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                killed += 1
            run.refresh_from_db()
            if run.state == RunState.DONE:
                finished += 1
                assert _served() != before
                run = enqueue(["segmentation", "factorization"])
            else:
                # Killed before the last transaction: nothing of it is to be seen.
                assert _served() == before
                # The lease has run out, and the loss is not held against it: five in a row would end it.
                Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1), attempt=1)
            _is_whole()
        assert finished >= 3
        over = Run.objects.filter(kind="training", state=RunState.DONE)
        assert not Run.objects.filter(kind="training", state=RunState.FAILED).exists()
        assert not over.filter(steps__state__in=[RunState.QUEUED, RunState.RUNNING]).exists()
        generations.prune()
        shown = set(CustomerState.objects.values_list("generation__state", flat=True))
        assert shown == {RunState.DONE}
        folders = {path.name for path in (copy.folder / "insights" / "runs").glob("*")}
        assert folders <= {str(run.uid)}, "what is over leaves no copy of the tables behind"


def _served() -> list[tuple[str, int | None, int | None]]:
    return list(Publication.objects.order_by("slot").values_list("slot", "version", "generation"))


def _is_whole() -> None:
    """All that is served is of one publication, and each file is the one that was stored."""
    for slot in registry.SLOTS:
        version = registry.current(slot)
        if version is not None:
            assert version.published_at is not None
            load_artifact(version)
    states = CustomerState.objects.current()
    segments = registry.current("segmentation")
    assert segments is not None
    assert states.values("generation").distinct().get()["generation"] == segments.run_id
    assert states.count() == segments.rows
    assert not states.filter(segment="").exists()
    published = ModelVersion.objects.exclude(published_at=None).values_list("run", flat=True)
    assert not Run.objects.filter(pk__in=published).exclude(state=RunState.DONE).exists()
