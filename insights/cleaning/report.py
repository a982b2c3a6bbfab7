"""What cleaning did, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CleaningReport:
    """Rows that came in, rows that were taken over, and how often each rule met."""

    rows_in: int = 0
    rows_kept: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: CleaningReport) -> CleaningReport:
        return CleaningReport(
            self.rows_in + other.rows_in,
            self.rows_kept + other.rows_kept,
            dict(Counter(self.counts) + Counter(other.counts)),
        )

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return {"rows_in": self.rows_in, "rows_kept": self.rows_kept, "counts": dict(sorted(self.counts.items()))}
