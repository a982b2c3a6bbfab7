"""Since when rows are kept whole, where older ones have been let go of."""

from __future__ import annotations

from datetime import date

from insights.models.results import SyncCursor
from insights.models.turns import atomically

_KIND = "retention"


def kept_since(*kinds: str) -> date | None:
    """The first day of which all rows of these kinds are there as they came; None where none were let go of."""
    said = SyncCursor.objects.filter(channel="", kind=_KIND).values_list("watermark", flat=True).first() or {}
    return max((date.fromisoformat(said[kind]) for kind in kinds if kind in said), default=None)


@atomically
def keep_since(kind: str, day: date) -> None:
    """Note, before the first row goes, that rows of earlier days are let go of; the day never moves back."""
    SyncCursor.objects.get_or_create(channel="", kind=_KIND)
    cursor = SyncCursor.objects.select_for_update().get(channel="", kind=_KIND)
    if kind not in cursor.watermark or date.fromisoformat(cursor.watermark[kind]) < day:
        cursor.watermark = {**cursor.watermark, kind: day.isoformat()}
        cursor.save(update_fields=["watermark", "updated_at"])
