from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from insights import tasks
from insights.models import Event, Run
from tasks.queues import ROUTES, TRAINING
from tasks.schedule import SCHEDULE
from tests.insights.privacy import aged

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def an_old_event(settings: Any) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "RETENTION": {"EVENTS": 30, "SCORES": None}}
    pk = aged.an_event(0)
    Event.objects.filter(pk=pk).update(local_date=timezone.localdate() - timedelta(days=31))
    Event.objects.filter(pk=aged.an_event(0)).update(local_date=timezone.localdate())


def told(*options: str) -> str:
    call_command("insights_retention", *options, stdout=(out := StringIO()))
    return out.getvalue()


def test_dry_run__says_what_would_go_and_changes_nothing() -> None:
    text = told("--dry-run")
    (line,) = [line for line in text.splitlines() if line.startswith("events")]
    assert line.split()[:4] == ["events", "30", "days", "2"]
    assert "for ever" in next(line for line in text.splitlines() if line.startswith("scores"))
    assert text.strip().endswith("Nothing was changed.")
    planned = json.loads(told("--dry-run", "--json"))
    assert planned["due_rows"] == 1
    assert {"key", "days", "before", "rows", "bytes", "due_rows", "month_rows"} <= planned["kinds"][0].keys()
    assert Event.objects.count() == 2
    assert not Run.objects.exists()


def test_command__lets_go_and_says_so() -> None:
    assert "1 rows deleted" in told()
    assert Event.objects.count() == 1
    assert told().strip() == "Nothing is older than it may be."
    assert json.loads(told("--json"))["done"] == {}


def test_task__does_the_same_each_night() -> None:
    tasks.retention()
    assert Event.objects.count() == 1
    assert "insights.retention" in {entry["task"] for entry in SCHEDULE.values()}
    assert ROUTES["insights.retention"] == {"queue": TRAINING}
