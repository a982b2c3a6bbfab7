from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from insights.models import ModelVersion, Publication, Run, RunState
from tests.insights.panel import data
from tests.insights.panel.html import faults, read

pytestmark = pytest.mark.django_db
URL = "/admin/insights/training/"


def test_train_now_queues_and_says_that_no_worker_has_taken_it(owner: Client, world: None) -> None:
    answer = owner.post(f"{URL}start/")
    run = Run.objects.filter(kind="training").order_by("-pk")[0]
    assert answer["Location"] == f"{URL}{run.uid}/"
    assert (run.state, run.requested_by) == (RunState.QUEUED, "maya")
    fresh = owner.get(f"{URL}{run.uid}/").content.decode()
    assert "No worker has taken this yet." not in fresh, "a worker is given a moment"
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    page = owner.get(f"{URL}{run.uid}/").content.decode()
    assert "No worker has taken this yet." in page
    assert "celery -A tasks worker" in page
    assert "manage.py insights_train" in page
    owner.post(f"{URL}{run.uid}/cancel/")
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED


@pytest.mark.parametrize("family", ["segmentation", "prediction", "factorization"])
def test_one_family_alone_can_be_trained(owner: Client, world: None, family: str) -> None:
    owner.post(f"{URL}start/", {"family": family})
    assert Run.objects.order_by("-pk")[0].families == [family]


def test_who_may_only_look_may_not_train(world: None, clerk: Callable[..., Client]) -> None:
    viewer = clerk("view_insights")
    page = viewer.get(URL).content.decode()
    assert "Train now" not in page
    run = data.waiting()
    version = ModelVersion.objects.all()[0]
    for path in ("start/", f"{run.uid}/cancel/", f"publish/{version.pk}/", f"rollback/{version.slot}/"):
        assert viewer.post(URL + path).status_code == 403
        assert viewer.get(URL + path).status_code == 403
    assert "Stop" not in viewer.get(f"{URL}{run.uid}/").content.decode()


def test_acts_are_no_links(owner: Client, world: None) -> None:
    before = Run.objects.count()
    assert owner.get(f"{URL}start/").status_code == 403
    assert Run.objects.count() == before


def test_live_says_how_far_a_run_is(owner: Client, world: None) -> None:
    run = data.waiting(RunState.RUNNING, progress=0.42, started_at=timezone.now(), message="Comparing methods")
    found = owner.get(f"{URL}{run.uid}/live/").json()
    assert (found["state"], found["active"], found["percent"]) == ("running", True, 42)
    assert "Comparing methods" in found["html"]
    assert faults(f'<h1>A</h1><div class="ins">{found["html"]}</div>') == []
    Run.objects.filter(pk=run.pk).update(state=RunState.DONE)
    assert owner.get(f"{URL}{run.uid}/live/").json()["active"] is False


def test_what_a_worker_says_is_said_in_the_language_of_the_page(owner: Client, world: None) -> None:
    run = data.waiting(RunState.RUNNING, started_at=timezone.now(), message="Comparing methods")
    owner.cookies["django_language"] = "zh-hans"
    assert "Comparing methods" not in owner.get(f"{URL}{run.uid}/").content.decode()


def test_a_silent_worker_is_named(owner: Client, world: None) -> None:
    ago = timezone.now() - timedelta(minutes=9)
    run = data.waiting(RunState.RUNNING, started_at=ago, lease_until=ago)
    assert "The worker has fallen silent." in owner.get(f"{URL}{run.uid}/").content.decode()


def test_a_failed_run_says_why_and_what_is_safe(owner: Client, world: None) -> None:
    run = data.waiting(RunState.FAILED, error="The disk is full.", started_at=timezone.now())
    page = owner.get(f"{URL}{run.uid}/").content.decode()
    assert "The disk is full." in page
    assert "stay as they were" in page
    assert f'<a href="{URL}{run.uid}/">See what went wrong</a>' in owner.get(URL).content.decode()
    data.waiting(RunState.DONE, started_at=timezone.now())
    assert "See what went wrong" not in owner.get(URL).content.decode(), "a later one ended well"


def test_a_failed_run_is_still_said_when_a_later_one_waits(owner: Client, world: None) -> None:
    data.waiting(RunState.FAILED, error="The disk is full.", started_at=timezone.now())
    data.waiting(RunState.QUEUED)
    assert "See what went wrong" in owner.get(URL).content.decode()


def test_a_refused_run_counts_what_is_missing(owner: Client, world: None) -> None:
    need = {"key": "customers", "label": "Customers with an order", "have": 143, "needed": 200, "ok": False}
    run = data.waiting(RunState.REFUSED, report={"needs": [need]})
    assert "143 of 200" in owner.get(f"{URL}{run.uid}/").content.decode()
    owner.cookies["django_language"] = "zh-hans"
    page = owner.get(f"{URL}{run.uid}/").content.decode()
    assert "Customers with an order" not in page


def test_what_is_missing_is_counted_before_the_first_training(owner: Client, bare: None) -> None:
    data.shop(7)
    page = owner.get(URL).content.decode()
    assert "Not enough data yet" in page
    assert "7 of 200" in page


def test_old_models_are_said_to_be_old(owner: Client, bare: None) -> None:
    data.shop(5)
    data.trained(age_days=12)
    assert "learnt what they know" in owner.get(URL).content.decode()


def test_a_version_whose_files_are_gone_is_not_gone_back_to(owner: Client, world: None) -> None:
    first = Publication.objects.get(slot="churn").version
    assert first is not None
    ModelVersion.objects.filter(pk=first.pk).update(artifact="nowhere.skops")
    later = ModelVersion.objects.create(
        slot="churn", number=first.number + 1, family="prediction", recipe="softmax", as_of=first.as_of, rows=1,
        data_from=first.data_from, run=first.run, published_at=first.as_of,
    )  # fmt: skip
    Publication.objects.filter(slot="churn").update(version=later)
    root = read(owner.post(f"{URL}rollback/churn/", follow=True).content.decode())
    assert [node.text for node in root.every("li") if "error" in node.classes()]
    assert Publication.objects.get(slot="churn").version == later


def test_methods_are_compared_by_the_measures_they_were_judged_by(owner: Client, world: None) -> None:
    run = Run.objects.filter(state=RunState.DONE, kind="training")[0]
    ranked = [
        {"model": "popularity", "ndcg": 0.07, "recall_at": 0.12, "users": 466.0},
        {"model": "implicit_als", "ndcg": 0.22, "recall_at": 0.33, "users": 466.0},
        {"model": "neighbours", "ndcg": 0.21, "recall_at": 0.34, "users": 466.0},
    ]
    ModelVersion.objects.filter(slot="implicit").update(comparison=ranked, recipe="implicit_als")
    page = read(owner.get(f"{URL}{run.uid}/").content.decode())
    table = next(
        table for table in page.every("table") if {"Method", "NDCG@10"} <= {cell.text for cell in table.every("th")}
    )
    rows = [[cell.text for cell in row.every("th", "td")] for row in table.every("tr")]
    assert rows[0] == ["Method", "NDCG@10", "Recall@10"]
    assert [row[0].split("  ")[0] for row in rows[1:]] == [
        "Matrix factorisation (ALS)", "Nearest products", "Best sellers for everybody",
    ]  # fmt: skip
    assert rows[2][2] == "0.340 best"
    assert "–" not in table.text
