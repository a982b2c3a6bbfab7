"""Forgetting a person: what is theirs goes, what the books need stays without them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Field
from django.utils import timezone

from insights.consent import subject_hash
from insights.models import Suppression, Visitor, atomically
from insights.privacy.subjects import TABLES, Subject


@dataclass(frozen=True)
class ErasureReceipt:
    """What was done, with nothing of the person in it but the hashes that stop their return."""

    erased_at: str
    deleted: dict[str, int]
    anonymised: dict[str, int]
    suppressed: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The receipt as plain data."""
        return asdict(self)


@atomically
def forget(subject: Subject) -> ErasureReceipt:
    """Forget a person in every table, and remember only keyed hashes of their identifiers.

    Orders stay as anonymous sums, so that totals still agree with the shop. Trained models know
    people by row numbers alone; with the customer gone, the numbers lead nowhere.
    """
    deleted: dict[str, int] = {}
    anonymised: dict[str, int] = {}
    # A browser that keeps its cookie must not become what it was.
    browsers = Visitor.objects.filter(pk__in=subject.visitor_ids).values_list("key", flat=True)
    hashes = {subject_hash("visitor", key) for key in browsers}
    hashes |= {subject_hash(subject.customer.channel, identifier) for identifier in subject.identifiers}
    for table in TABLES:
        name = table.model._meta.model_name or ""
        rows = table.of(subject)
        if table.blank:
            count = rows.update(**{column: _empty(table.model._meta.get_field(column)) for column in table.blank})
            counts = anonymised
        else:
            count = rows.count()
            rows.delete()
            counts = deleted
        if count:
            counts[name] = count
    Suppression.objects.bulk_create(
        [Suppression(subject_hash=value) for value in sorted(hashes)], ignore_conflicts=True
    )
    return ErasureReceipt(timezone.now().isoformat(), deleted, anonymised, sorted(hashes))


def _empty(column: Any) -> Any:
    assert isinstance(column, Field)
    return None if column.null else column.get_default()
