"""The queue of record: who gets a run, for how long, and what a worker that was taken for dead can still do."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from insights.exceptions import RunError, UnknownKeyError
from insights.models import Order, Run, RunState, RunStep
from insights.training import busy, cancel, claims, enqueue, runs, sweep, waiting
from insights.training.claims import Claim, LostClaimError
from tests.deployment import Deployment


def claim(worker: str = "one", run_id: int | None = None) -> tuple[Run, Claim]:
    taken = runs.claim(worker, run_id)
    assert taken is not None
    return taken


def expire(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def state(run: Run | RunStep) -> str:
    run.refresh_from_db()
    return run.state


@pytest.mark.django_db
class TestQueue:
    def test_enqueue__writes_the_steps_in_order(self) -> None:
        run = enqueue(["factorization", "segmentation"], requested_by="m" * 200)
        assert run.families == ["segmentation", "factorization"]
        assert [step.name for step in run.steps.all()] == ["snapshot", "segmentation", "factorization", "publish"]
        assert len(run.requested_by) == 150
        assert enqueue().families == enqueue(["all"]).families == list(runs.FAMILIES)

    def test_enqueue__names_the_nearest_family_and_writes_nothing(self) -> None:
        with pytest.raises(UnknownKeyError, match="Did you mean “prediction”"):
            enqueue(["segmentation", "predicton"])
        assert not Run.objects.exists()

    def test_enqueue__refuses_days_to_come(self) -> None:
        zone = timezone.get_default_timezone()
        tonight = timezone.localtime(timezone.now(), zone).replace(
            hour=0, minute=0, second=0, microsecond=0
        ) + timedelta(days=1)
        assert enqueue(as_of=tonight).as_of is not None
        with pytest.raises(RunError, match="has not begun"):
            enqueue(as_of=tonight + timedelta(days=1))

    def test_enqueue__of_a_shop_long_closed_ends_with_its_last_day(self, settings: Any) -> None:
        settings.TIME_ZONE = "Asia/Shanghai"
        at = datetime(2011, 12, 9, 17, 30, tzinfo=UTC)  # the tenth, in Shanghai
        Order.objects.create(external_id="1", placed_at=at, local_date=at.date(), local_hour=1, total=5, counts=True)
        assert enqueue().as_of == datetime(2011, 12, 10, 16, tzinfo=UTC)
        now = timezone.now()
        Order.objects.create(external_id="2", placed_at=now, local_date=now.date(), local_hour=1, total=5, counts=True)
        as_of = enqueue().as_of
        assert as_of is not None
        assert abs(as_of - timezone.now()) < timedelta(minutes=1)

    def test_claim__takes_the_oldest_or_the_one_named(self) -> None:
        first, second, third = (enqueue(["segmentation"]) for _ in range(3))
        run, held = claim(run_id=second.pk)
        assert (run, run.state, run.owner, run.attempt) == (second, RunState.RUNNING, "one", 1)
        assert run.lease_until is not None
        assert list(waiting()) == [first, third]
        claims.finish(run, held, RunState.DONE)
        assert claim()[0] == first

    def test_claim__nothing_while_another_runs_or_none_waits(self) -> None:
        assert runs.claim("one") is None
        claim_of = enqueue()
        claim(run_id=claim_of.pk)
        enqueue()
        assert runs.claim("two") is None
        assert list(busy()) == [claim_of]

    def test_claim__not_what_is_over(self) -> None:
        run = enqueue()
        assert cancel(run.pk)
        assert runs.claim("one", run.pk) is None
        assert not cancel(run.pk), "it was over"

    def test_start__not_while_another_runs_and_says_since_when_in_the_shops_zone(self, settings: Any) -> None:
        settings.TIME_ZONE = "Asia/Shanghai"
        run, _ = runs.start(["segmentation"], as_of=None, requested_by="", worker="one")
        Run.objects.update(started_at=datetime(2026, 1, 1, 20, tzinfo=UTC))
        with pytest.raises(RunError, match=rf"since 2026-01-02 04:00 \(run {run.uid}\)"):
            runs.start(["segmentation"], as_of=None, requested_by="", worker="two")
        assert Run.objects.count() == 1
        expire(run)
        assert runs.start([], as_of=None, requested_by="", worker="two")[0] != run


@pytest.mark.django_db
class TestClaim:
    """A claim holds until its lease ends; after that its holder changes nothing."""

    def test_a_heartbeat_prolongs_the_lease_and_tells_how_far_it_is(self, settings: Any) -> None:
        settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"LEASE_SECONDS": 40}}
        enqueue()
        run, held = claim()
        expire(run)
        claims.beat(run, held, 1.7, "m" * 400)
        run.refresh_from_db()
        assert run.lease_until is not None
        assert timedelta(seconds=35) < run.lease_until - timezone.now() <= timedelta(seconds=40)
        assert (run.progress, len(run.message)) == (1.0, 300)

    def test_a_lost_run_goes_to_another_and_the_first_changes_nothing(self) -> None:
        enqueue(["segmentation"])
        run, first = claim("one")
        step, first_step = claims.take_step(run, first) or pytest.fail("no step")
        expire(run)
        assert sweep() == [run.pk]
        again, second = claim("two")
        assert (again, second) == (run, Claim("two", 2))
        assert state(step) == RunState.QUEUED, "what was begun is begun again"
        for write in (
            lambda: claims.beat(run, first, 0.5),
            lambda: claims.beat_step(step, first_step),
            lambda: claims.take_step(run, first),
            lambda: claims.finish_step(step, first_step, RunState.DONE),
            lambda: claims.finish(run, first, RunState.DONE),
            lambda: claims.redo(run, first, ["segmentation"]),
        ):
            with pytest.raises(LostClaimError):
                write()
        assert not claims.release(run, first)
        assert (state(run), run.owner, run.progress) == (RunState.RUNNING, "two", 0.0)
        assert [step.state for step in run.steps.all()] == [RunState.QUEUED] * 3

    def test_the_same_worker_in_a_later_attempt_is_another(self) -> None:
        enqueue()
        run, first = claim("one")
        expire(run)
        _, second = claim("one")
        with pytest.raises(LostClaimError):
            claims.finish(run, first, RunState.DONE)
        claims.finish(run, second, RunState.DONE)

    def test_steps_are_taken_in_order_and_finished_ones_are_not_done_again(self) -> None:
        enqueue(["segmentation"])
        run, held = claim()
        for name in ("snapshot", "segmentation"):
            step, step_held = claims.take_step(run, held) or pytest.fail("no step")
            assert step.name == name
            claims.finish_step(step, step_held, RunState.DONE, report={"rows": 1})
        claims.take_step(run, held)
        expire(run)
        run, held = claim("two")
        step, step_held = claims.take_step(run, held) or pytest.fail("no step")
        assert (step.name, step.attempt) == ("publish", 2)
        claims.finish_step(step, step_held, RunState.DONE)
        assert claims.take_step(run, held) is None

    def test_a_step_that_failed_just_before_a_kill_is_done_again(self) -> None:
        enqueue(["segmentation"])
        run, held = claim()
        step, step_held = claims.take_step(run, held) or pytest.fail("no step")
        claims.finish_step(step, step_held, RunState.FAILED, error="no room")
        expire(run)
        run, held = claim("two")
        again, _ = claims.take_step(run, held) or pytest.fail("no step")
        assert (again, again.error) == (step, "")

    def test_release__gives_the_run_back_at_once(self) -> None:
        enqueue(["segmentation"])
        run, held = claim()
        claims.take_step(run, held)
        assert claims.release(run, held)
        assert (state(run), run.owner, run.lease_until) == (RunState.QUEUED, "", None)
        assert not run.steps.exclude(state=RunState.QUEUED).exists()
        assert claim("two")[1] == Claim("two", 2)

    def test_cancel__is_noticed_with_the_next_sign_of_life(self) -> None:
        enqueue()
        run, held = claim()
        claims.beat(run, held, 0.3, "Comparing methods")
        step, step_held = claims.take_step(run, held) or pytest.fail("no step")
        assert cancel(run.pk)
        for lost in (lambda: claims.beat(run, held), lambda: claims.beat_step(step, step_held)):
            with pytest.raises(LostClaimError, match="cancelled"):
                lost()
        assert (state(run), run.message) == (RunState.CANCELLED, "")
        assert {step.state for step in run.steps.all()} == {RunState.CANCELLED}
        assert sweep() == []


@pytest.mark.django_db
class TestSweep:
    def test_a_living_run_is_left_alone(self) -> None:
        enqueue()
        run, held = claim()
        waits = enqueue()
        assert sweep() == [waits.pk]
        claims.beat(run, held)

    def test_a_run_that_was_lost_five_times_is_given_up(self) -> None:
        run = enqueue()
        for attempt in range(1, 6):
            assert claim()[1].attempt == attempt
            expire(run)
        assert sweep() == []
        assert state(run) == RunState.FAILED
        assert "five times" in run.error
        assert run.finished_at is not None
        assert not run.steps.filter(state__in=claims.ACTIVE).exists()

    def test_a_claimer_gives_it_up_too_and_takes_the_next(self) -> None:
        poison, good = enqueue(), enqueue()
        for _ in range(5):
            claim(run_id=poison.pk)
            expire(poison)
        assert claim()[0] == good
        assert state(poison) == RunState.FAILED

    def test_syncs_are_none_of_its_business(self) -> None:
        sync = Run.objects.create(kind="sync", state=RunState.RUNNING, lease_until=timezone.now() - timedelta(days=1))
        assert sweep() == []
        assert state(sync) == RunState.RUNNING


def at_once(act: Callable[[int], Any], count: int = 6) -> list[Any]:
    """What threads with connections of their own get or raise, that begin at the same moment."""
    barrier, found = threading.Barrier(count), [None] * count

    def one(place: int) -> None:
        try:
            barrier.wait()
            found[place] = act(place)
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


class TestAtOnce:
    def test_of_many_claimers_one_gets_a_run(self, shared: None) -> None:
        for _ in range(3):
            enqueue(["segmentation"])
        for _ in range(3):
            taken = [found for found in at_once(lambda place: runs.claim(f"worker {place}")) if found is not None]
            ((run, held),) = taken
            claims.finish(run, held, RunState.DONE)
        assert Run.objects.filter(state=RunState.DONE, attempt=1).count() == 3

    def test_of_many_that_start_where_there_was_nothing_one_does(self, shared: None) -> None:
        found = at_once(lambda place: runs.start([], as_of=None, requested_by="", worker=f"worker {place}"))
        started = [item for item in found if isinstance(item, tuple)]
        assert len(started) == 1, found
        assert all(isinstance(item, RunError) for item in found if item not in started)
        assert Run.objects.count() == 1

    def test_an_expired_run_goes_to_one(self, shared: None) -> None:
        enqueue(["segmentation"])
        run, first = claim()
        expire(run)
        taken = [found for found in at_once(lambda place: runs.claim(f"worker {place}")) if found is not None]
        ((_, held),) = taken
        assert held.attempt == 2
        with pytest.raises(LostClaimError):
            claims.beat(run, first)

    def test_cancel_and_finish__one_of_them_counts(self, shared: None) -> None:
        for _ in range(5):
            enqueue(["segmentation"])
            run, held = claim()

            def act(place: int, run: Run = run, held: Claim = held) -> Any:
                return cancel(run.pk) if place else claims.finish(run, held, RunState.DONE)

            finished, cancelled = at_once(act, 2)
            assert isinstance(finished, LostClaimError) == cancelled
            assert state(run) == (RunState.CANCELLED if cancelled else RunState.DONE)

    def test_of_real_processes_one_gets_a_run(self, transactional_db: None, empty: Deployment, tmp_path: Path) -> None:
        copy = empty.copy(tmp_path / "shop")
        code = (
            "import django, sys, time; django.setup();"
            "from insights.training import runs;"
            "print('ready', flush=True); sys.stdin.readline();"
            "print(runs.claim('worker') is not None)"
        )
        with copy.here():
            enqueue(["segmentation"])
            deployed = Deployment(copy.folder, {"DJANGO_SETTINGS_MODULE": "shop_demo.settings"})
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            processes = [deployed.begin("-c", code, **pipes) for _ in range(3)]
            for process in processes:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
            for process in processes:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
            said = sorted(process.communicate(timeout=30)[0].strip() for process in processes)
            assert said == ["False", "False", "True"]
