"""A run as it is shown: what to do when it does not move, in the reader's language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation

from insights.models import Publication, Run, RunState
from insights.training import enqueue, registry
from tests.insights.panel import data
from tests.insights.training.versions import churn, people, register, segments, shown

pytestmark = pytest.mark.django_db

NOBODY = "No worker has taken this yet."
BEHIND = "Another training runs; this one begins when it is over."


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("maya"))
    return client


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.INSIGHTS = settings.INSIGHTS | {"DATA_DIR": tmp_path / "data"}


def page(owner: Client, run: Run) -> str:
    """The run's page, and what its script is given when it looks again: the same words."""
    whole = owner.get(f"/admin/insights/training/{run.uid}/").content.decode()
    again = owner.get(f"/admin/insights/training/{run.uid}/live/").json()["html"]
    for text in (NOBODY, BEHIND):
        assert (text in whole) == (text in again)
    return whole


def test_a_queued_run_that_no_worker_takes_says_so_and_how_to_start_one(owner: Client) -> None:
    run = enqueue(["segmentation"])
    assert NOBODY not in page(owner, run), "a worker has a few seconds"
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(seconds=11))
    said = page(owner, run)
    assert NOBODY in said
    assert "celery -A tasks worker" in said
    assert "manage.py insights_train" in said
    assert BEHIND not in said


def test_a_run_behind_another_waits_for_its_end_and_not_for_a_worker(owner: Client) -> None:
    first, second = enqueue(["segmentation"]), enqueue(["segmentation"])
    now = timezone.now()
    Run.objects.update(created_at=now - timedelta(minutes=5))
    Run.objects.filter(pk=first.pk).update(state=RunState.RUNNING, lease_until=now + timedelta(minutes=1))
    said = page(owner, second)
    assert BEHIND in said
    assert NOBODY not in said
    Run.objects.filter(pk=first.pk).update(lease_until=now - timedelta(minutes=1))
    assert NOBODY in page(owner, second)
    assert "The worker has fallen silent." in page(owner, first)


def test_what_a_run_says_is_in_the_readers_language(owner: Client) -> None:
    run = enqueue(["segmentation"])
    with translation.override("zh-hans"):
        translated = translation.gettext("Waiting for a worker")
    assert translated != "Waiting for a worker"
    said = owner.get(f"/admin/insights/training/{run.uid}/", headers={"accept-language": "zh-hans"}).content.decode()
    assert translated in said
    given_up = "The worker was lost five times, so the training was given up."
    Run.objects.filter(pk=run.pk).update(state=RunState.FAILED, error=given_up, message="")
    said = owner.get(f"/admin/insights/training/{run.uid}/", headers={"accept-language": "zh-hans"}).content.decode()
    assert given_up not in said


def test_publish__shows_what_the_version_said_of_the_customers(owner: Client) -> None:
    customers = people(2)
    shown({"segmentation": segments(customers, "new", "new"), "churn": churn(customers, 0.1, 0.1)})
    first = registry.current("segmentation")
    shown({"segmentation": segments(customers, "lost", "lost")})
    assert first is not None
    page = owner.post(f"/admin/insights/training/publish/{first.pk}/", follow=True).content.decode()
    assert f"version {first.number} is served now" in page
    assert registry.current("segmentation") == first
    pointer = Publication.objects.get(slot="customer_state")
    assert pointer.generation is not None
    assert set(pointer.generation.states.values_list("segment", flat=True)) == {"new"}


def test_publish__of_a_version_that_lost_is_refused_with_the_reason(owner: Client) -> None:
    customers = people(1)
    shown({"churn": churn(customers, 0.1)})
    served = registry.current("churn")
    loser = register("churn")
    said = owner.post(f"/admin/insights/training/publish/{loser.pk}/", follow=True).content.decode()
    assert "is not kept" in said
    assert registry.current("churn") == served


def test_a_training_is_queued_by_its_button_without_a_broker_too(owner: Client, settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    data.shop(5)
    answer = owner.post("/admin/insights/training/start/", {"family": "segmentation"})
    run = Run.objects.get(kind="training")
    assert answer.url.endswith(f"/training/{run.uid}/")  # type: ignore[attr-defined]
    assert (run.state, run.requested_by, run.families) == (RunState.QUEUED, "maya", ["segmentation"])
