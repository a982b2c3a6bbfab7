"""How much of the traffic is no people's: pages asked for by machines, by reason and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count

from insights.analytics.time import TimeRange
from insights.cleaning import REASONS
from insights.models import Event

PAGES = ("page_view", "view_item")
"""What is counted: machines often ask for the pages of products alone."""


@dataclass(frozen=True)
class Noise:
    """Page and product views of some days.

    Attributes:
        people: by people.
        others: by the staff and by tests, and told twice.
        reasons: by machines, one number a day, by label; those that count after all too.
        counted: how many of them count after all, by label.
    """

    time_range: TimeRange
    people: int = 0
    others: int = 0
    reasons: Mapping[str, list[int]] = field(default_factory=dict)
    counted: Mapping[str, int] = field(default_factory=dict)

    @property
    def machines(self) -> int:
        """All that is labelled."""
        return sum(map(sum, self.reasons.values()))

    @property
    def share(self) -> float:
        """The labelled share of everything, from 0 to 1."""
        every = self.people + self.others + self.machines
        return self.machines / every if every else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain data: what ``--json`` prints."""
        return {
            "start": self.time_range.start.isoformat(),
            "end": self.time_range.end.isoformat(),
            "people": self.people,
            "others": self.others,
            "machines": self.machines,
            "share": round(self.share, 6),
            "reasons": {key: sum(days) for key, days in self.reasons.items()},
            "counted": {key: count for key, count in self.counted.items() if count},
        }


def noise(days: TimeRange) -> Noise:
    """The figures of some days, the commonest reason first."""
    rows = (
        Event.objects.filter(name__in=PAGES, local_date__gte=days.start, local_date__lt=days.end)
        .order_by()
        .values("local_date", "bot", "counts")
        .annotate(count=Count("pk"))
        .values_list("local_date", "bot", "counts", "count")
    )
    length = (days.end - days.start) // timedelta(days=1)
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0] * length)
    counted: defaultdict[str, int] = defaultdict(int)
    people = others = 0
    for day, bot, counts, count in rows:
        if bot:
            found[bot][(day - days.start).days] += count
            counted[bot] += count * counts
        elif counts:
            people += count
        else:
            others += count
    order = {key: place for place, key in enumerate(REASONS)}
    ranked = sorted(found, key=lambda key: (-sum(found[key]), order.get(key, len(order)), key))
    return Noise(days, people, others, {key: found[key] for key in ranked}, {key: counted[key] for key in ranked})
