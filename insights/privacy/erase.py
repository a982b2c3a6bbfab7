"""Forgetting a person: what is theirs goes, what the books need stays without them, and nothing else names them.

The order makes it safe to be cut off. Files and caches come first, while the person is still known; all rows go in one
transaction, with the hashes that stop a return and the receipt; then what is left in models and copies, which is found
without knowing who it was. Whatever was cut off is found by the next call.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Field, Model, QuerySet
from django.utils import timezone

from insights.collect import forget_counts
from insights.consent import BROWSER, CONTACT, subject_hash
from insights.models import Erasure, Order, Rating, Suppression, atomic, overwrite
from insights.privacy.files import clean_files
from insights.privacy.mentions import Mention, mentions_of
from insights.privacy.subjects import Subject, known_by_now
from insights.privacy.tables import TABLES, Table
from insights.privacy.traces import traces_of
from insights.sources import FORGOTTEN, forget_messages

_Found = tuple[Table, QuerySet[Model]]
STAYS = {
    "order": "as an anonymous sum, so that totals agree with the shop's books: when, how much, which country",
    "orderline": "products and amounts of these orders",
    "refund": "amounts and days of these refunds, without their reasons",
    "rating": "stars and day, without text and author",
    "suppression": "keyed hashes that stop a return; they lead to nobody without the shop's SECRET_KEY",
}
"""What stays, and why."""


@dataclass(frozen=True)
class ErasureReceipt:
    """What was done, with nothing of the person in it but the hashes that stop their return.

    Attributes:
        id: of the receipt, which is kept.
        finished_at: when files and models were done too; None where that was cut off, and is done by the next call.
        deleted: rows that went, by table.
        anonymised: rows that stay without the person, by table.
        redacted: rows of others in which the person was named, by table.
        elsewhere: ``files``, ``caches``, ``run_folders`` and ``model_rows`` that were cleaned, and ``unread_files`` that
            cannot be read and are to be looked at by hand.
        stays: what stays, and why.
        suppressed: hashes that stop a return.
        already: whether the person had been forgotten before, and this is the receipt of then.
    """

    id: str
    erased_at: str
    finished_at: str | None
    deleted: dict[str, int]
    anonymised: dict[str, int]
    redacted: dict[str, int]
    elsewhere: dict[str, int]
    stays: dict[str, str]
    suppressed: list[str] = field(default_factory=list)
    already: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The receipt as plain data."""
        return asdict(self)


def forget(subject: Subject) -> ErasureReceipt:
    """Forget a person in every table, file, cache and model, and remember only keyed hashes of their identifiers.

    Orders stay as anonymous sums, so that totals still agree with the shop.

    Raises:
        OSError: a file cannot be written; nothing of the tables has been changed then.
    """
    finish_pending()
    elsewhere: dict[str, int] = {}
    erasure = None
    while erasure is None:
        traces = traces_of(subject)
        cleaned = {**clean_files(traces), "caches": _forget_cached(subject)}
        elsewhere = {name: max(count, elsewhere.get(name, 0)) for name, count in cleaned.items()}
        mentions = list(mentions_of(traces))
        with atomic(alone=True):
            subject = known_by_now(subject)
            # What came meanwhile may name them in another way, which is then searched for too.
            if traces_of(subject) == traces:
                erasure = _forget_rows(subject, mentions)
    Erasure.objects.filter(pk=erasure.pk).update(receipt={**erasure.receipt, "elsewhere": elsewhere})
    finish_pending()
    return receipt_of(Erasure.objects.get(pk=erasure.pk))


def finish_pending() -> int:
    """Do what was cut off of earlier erasures: models and copies of tables. Gives the number of those now finished."""
    pending = list(Erasure.objects.filter(finished_at=None))
    if not pending:
        return 0
    from insights.training import tidy, unlearn

    cleaned = {"run_folders": tidy(older=0), "model_rows": unlearn()}
    for erasure in pending:
        done = {**erasure.receipt, "elsewhere": {**erasure.receipt.get("elsewhere", {}), **cleaned}}
        Erasure.objects.filter(pk=erasure.pk).update(receipt=done, finished_at=timezone.now())
    return len(pending)


