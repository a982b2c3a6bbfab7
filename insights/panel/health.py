"""Can the figures be trusted: how fresh they are, what was left out, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from insights.models import Order, QuarantinedRow, Run, RunState

FRESH = timedelta(hours=26)
"""A nightly sync that comes a little late is still fresh."""


@dataclass(frozen=True)
class Health:
    """How the data stand.

    Attributes:
        sync: the last sync that ended well.
        failed: the last sync, when it failed.
        quarantined: rows that could not be taken over and wait.
        orders: all orders there are.
        counted: those that count in the figures.
        without_rate: orders in a currency that has no rate.
    """

    sync: Run | None
    failed: Run | None
    quarantined: int
    orders: int
    counted: int
    without_rate: int

    @property
    def fresh(self) -> bool:
        """Whether a sync has ended well lately."""
        return bool(self.sync and self.sync.finished_at and timezone.now() - self.sync.finished_at < FRESH)

    @property
    def mark(self) -> str:
        """The mark of the whole: none is good, ``warn`` wants a look, ``none`` knows nothing."""
        if self.sync is None and self.failed is None:
            return "none"
        return "warn" if self.failed or self.quarantined or self.without_rate or not self.fresh else ""


def health() -> Health:
    """How the data stand now."""
    syncs = Run.objects.filter(kind="sync").order_by("-created_at", "-pk")
    latest = syncs.first()
    counts = {row["excluded"]: row["count"] for row in left_out()}
    return Health(
        sync=syncs.filter(state=RunState.DONE).first(),
        failed=latest if latest and latest.state == RunState.FAILED else None,
        quarantined=QuarantinedRow.objects.filter(resolved_at=None).count(),
        orders=sum(counts.values()),
        counted=counts.get("", 0),
        without_rate=counts.get("no_rate", 0),
    )


def left_out() -> list[dict[str, Any]]:
    """Orders by the reason for which they do not count; the empty reason counts."""
    found = Order.objects.order_by().values("excluded").annotate(count=Count("pk")).order_by("-count", "excluded")
    return [dict(row) for row in found]
