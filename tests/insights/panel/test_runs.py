from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from insights.models import Run, RunState
from insights.panel import runs
from tests.insights.panel import data

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "active"),
    [("queued", True), ("running", True), ("done", False), ("failed", False), ("refused", False), ("cancelled", False)],
)
def test_view__knows_what_is_still_to_end(ask_for: Callable[..., Any], state: str, active: bool) -> None:
    view = runs.view(ask_for("train_models"), data.waiting(state), [])
    assert (view.active, bool(view.live_url), bool(view.cancel_url)) == (active, active, active)


def test_view__only_those_who_may_train_may_stop(ask_for: Callable[..., Any]) -> None:
    assert runs.view(ask_for("view_insights"), data.waiting(), []).cancel_url == ""


@pytest.mark.parametrize(("seconds", "waiting"), [(2, False), (60, True)])
def test_view__a_worker_is_given_a_moment(ask_for: Callable[..., Any], seconds: int, waiting: bool) -> None:
    run = data.waiting()
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(seconds=seconds))
    run.refresh_from_db()
    assert runs.view(ask_for("train_models"), run, []).waiting is waiting


@pytest.mark.parametrize(("progress", "percent"), [(-1, 0), (0, 0), (0.424, 42), (1.7, 100)])
def test_view__progress_is_a_percentage(ask_for: Callable[..., Any], progress: float, percent: int) -> None:
    run = data.waiting(RunState.RUNNING, progress=progress)
    assert runs.view(ask_for("train_models"), run, []).percent == percent


def test_view__speaks_the_language_of_the_page(ask_for: Callable[..., Any]) -> None:
    run = data.waiting(RunState.RUNNING, message="Comparing methods")
    with translation.override("zh-hans"):
        view = runs.view(ask_for("train_models"), run, list(run.steps.all()))
    for text in (view.title, view.label, view.message, view.steps[0].name):
        assert not text.isascii()


def test_view__a_step_says_how_long_it_took(ask_for: Callable[..., Any]) -> None:
    run = data.waiting(RunState.RUNNING)
    now = timezone.now()
    run.steps.update(started_at=now - timedelta(seconds=11), finished_at=now, state=RunState.DONE)
    [step] = runs.view(ask_for("train_models"), run, list(run.steps.all())).steps
    assert (step.mark, step.note) == ("✓", "11 s")
