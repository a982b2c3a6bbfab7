"""What forgetting somebody would do, before it is done."""

from __future__ import annotations

from insights.privacy.subjects import Subject
from insights.privacy.tables import TABLES


def foreseen(subject: Subject) -> tuple[dict[str, int], dict[str, int]]:
    """Rows that would go, and rows that would stay without the person, by table; tables without any are left out."""
    goes: dict[str, int] = {}
    stays: dict[str, int] = {}
    for table in TABLES:
        count = table.of(subject).count()
        if count:
            (stays if table.stays or table.blank else goes)[table.name] = count
    return goes, stays
