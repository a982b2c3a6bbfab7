"""A whole training on a small simulated shop: what is published, what is not, and what a kill does."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from insights.exceptions import RunError, UnknownKeyError
from insights.models import CustomerState, ModelVersion, Publication, Run, RunState
from insights.sources import sync
from insights.training import (
    claims,
    enqueue,
    generations,
    pipeline,
    publishing,
    recipe,
    registry,
    runs,
    train,
    work,
    workdir,
)
from insights.training.claims import LostClaimError
from insights.training.scores import Scores
from shop_demo.simulator import simulate
from tests.insights.features.shop import build_shop
from tests.insights.training.versions import register

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(tmp_path: Path) -> None:
    simulate(tmp_path, customers=240, days=260, seed=3)
    sync()


@pytest.fixture
def small() -> None:
    """Enough for segments, made in a moment."""
    build_shop(n_customers=30, n_products=12, n_days=90)


def test_too_little_data_is_a_result_and_publishes_nothing() -> None:
    report = train()
    assert report.state == RunState.REFUSED
    assert all(item.needs for item in report.runs)
    assert not Publication.objects.exists()
    assert not ModelVersion.objects.exists()
    assert Run.objects.get().report["needs"]


def test_a_training_publishes_all_that_is_better_at_once(shop: None) -> None:
    report = train(requested_by="maya")

    published = {item.model for item in report.runs if item.published}
    assert published >= {"segmentation", "purchase", "implicit", "together"}
    assert set(Publication.objects.exclude(version=None).values_list("slot", flat=True)) == published
    states = CustomerState.objects.current()
    assert states.count() > 150
    assert not states.filter(segment="").exists()
    for item in report.runs:
        if item.published and item.model == "purchase":
            assert item.metrics["average_precision"] >= item.baseline["average_precision"]
    scored = states.exclude(purchase_probability=None).first()
    assert scored is not None
    assert scored.purchase_reasons

    first = registry.current("segmentation")
    train(["segmentation"])
    second = registry.current("segmentation")
    assert first is not None
    assert second is not None
    assert second.number == first.number + 1
    kept = CustomerState.objects.current().exclude(purchase_probability=None).count()
    assert kept == states.exclude(purchase_probability=None).count() > 0
    assert registry.rollback("segmentation") == first


def test_a_failure_leaves_what_was_served(small: None, places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train(["segmentation"])
    before = registry.current("segmentation")
    monkeypatch.setattr(pipeline, "make", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train(["segmentation"])
    assert registry.current("segmentation") == before
    failed = Run.objects.order_by("-pk")[0]
    assert failed.state == RunState.FAILED
    assert "ZeroDivisionError" in failed.error
    assert [step.state for step in failed.steps.all()] == [RunState.DONE, RunState.FAILED, RunState.QUEUED]
    assert list((places / "data" / "runs").iterdir()) == [], "no copy of the tables is left behind"


def test_a_full_disk_is_a_failure_that_leaves_what_was_served(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    train(["segmentation"])
    before, states = registry.current("segmentation"), CustomerState.objects.current().count()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Scores, "save", full)
    with pytest.raises(OSError, match="No space"):
        train(["segmentation"])
    assert "No space left on device" in Run.objects.order_by("-pk")[0].error
    assert registry.current("segmentation") == before
    assert CustomerState.objects.current().count() == states > 0


def test_a_killed_training_goes_on_with_the_next_step(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _counted(monkeypatch)
    _killed_before_publishing(monkeypatch)
    assert not Publication.objects.exists()
    assert work() is None, "the lease still holds"

    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    report = work()
    assert report is not None
    assert report.state == RunState.DONE
    assert made == ["segmentation"]
    assert registry.current("segmentation") is not None


@pytest.mark.parametrize("lost", ["folder", "scores", "damaged"])
def test_where_the_folder_was_deleted_its_steps_are_done_again(
    small: None, places: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    made = _counted(monkeypatch)
    _killed_before_publishing(monkeypatch)
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    (folder,) = (places / "data" / "runs").iterdir()
    if lost == "folder":
        shutil.rmtree(folder)
    elif lost == "scores":
        (folder / "segmentation.npz").unlink()
    else:
        (folder / "segmentation.npz").write_bytes(b"cut off by a power failure")
    report = work()
    assert report is not None
    assert report.state == RunState.DONE
    assert made == ["segmentation", "segmentation"]
    assert CustomerState.objects.current().count() > 20, "never a model without what it says"
    assert ModelVersion.objects.count() == 1


def test_where_the_folder_vanishes_again_and_again_the_training_fails(
    small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scores, "save", lambda *_: None)
    with pytest.raises(RunError, match="DATA_DIR"):
        train(["segmentation"])
    assert not Publication.objects.exists()


def test_a_snapshot_with_a_missing_table_is_taken_again(
    small: None, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pipeline.make

    def make(found: Any, context: Any) -> Any:
        if not (places / "lost").exists():
            (places / "lost").touch()
            (context.workdir / "orders.parquet").unlink()
            raise KeyboardInterrupt
        return real(found, context)

    monkeypatch.setattr(pipeline, "make", make)
    run = enqueue(["segmentation"])
    with pytest.raises(KeyboardInterrupt):
        work()
    run.refresh_from_db()
    assert (run.state, run.owner) == (RunState.QUEUED, ""), "a worker that is told to stop gives the run back"
    report = work()
    assert report is not None
    assert report.state == RunState.DONE


def test_stopped_at_the_command_line_it_is_over(small: None, places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "make", stopped)
    with pytest.raises(CommandError, match="Stopped"):
        call_command("insights_train", "segmentation")
    assert Run.objects.get().state == RunState.CANCELLED
    assert list((places / "data" / "runs").iterdir()) == []
    monkeypatch.undo()


def test_cancelled_in_the_last_moment_nothing_is_published(
    small: None, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = publishing._flip

    def flip(run: Run, *arguments: Any) -> None:
        real(run, *arguments)
        # As another process would have, just before; within a test there is one connection alone.
        Run.objects.filter(pk=run.pk).update(state=RunState.CANCELLED)

    monkeypatch.setattr(publishing, "_flip", flip)
    with pytest.raises(LostClaimError):
        train(["segmentation"])
    assert not Publication.objects.exists()
    assert not CustomerState.objects.current().exists()
    assert not ModelVersion.objects.exclude(published_at=None).exists()


def test_gone_back_while_it_was_published_the_other_columns_follow(
    small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(["segmentation"])
    first = registry.current("segmentation")
    train(["segmentation"])
    assert first is not None
    CustomerState.objects.filter(generation=first.run_id).update(segment="told_first")
    customer = CustomerState.objects.current().values_list("customer", flat=True)[0]
    real, gone = generations.write, []

    def write(*arguments: Any) -> int:
        written = real(*arguments)
        if not gone:
            gone.append(registry.rollback("segmentation"))
        return written

    monkeypatch.setattr(generations, "write", write)
    run, held = runs.start(["prediction"], as_of=None, requested_by="", worker="w")
    step = run.steps.get(name="prediction")
    version = register("churn", run)
    churn = Scores(np.array([customer]), {"churn_probability": np.array([0.3]), "churn_band": np.array(["low"])})
    workdir.save_scores(run, "churn", churn)
    report = {"models": [_kept("churn", version.pk)]}
    run.steps.filter(name="snapshot").update(state=RunState.DONE)
    run.steps.filter(pk=step.pk).update(state=RunState.DONE, report=report)
    last, last_held = claims.take_step(run, held) or pytest.fail("no step")
    publishing.publish(run, held, last, last_held, lambda *_: None)
    state = CustomerState.objects.current().get(customer=customer)
    assert (state.segment, state.churn_probability) == ("told_first", 0.3)


def test_what_fails_after_publishing_does_not_make_it_fail(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "prune", lambda: 1 / 0)
    assert train(["segmentation"]).state == RunState.DONE


def test_work_off__goes_on_after_a_failure(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (enqueue(["segmentation"]) for _ in range(3))
    real, calls = pipeline.make, []

    def make(found: Any, context: Any) -> Any:
        calls.append(found.slot)
        return 1 / 0 if len(calls) == 1 else real(found, context)

    monkeypatch.setattr(pipeline, "make", make)
    assert pipeline.work_off(second.pk) == 1
    states = dict(Run.objects.values_list("pk", "state"))
    assert states == {second.pk: RunState.FAILED, first.pk: RunState.DONE, third.pk: RunState.DONE}


def test_tidy__deletes_what_killed_workers_left_a_day_ago(places: Path) -> None:
    living = enqueue()
    runs_folder = places / "data" / "runs"
    over = Run.objects.create(kind="training", state=RunState.FAILED)
    young = Run.objects.create(kind="training", state=RunState.FAILED)
    for name in (living.uid, over.uid, young.uid, "not-ours"):
        (runs_folder / str(name)).mkdir(parents=True)
    for name in (living.uid, over.uid, "not-ours"):
        os.utime(runs_folder / str(name), (0, 0))
    workdir.tidy()
    assert {path.name for path in runs_folder.iterdir()} == {str(living.uid), str(young.uid), "not-ours"}


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The slots that are made."""
    made: list[str] = []
    real = recipe.make

    def counted(found: Any, context: Any) -> Any:
        made.append(found.slot)
        return real(found, context)

    monkeypatch.setattr(pipeline, "make", counted)
    return made


def _killed_before_publishing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "publish", killed)
        with pytest.raises(Killed):
            train(["segmentation"])


def _kept(slot: str, version: int) -> dict[str, Any]:
    """What a step of a family leaves in its report."""
    return {
        "slot": slot, "family": registry.SLOTS[slot], "seconds": 0.1, "version": version, "publish": True,
        "verdict": "", "needs": [],
    }  # fmt: skip


def test_two_trainings_exclude_each_other() -> None:
    run = enqueue(["segmentation"])
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING, lease_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(RunError, match="is running since"):
        train(["segmentation"])


def test_an_unknown_family_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownKeyError, match="segmentation"):
        train(["segmentatoin"])
