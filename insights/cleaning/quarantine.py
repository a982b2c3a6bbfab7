"""Bad rows are kept with their reason, until a later pass finds them mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from insights.batches import batches
from insights.cleaning.rules import RULES
from insights.models import QuarantinedRow

_BATCH = 500
_ACROSS = [rule.key for rule in RULES if rule.across]


@dataclass(frozen=True)
class BadRow:
    """A row that was not taken over, as the source gave it."""

    external_id: str
    rule: str
    reason: str
    row: Mapping[str, Any]


def quarantine(channel: str, kind: str, rows: Sequence[BadRow]) -> int:
    """Keep the rows; one that lies there already is refreshed, and opened again. Gives the number of new ones."""
    wanted = {(bad.external_id, bad.rule): bad for bad in rows}
    keys = sorted({bad.external_id for bad in rows})
    for some in batches(keys, _BATCH):
        known = QuarantinedRow.objects.filter(channel=channel, kind=kind, external_id__in=some)
        for lying in known:
            bad = wanted.pop((lying.external_id, lying.rule), None)
            if bad is not None:
                _refresh(lying, bad)
    QuarantinedRow.objects.bulk_create(
        [
            QuarantinedRow(
                channel=channel,
                kind=kind,
                external_id=bad.external_id,
                rule=bad.rule,
                reason=_storable(bad.reason),
                row=_plain(bad.row),
            )
            for bad in wanted.values()
        ],
        batch_size=_BATCH,
    )
    return len(wanted)


def lying(channel: str, kind: str) -> set[str]:
    """Keys of the rows of a kind that lie in quarantine for what is wrong with the row itself."""
    return set(_open(channel, kind).values_list("external_id", flat=True))


def resolve(channel: str, kind: str, external_ids: Iterable[str], *, rule: str | None = None) -> int:
    """Mark rows as mended: in all that is wrong with the row itself, or by one rule. Gives the number of entries."""
    return sum(
        _open(channel, kind, rule).filter(external_id__in=some).update(resolved_at=timezone.now())
        for some in batches(sorted(set(external_ids)), _BATCH)
    )


def _open(channel: str, kind: str, rule: str | None = None) -> QuerySet[QuarantinedRow]:
    rows = QuarantinedRow.objects.filter(channel=channel, kind=kind, resolved_at=None)
    # What was found by comparing rows is resolved by comparing them again, never by a good row alone.
    return rows.exclude(rule__in=_ACROSS) if rule is None else rows.filter(rule=rule)


def _refresh(lying: QuarantinedRow, bad: BadRow) -> None:
    said = (_plain(bad.row), _storable(bad.reason), None)
    if (lying.row, lying.reason, lying.resolved_at) != said:
        lying.row, lying.reason, lying.resolved_at = said
        lying.save(update_fields=["row", "reason", "resolved_at"])


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as JSON that every database stores, with each value as short text."""
    return {name: None if value is None else _storable(str(value)) for name, value in row.items()}


def _storable(value: str) -> str:
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in value[:300])
