"""How far a table of the host's has been read: the moment of the last change seen, and the highest primary key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import AutoField, BigAutoField, IntegerField

from insights.sources.mapped import Given, Mapped


def grows(source: Mapped) -> bool:
    """Whether new rows have higher keys than old ones."""
    return isinstance(source.model._meta.pk, (AutoField, BigAutoField, IntegerField))


def known_pk(source: Mapped, mark: dict[str, Any]) -> Any:
    """The highest primary key that was read; None when none was."""
    return None if mark.get("pk") is None else source.model._meta.pk.to_python(mark["pk"])


def last_change(mark: dict[str, Any]) -> datetime | None:
    """The latest moment at which a row that was read had changed; None when none says."""
    changed = mark.get("changed")
    return datetime.fromisoformat(changed) if changed else None


def later(mark: dict[str, Any], rows: Sequence[Given]) -> dict[str, Any]:
    """The mark after these rows."""
    moments = [row.changed for row in rows if row.changed is not None]
    if not moments:
        return mark
    latest = max(moments).isoformat()
    return mark | {"changed": max(latest, mark.get("changed", ""))}


def plain(pk: Any) -> Any:
    """A primary key as JSON can keep it."""
    return pk if isinstance(pk, int) else str(pk)
