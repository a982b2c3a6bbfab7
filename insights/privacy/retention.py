"""Letting go of what is old: what there is, what goes tonight, and the going itself.

Rows go in small batches by primary key, each in a transaction of its own. A kill at any moment leaves whole batches
done and the others undone, and the next run goes on, since what is old is found by its age alone.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from insights.models import Run, RunState, keep_since
from insights.privacy.kinds import KINDS, Kind
from insights.privacy.sizes import table_bytes

RUN = "retention"
"""The kind of the run that says what went."""
_MONTH = 30


@dataclass(frozen=True)
class KindPlan:
    """How one kind stands.

    Attributes:
        days: for how many it is kept; None for ever.
        before: rows of earlier days go; None where none do.
        fate: what becomes of them.
        rows, bytes: what is there now; bytes with indexes, as the database tells it.
        due_rows, due_bytes: what goes with the next run. The room is free for new rows; few databases give it back.
        month_rows, month_bytes: what came within the last 30 days.
    """

    key: str
    days: int | None
    before: str | None
    fate: str
    rows: int
    bytes: int
    due_rows: int
    due_bytes: int
    month_rows: int
    month_bytes: int


@dataclass(frozen=True)
class RetentionPlan:
    """What is there, what is too old and what comes, by kind."""

    day: str
    kinds: tuple[KindPlan, ...]

    @property
    def due_rows(self) -> int:
        """Rows of all kinds that go with the next run."""
        return sum(kind.due_rows for kind in self.kinds)

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "kinds": [asdict(kind) for kind in self.kinds], "due_rows": self.due_rows}


@dataclass(frozen=True)
class RetentionReport:
    """What went, by kind."""

    day: str
    done: dict[str, int]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def plan(now: datetime) -> RetentionPlan:
    """Count what there is, what goes with the next run, and what came lately; writes nothing."""
    today = _today(now)
    return RetentionPlan(today.isoformat(), tuple(_planned(kind, today) for kind in KINDS))


def apply(now: datetime) -> RetentionReport:
    """Let go of all that is too old by the shop's day. Can be stopped at any moment, and called again."""
    started, began = timezone.now(), time.perf_counter()
    today = _today(now)
    done = {kind.key: gone for kind in KINDS if (gone := _let_go(kind, today))}
    report = RetentionReport(today.isoformat(), done, round(time.perf_counter() - began, 3))
    Run.objects.create(
        kind=RUN,
        state=RunState.DONE,
        started_at=started,
        finished_at=timezone.now(),
        progress=1.0,
        report=report.as_dict(),
    )
    return report


def _today(now: datetime) -> date:
    return timezone.localtime(now, timezone.get_default_timezone()).date()


def _first_kept(kind: Kind, today: date) -> date | None:
    return None if kind.days is None else today - timedelta(days=kind.days)


def _planned(kind: Kind, today: date) -> KindPlan:
    first = _first_kept(kind, today)
    due = Q(pk__in=[]) if first is None else kind.old(first)
    counts = kind.model._default_manager.order_by().aggregate(
        rows=Count("pk"),
        due=Count("pk", filter=due),
        month=Count("pk", filter=kind.born_since(today - timedelta(days=_MONTH))),
    )
    size = table_bytes((kind.model, *kind.parts))
    each = size / counts["rows"] if counts["rows"] else 0.0
    return KindPlan(
        key=kind.key,
        days=kind.days,
        before=first.isoformat() if first else None,
        fate=kind.fate,
        rows=counts["rows"],
        bytes=size,
        due_rows=counts["due"],
        due_bytes=round(each * counts["due"]),
        month_rows=counts["month"],
        month_bytes=round(each * counts["month"]),
    )


def _let_go(kind: Kind, today: date) -> int:
    first = _first_kept(kind, today)
    if first is None:
        return 0
    old = kind.model._default_manager.filter(kind.old(first)).order_by("pk").values_list("pk", flat=True)
    gone, last = 0, 0
    while pks := list(old.filter(pk__gt=last)[: kind.size]):
        if kind.noted and not gone:
            keep_since(kind.key, first)
        gone, last = gone + kind.remove(pks), pks[-1]
    return gone