def receipt_of(erasure: Erasure, *, already: bool = False) -> ErasureReceipt:
    """A receipt as it was stored."""
    kept = {name: erasure.receipt.get(name, {}) for name in ("deleted", "anonymised", "redacted", "elsewhere", "stays")}
    return ErasureReceipt(
        id=str(erasure.uid),
        erased_at=erasure.erased_at.isoformat(),
        finished_at=erasure.finished_at.isoformat() if erasure.finished_at else None,
        suppressed=sorted(erasure.suppressions.values_list("subject_hash", flat=True)),
        already=already,
        **kept,
    )


def _forget_rows(subject: Subject, mentions: list[Mention]) -> Erasure:
    """All of the database, or nothing."""
    deleted: Counter[str] = Counter()
    anonymised: Counter[str] = Counter()
    # What names the person is looked up before any of it goes.
    tables = [(table, table.of(subject)) for table in TABLES]
    _mark(tables)
    redacted = _redact(tables, mentions)
    for table, rows in tables:
        if table.stays:
            anonymised[table.name] += rows.count()
        elif table.blank:
            columns = {column: _empty(table.model._meta.get_field(column)) for column in table.blank}
            anonymised[table.name] += rows.update(**columns)
        else:
            deleted[table.name] += rows.count()
            rows.delete()
    erasure = Erasure.objects.create(
        erased_at=timezone.now(),
        receipt={
            "deleted": dict(+deleted),
            "anonymised": dict(+anonymised),
            "redacted": dict(redacted),
            "stays": {name: why for name, why in STAYS.items() if name == "suppression" or anonymised[name]},
        },
    )
    hashes = sorted(_hashes(subject))
    Suppression.objects.bulk_create(
        [Suppression(subject_hash=value, erasure=erasure) for value in hashes], ignore_conflicts=True
    )
    Suppression.objects.filter(subject_hash__in=hashes).update(erasure=erasure)
    return erasure


def _redact(tables: list[_Found], mentions: list[Mention]) -> Counter[str]:
    """Take the person out of what others wrote; gives the number of rows by table.

    What is theirs is left to its table, but for columns that it leaves as they are.
    """
    redacted: Counter[str] = Counter()
    for mention in mentions:
        own = [table for table, rows in tables if table.model is mention.model and rows.filter(pk=mention.pk).exists()]
        if any(not table.blank and not table.stays for table in own):
            continue
        mention.mend(but=[column for table in own for column in table.blank])
        redacted[mention.table] += not own
    return +redacted


def _mark(tables: list[_Found]) -> None:
    """Say in the orders and ratings that they are of somebody forgotten; what comes of them later is nobody's too."""
    for table, rows in tables:
        if table.model in (Order, Rating) and table.theirs:
            flagged = dict(rows.values_list("pk", "flags"))
            overwrite(table.model, ("flags",), {pk: [sorted({*flags, FORGOTTEN})] for pk, flags in flagged.items()})


def _hashes(subject: Subject) -> set[str]:
    # A browser that keeps its cookie must not become what it was.
    hashes = {subject_hash(BROWSER, key) for key in subject.visitor_keys}
    hashes |= {subject_hash(CONTACT, reached) for reached in subject.contacts}
    return hashes | {subject_hash(channel, key) for channel, key in subject.keys}


def _forget_cached(subject: Subject) -> int:
    counts: int = forget_counts(subject.session_keys)
    for channel in {channel for channel, _ in subject.keys}:
        counts += forget_messages(channel, [key for of, key in subject.keys if of == channel])
    return counts


def _empty(column: Any) -> Any:
    assert isinstance(column, Field)
    return None if column.null else column.get_default()
