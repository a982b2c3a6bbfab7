"""How far each kind has been read, and who is reading now."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from insights.exceptions import RunError
from insights.models import Run, RunState, SyncCursor, atomic

LEASE = timedelta(minutes=3)
"""A sync without a sign of life for so long is taken for dead."""
_WHOLE = "together"
"""The cursor that stands for the rules which compare rows."""


@dataclass
class Reading:
    """How far one kind of a channel is.

    Attributes:
        after: primary key of the last row of an unfinished full pass; None at its start.
        passed: where a full pass ended that belongs to an unfinished sync.
        mark: what the last finished sync knew; empty before the first.
    """

    cursor: SyncCursor
    after: Any = None
    passed: dict[str, Any] | None = None
    mark: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, channel: str, kind: str) -> Reading:
        """Where the kind stands."""
        cursor, _ = SyncCursor.objects.get_or_create(channel=channel, kind=kind)
        position = cursor.position
        return cls(cursor, position.get("after"), position.get("passed"), dict(cursor.watermark))

    def move(self, after: Any) -> None:
        """Remember the last row of a chunk, in the chunk's own transaction."""
        self.after = after
        self._save({"after": after if isinstance(after, (int, str)) else str(after)})

    def pass_over(self, mark: dict[str, Any]) -> None:
        """Remember that a full pass has reached its end."""
        self.passed = mark
        self._save({"passed": mark})

    def finish(self, mark: dict[str, Any]) -> None:
        """The sync is over: the next one starts from here."""
        self.mark, self.after, self.passed = mark, None, None
        SyncCursor.objects.filter(pk=self.cursor.pk).update(position={}, watermark=mark, updated_at=timezone.now())

    def _save(self, position: dict[str, Any]) -> None:
        SyncCursor.objects.filter(pk=self.cursor.pk).update(position=position, updated_at=timezone.now())


class Lease:
    """The right to sync one channel, kept by signs of life."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._beaten = timezone.now()

    def beat(self, progress: float, message: str) -> None:
        """Say that the sync is alive, at most once a second.

        Raises:
            RunError: another one has taken over.
        """
        now = timezone.now()
        if now - self._beaten < timedelta(seconds=1):
            return
        self._beaten = now
        alive = Run.objects.filter(pk=self.run.pk, state=RunState.RUNNING, owner=self.run.owner)
        if not alive.update(lease_until=now + LEASE, progress=min(progress, 1.0), message=message[:300]):
            raise RunError("Another sync has taken over, because this one gave no sign of life for too long.")


@contextmanager
def lease(channel: str, kind: str = "sync") -> Iterator[Lease]:
    """Take the right to write into a channel, and write how it ends.

    Args:
        kind: of the run: ``sync`` or ``import``.

    Raises:
        RunError: while another sync or import of the channel runs.
    """
    run = _take(channel, kind)
    try:
        yield Lease(run)
    except BaseException as error:
        message = str(error) if isinstance(error, Exception) else "Stopped."
        _end(run, RunState.FAILED, error=f"{type(error).__name__}: {message}"[:2000])
        raise
    else:
        _end(run, RunState.DONE, progress=1.0, message="")


def report(run: Run, said: dict[str, Any]) -> None:
    """Keep what a sync did with its run."""
    Run.objects.filter(pk=run.pk).update(report=said)


def is_pending(channel: str) -> bool:
    """Whether an earlier sync was cut off before rows were compared with each other."""
    return Reading.of(channel, _WHOLE).cursor.position.get("pending", False)


def set_pending(channel: str, pending: bool) -> None:
    """Remember whether rows wait to be compared with each other."""
    SyncCursor.objects.filter(channel=channel, kind=_WHOLE).update(position={"pending": True} if pending else {})


def mapping(channel: str) -> str:
    """By what the last finished sync took rows over; empty before the first."""
    return str(Reading.of(channel, _WHOLE).mark.get("mapping", ""))


def keep_mapping(channel: str, mapping: str) -> None:
    """Remember by what rows were taken over."""
    SyncCursor.objects.filter(channel=channel, kind=_WHOLE).update(watermark={"mapping": mapping})


def _take(channel: str, kind: str) -> Run:
    now = timezone.now()
    with atomic():
        SyncCursor.objects.get_or_create(channel=channel, kind=_WHOLE)
        SyncCursor.objects.select_for_update().get(channel=channel, kind=_WHOLE)
        for run in Run.objects.filter(kind__in=("sync", "import"), state=RunState.RUNNING):
            if run.families != [channel]:
                continue
            if run.lease_until and run.lease_until > now:
                what = "An import into" if run.kind == "import" else "A sync of"
                raise RunError(
                    f"{what} “{channel}” is running since {_clock(run.started_at)}. Wait for its end; if it was "
                    f"killed, it is taken for dead {LEASE.seconds // 60} minutes after its last sign of life."
                )
            _end(run, RunState.FAILED, error=gettext_noop("It was cut off; the next sync went on from there."))
        return Run.objects.create(
            kind=kind,
            families=[channel],
            state=RunState.RUNNING,
            owner=f"{socket.gethostname()[:60]}:{os.getpid()}",
            attempt=1,
            lease_until=now + LEASE,
            started_at=now,
        )


def _end(run: Run, state: RunState, **values: Any) -> None:
    Run.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        state=state, finished_at=timezone.now(), lease_until=None, **values
    )


def _clock(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%H:%M:%S}" if moment else "?"
