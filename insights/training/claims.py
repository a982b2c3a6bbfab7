"""Who holds a run, and what only the holder may write.

A claim is an owner and an attempt, and holds until its lease ends. Each write of a worker names both, so that one who
was taken for dead, and comes back, changes nothing.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop

from insights.conf import settings
from insights.exceptions import RunError
from insights.models import Run, RunState, RunStep, atomic

ACTIVE = (RunState.QUEUED, RunState.RUNNING)
WAITING = gettext_noop("Waiting for a worker")


class LostClaimError(RunError):
    """This worker no longer holds what it works on: it was cancelled, or given to another one."""


@dataclass(frozen=True)
class Claim:
    """Who holds a row, and in which attempt."""

    owner: str
    attempt: int

    def rows(self, model: type[Run] | type[RunStep], pk: int):  # type: ignore[no-untyped-def]
        """The row, as long as this claim holds."""
        return model.objects.filter(pk=pk, owner=self.owner, attempt=self.attempt, state=RunState.RUNNING)


def worker_name() -> str:
    """A name for one claimer: machine, process and a token, since a process may claim again."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def lease_end(now: datetime) -> datetime:
    """Until when a sign of life that is given now counts."""
    return now + timedelta(seconds=settings.TRAINING.LEASE_SECONDS)


def take_step(run: Run, held: Claim) -> tuple[RunStep, Claim] | None:
    """Claim the next step that is not over; None when all are.

    Raises:
        LostClaimError: when the run is no longer held.
    """
    step = run.steps.filter(state__in=ACTIVE).order_by("position").first()
    if step is None:
        return None
    with atomic():
        beat(run, held)
        now = timezone.now()
        RunStep.objects.filter(pk=step.pk).update(
            state=RunState.RUNNING,
            owner=held.owner,
            attempt=step.attempt + 1,
            lease_until=lease_end(now),
            started_at=now,
            progress=0.0,
            error="",
        )
    step.refresh_from_db()
    return step, Claim(held.owner, step.attempt)


def beat(run: Run, held: Claim, progress: float | None = None, message: str | None = None) -> None:
    """Say that the run is alive, and how far it is. Within a transaction it keeps others from the run until the end.

    Raises:
        LostClaimError: when the run was cancelled or given to another worker.
    """
    _beat(Run, run.pk, held, progress, message)


def beat_step(step: RunStep, held: Claim, progress: float | None = None, message: str | None = None) -> None:
    """The same for a step.

    Raises:
        LostClaimError: as in :func:`beat`.
    """
    _beat(RunStep, step.pk, held, progress, message)


def finish_step(step: RunStep, held: Claim, state: RunState, *, report: dict | None = None, error: str = "") -> None:
    """End a step under the attempt in which it was begun.

    Raises:
        LostClaimError: when the step is no longer held.
    """
    _finish(RunStep, step.pk, held, state, report, error)


def finish(run: Run, held: Claim, state: RunState, *, report: dict | None = None, error: str = "") -> None:
    """End a run.

    Raises:
        LostClaimError: when the run is no longer held.
    """
    _finish(Run, run.pk, held, state, report, error)


def redo(run: Run, held: Claim, names: Iterable[str]) -> None:
    """Have steps done again, since what they left behind is gone.

    Raises:
        LostClaimError: when the run is no longer held.
    """
    with atomic():
        beat(run, held)
        requeue_steps(run, run.steps.filter(name__in=names))


def release(run: Run, held: Claim) -> bool:
    """Give a run back to the queue at once, for a worker that is told to stop; False when it is no longer held."""
    with atomic():
        queued = {"state": RunState.QUEUED, "owner": "", "lease_until": None, "message": WAITING}
        if not held.rows(Run, run.pk).update(**queued):
            return False
        requeue_steps(run, run.steps.filter(state=RunState.RUNNING))
    return True


def requeue_steps(run: Run, steps) -> None:  # type: ignore[no-untyped-def]
    """Put steps of a run back to where they were before they were begun."""
    steps.update(state=RunState.QUEUED, owner="", lease_until=None, finished_at=None, progress=0.0, message="")


def _beat(model: type[Run] | type[RunStep], pk: int, held: Claim, progress: float | None, message: str | None) -> None:
    values: dict[str, object] = {"lease_until": lease_end(timezone.now())}
    if progress is not None:
        values["progress"] = min(max(progress, 0.0), 1.0)
    if message is not None:
        values["message"] = message[:300]
    if not held.rows(model, pk).update(**values):
        raise LostClaimError("The training was cancelled or given to another worker.")


def _finish(
    model: type[Run] | type[RunStep], pk: int, held: Claim, state: RunState, report: dict | None, error: str
) -> None:
    done = held.rows(model, pk).update(
        state=state,
        finished_at=timezone.now(),
        lease_until=None,
        report=report or {},
        error=error,
        message="",
        **({"progress": 1.0} if state == RunState.DONE else {}),
    )
    if not done:
        raise LostClaimError("The training was cancelled or given to another worker.")
