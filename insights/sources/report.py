"""What a sync or an import did, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from insights.cleaning import CleaningReport


@dataclass(frozen=True)
class KindReport:
    """What became of the rows of one kind."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    quarantined: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    """How often each cleaning rule met."""

    def __add__(self, other: KindReport) -> KindReport:
        numbers = {
            item.name: getattr(self, item.name) + getattr(other, item.name)
            for item in fields(self)
            if item.name != "counts"
        }
        # A mark that was set in one chunk may be taken off in the next, so that numbers below zero are kept.
        counts = Counter(self.counts)
        counts.update(other.counts)
        return KindReport(**numbers, counts=dict(counts))

    @property
    def changed(self) -> int:
        """Rows that are no longer what they were."""
        return self.created + self.updated + self.deleted

    @property
    def cleaning(self) -> CleaningReport:
        """The part that the rules had in it."""
        return CleaningReport(self.read, self.created + self.updated + self.unchanged, +Counter(self.counts))

    def as_dict(self) -> dict[str, int]:
        """The numbers as plain data, without those of the rules."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "counts"}


@dataclass(frozen=True)
class SyncReport:
    """What one sync of one adapter did."""

    adapter: str
    kinds: Mapping[str, KindReport] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def changed(self) -> int:
        """Rows that are no longer what they were."""
        return sum(report.changed for report in self.kinds.values())

    @property
    def cleaning(self) -> Mapping[str, int]:
        """How often each cleaning rule met, over all kinds."""
        total: Counter[str] = Counter()
        for report in self.kinds.values():
            total.update(report.counts)
        return dict(sorted((+total).items()))

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data: what ``--json`` prints."""
        return {
            "adapter": self.adapter,
            "kinds": {kind: report.as_dict() for kind, report in self.kinds.items()},
            "cleaning": dict(self.cleaning),
            "seconds": round(self.seconds, 3),
        }
