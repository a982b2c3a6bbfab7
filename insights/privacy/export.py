"""Everything that is stored of a person, as plain data."""

from __future__ import annotations

from typing import Any

from django.core.serializers.python import Serializer
from django.utils import timezone

from insights.privacy.subjects import TABLES, Subject


def export_person(subject: Subject) -> dict[str, Any]:
    """The person's archive: one list a table, each row with all of its columns."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for table in reversed(TABLES):
        rows = Serializer().serialize(table.of(subject).order_by("pk"))
        if rows:
            tables[table.model._meta.model_name or ""] = [{"id": row["pk"], **row["fields"]} for row in rows]
    return {
        "exported_at": timezone.now().isoformat(),
        "person": {"channel": subject.customer.channel, "external_id": subject.customer.external_id},
        "tables": tables,
    }
