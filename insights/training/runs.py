"""The queue of record: runs and steps are rows, and a claim is a conditional update.

A message of a broker is only a wake-up: what is to be done, and by whom, stands in the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_noop

from insights.conf import settings
from insights.exceptions import RunError, UnknownKeyError
from insights.models import Order, Run, RunState, RunStep, SyncCursor, atomic

from .claims import ACTIVE, WAITING, Claim, lease_end, requeue_steps

KIND = "training"
FAMILIES = ("segmentation", "prediction", "factorization")
MOST_ATTEMPTS = 5
_CLOSED = timedelta(days=60)


def checked_families(families: Sequence[str]) -> list[str]:
    """The families in their order; ``all`` or none stands for all.

    Raises:
        UnknownKeyError: for an unknown family.
    """
    for family in families:
        if family not in (*FAMILIES, "all"):
            raise UnknownKeyError("family", family, (*FAMILIES, "all"))
    return [family for family in FAMILIES if not families or "all" in families or family in families]


def enqueue(families: Sequence[str] = (), *, as_of: datetime | None = None, requested_by: str = "") -> Run:
    """Write a training into the queue. A worker takes it when it is woken, or swept, or none other runs.

    Args:
        families: names out of :data:`FAMILIES`; none is all.
        as_of: what the models may know; None is now, or the end of the last day of a shop long closed.
        requested_by: who asked for it, for the panel.

    Raises:
        UnknownKeyError: for an unknown family.
        RunError: for a day that has not begun.
    """
    return _create(families, as_of, requested_by)


def start(families: Sequence[str], *, as_of: datetime | None, requested_by: str, worker: str) -> tuple[Run, Claim]:
    """Write a training and claim it at once, so that no other worker takes it.

    Raises:
        RunError: while another training runs, or for a day that has not begun.
        UnknownKeyError: for an unknown family.
    """
    with _alone():
        running = busy().first()
        if running is not None:
            since = timezone.localtime(running.started_at or running.created_at, timezone.get_default_timezone())
            raise RunError(
                f"A training is running since {since:%Y-%m-%d %H:%M} (run {running.uid}). "
                f"Wait for its end, or queue this one with --queue. If it was killed, it is taken for dead "
                f"{settings.TRAINING.LEASE_SECONDS} seconds after its last sign of life."
            )
        run = _create(families, as_of, requested_by)
        held = _take(run, worker)
        assert held is not None, "nobody has seen the row yet"
        return run, held


def claim(worker: str, run_id: int | None = None) -> tuple[Run, Claim] | None:
    """Take the oldest waiting training, or the one named; None when there is none or another training runs.

    A run that another worker held beyond its lease counts as waiting, unless it was lost too often.
    """
    with _alone():
        if busy().exists():
            return None
        _give_back_lost()
        for run in waiting() if run_id is None else waiting().filter(pk=run_id):
            held = _take(run, worker)
            if held is not None:
                run.refresh_from_db()
                return run, held
        return None


def cancel(run_id: int) -> bool:
    """Stop a training that waits or runs; a worker notices at its next sign of life. False when it was over."""
    with atomic():
        over = {"state": RunState.CANCELLED, "finished_at": timezone.now(), "lease_until": None, "message": ""}
        done = Run.objects.filter(pk=run_id, kind=KIND, state__in=ACTIVE).update(**over)
        if done:
            RunStep.objects.filter(run=run_id, state__in=ACTIVE).update(**over)
        return bool(done)


def sweep() -> list[int]:
    """Give runs whose worker fell silent back to the queue, and name all that wait, oldest first.

    A run that was lost five times is given up: what kills its workers would kill the next one too.
    """
    _give_back_lost()
    return list(waiting().values_list("pk", flat=True))


def waiting():  # type: ignore[no-untyped-def]
    """The trainings in the queue, oldest first."""
    return Run.objects.filter(kind=KIND, state=RunState.QUEUED).order_by("created_at", "pk")


def busy():  # type: ignore[no-untyped-def]
    """The training that runs now, if any, and whose worker is alive."""
    return Run.objects.filter(kind=KIND, state=RunState.RUNNING, lease_until__gte=timezone.now())


def _create(families: Sequence[str], as_of: datetime | None, requested_by: str) -> Run:
    chosen = checked_families(families)
    _begun(as_of)
    with atomic():
        run = Run.objects.create(
            kind=KIND,
            families=chosen,
            as_of=(as_of or _latest()).replace(microsecond=0),
            requested_by=requested_by[:150],
            message=WAITING,
        )
        RunStep.objects.bulk_create(
            RunStep(run=run, name=name, position=position)
            for position, name in enumerate(("snapshot", *chosen, "publish"))
        )
    return run


def _begun(as_of: datetime | None) -> None:
    """Refuse days to come: by then every customer would seem to have left.

    Raises:
        RunError: for a day that has not begun.
    """
    zone = timezone.get_default_timezone()
    tomorrow = (timezone.localtime(timezone.now(), zone) + timedelta(days=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    if as_of is not None and as_of > tomorrow:
        raise RunError(
            f"{timezone.localtime(as_of, zone):%Y-%m-%d} has not begun: what the models may know ends with today."
        )


def _latest() -> datetime:
    """Now; of a shop that has sold nothing for two months, such as one of old books, the end of its last day."""
    now = timezone.now()
    last = Order.objects.filter(counts=True).aggregate(last=Max("placed_at"))["last"]
    if last is None or now - last < _CLOSED:
        return now
    day = timezone.localtime(last, timezone.get_default_timezone()).replace(hour=0, minute=0, second=0)
    return day + timedelta(days=1)


@contextmanager
def _alone() -> Iterator[None]:
    """A transaction in which no other claimer is: an update of one row holds it, and on SQLite the whole file.

    The row is made before, since inserts that meet within transactions can block each other for good.
    """
    row = SyncCursor.objects.filter(channel="", kind=KIND)
    if not row.exists():
        SyncCursor.objects.get_or_create(channel="", kind=KIND)
    with atomic():
        row.update(updated_at=timezone.now())
        yield


def _take(run: Run, worker: str) -> Claim | None:
    """Give a waiting run to a worker; None when it was cancelled meanwhile."""
    now = timezone.now()
    taken = Run.objects.filter(pk=run.pk, state=RunState.QUEUED, attempt=run.attempt).update(
        state=RunState.RUNNING,
        owner=worker,
        attempt=run.attempt + 1,
        lease_until=lease_end(now),
        started_at=run.started_at or now,
        message="",
        error="",
    )
    if not taken:
        return None
    # What an earlier attempt had begun is begun again.
    requeue_steps(run, run.steps.filter(state__in=(RunState.RUNNING, RunState.FAILED)))
    return Claim(worker, run.attempt + 1)


def _give_back_lost() -> None:
    lost = Run.objects.filter(kind=KIND, state=RunState.RUNNING, lease_until__lt=timezone.now())
    given_up = gettext_noop("The worker was lost five times, so the training was given up.")
    for run in lost:
        held = Claim(run.owner, run.attempt).rows(Run, run.pk).filter(lease_until=run.lease_until)
        if run.attempt < MOST_ATTEMPTS:
            held.update(state=RunState.QUEUED, owner="", lease_until=None, message=WAITING)
            continue
        over = {"state": RunState.FAILED, "error": given_up, "finished_at": timezone.now(), "lease_until": None}
        with atomic():
            if held.update(message="", **over):
                run.steps.filter(state__in=ACTIVE).update(**over)
