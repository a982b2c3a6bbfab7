"""Rows of one kind on their way into the tables: cleaned, resolved, written if they changed, and judged.

A chunk is one transaction. Whatever is killed between two of them leaves tables that agree with themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from operator import itemgetter
from typing import Any

from django.utils import timezone

from insights.cleaning import BadRow, Cleaner, Rejected, Row, Ways, essence, lying, normal_email, quarantine, resolve
from insights.conf import settings
from insights.contacts import are_hashed, marked, stored, stored_key
from insights.identity import follow
from insights.masking import without_addresses
from insights.models import (
    Excluded,
    FixedPointField,
    Merge,
    Order,
    OrderLine,
    Scaled,
    Suppression,
    atomic,
    count_anew,
    upsert,
)
from insights.sources import columns, events, forgotten
from insights.sources.deletions import delete
from insights.sources.directory import Directory
from insights.sources.guests import own_key
from insights.sources.manner import Manner, Touched
from insights.sources.records import KINDS, Kind
from insights.sources.references import LeftOut, Ready, References
from insights.sources.report import KindReport
from insights.sources.returns import take_back
from insights.sources.settle import judge_new, settle_orders

MENDED = 1
"""The fingerprint of a row that somebody put right here: no row of a source has it, so the source's word comes next."""

_MANY = 2_000
"""Rows written after which the database's own figures of a table are old, and after twice as many again."""
_OWN_KEYS: dict[str, Callable[[Row], str]] = {"orders": own_key, "ratings": itemgetter("customer")}
"""Kinds whose rows name their customer, and how: who was merged gets them back when the merge is undone."""


class Loader:
    """Takes over rows of one kind, chunk by chunk.

    Args:
        names: the fields that the rows give, in their order; the first is ``id``.
        ways: what the source says about its own rows.
        date_format: how moments are written, for ``strptime``.
        left_out: those of the keys of a kind that the source has and leaves out on purpose.
        rejected: told of the rows of each chunk that go into quarantine.
    """

    def __init__(
        self,
        kind: Kind,
        manner: Manner,
        names: Sequence[str],
        ways: Ways | None = None,
        *,
        directory: Directory | None = None,
        date_format: str | None = None,
        left_out: LeftOut | None = None,
        rejected: Callable[[Sequence[BadRow]], None] | None = None,
    ) -> None:
        self.kind = kind
        self.manner = manner
        self.names = tuple(names)
        self.ways = ways or Ways()
        self.lying = lying(manner.channel, kind.name)
        self.rejected = rejected
        blanks = kind.blanks(names)
        if "currency" in blanks:
            blanks["currency"] = manner.currency or settings.BASE_CURRENCY
        self._cleaner = Cleaner(kind.name, kind.columns(names, timezone.now(), date_format), blanks, self.ways)
        self._plan = [
            (name, column, isinstance(kind.model._meta.get_field(column), FixedPointField))
            for name, column in kind.stored.items()
        ]
        self._references = References(kind, manner, self.names, directory, left_out)
        self._people = directory.channel if directory is not None else manner.channel
        self._someone_merged = kind.name in _OWN_KEYS and Merge.objects.standing().exists()
        self.changed: set[str] = set()
        """Keys of orders that are new or changed."""
        self.new: set[str] = set()
        """Keys of orders that are new."""
        self.touched = Touched()
        self._written, self._count_at = 0, _MANY

    def load(self, rows: Sequence[Sequence[Any]], also: Callable[[], None] | None = None) -> KindReport:
        """Take over a chunk.

        Args:
            rows: values in the order of ``names``.
            also: called within the transaction, after all is written: to move a cursor.
        """
        with atomic():
            report = self._load(rows)
            if also is not None:
                also()
        self._written += report.created + report.updated
        if self._written >= self._count_at:
            count_anew(self.kind.model)
            self._count_at = 2 * self._written
        return report

    def finish(self) -> None:
        """Resolve what the kind's rows say of each other: a parent may come after its children."""
        self._references.finish()
        if self.kind.name == "categories":
            columns.write_paths(self.manner.channel)

    def _load(self, rows: Sequence[Sequence[Any]]) -> KindReport:
        self._cleaner.counts.clear()
        counts = self._cleaner.counts
        bad: list[BadRow] = []
        good: dict[str, Ready] = {}
        gone: set[str] = set()
        hashed = are_hashed()
        for values in rows:
            result = self._cleaner.clean(values)
            if isinstance(result, Rejected):
                if result.quarantined:
                    bad.append(self._bad(values, result.id, result.rule, result.reason))
                else:
                    gone.add(result.id)
                continue
            if hashed:
                self._hide_key(result[0])
            key = result[0]["id"]
            if key in good:
                counts["repeated_key"] += 1
            good[key] = Ready(*result, values, dict.fromkeys(self._references.columns))
        someone_forgotten = Suppression.objects.exists()
        whose = (self.kind.name, self.manner.channel, self._people)
        if someone_forgotten:
            gone |= forgotten.leave_out(*whose, good, counts)
        ready = dict(good)
        orphans = self._references.resolve(ready, gone, counts)
        bad += [self._bad(good[key].given, key, "orphan", reason) for key, reason in orphans.items()]
        if self.kind.name == "events":
            counts["expired"] += events.drop_expired(ready)
            told = events.write(self.manner.channel, {key: (i.row, i.found) for key, i in ready.items()})
            counts["duplicate_event"] += told.twice
            self.touched.visitors |= told.people
            new, changed, unchanged = told.new, 0, told.unchanged
        else:
            new, changed, unchanged = self._write(ready, counts)
        if someone_forgotten:
            bad, unwanted = forgotten.without_people(*whose, bad)
            gone |= unwanted
        gone |= self._mended(bad)
        deleted = delete(self.kind, self.manner, gone, self.touched)
        new_bad = quarantine(self.manner.channel, self.kind.name, bad)
        if bad and self.rejected is not None:
            self.rejected(bad)
        mended = self.lying.intersection(ready.keys() | gone)
        if mended:
            resolve(self.manner.channel, self.kind.name, mended)
            self.lying -= mended
        return KindReport(len(rows), new, changed, unchanged, deleted, new_bad, dict(counts))

    def _mended(self, bad: Sequence[BadRow]) -> set[str]:
        """Those that somebody put right here, and that the source still gives as they were."""
        if not bad or self.kind.name == "events":
            return set()
        rows = self.kind.model._default_manager.filter(channel=self.manner.channel, fingerprint=MENDED)
        return set(rows.filter(external_id__in=[row.external_id for row in bad]).values_list("external_id", flat=True))

    def _bad(self, values: Sequence[Any], key: str, rule: str, reason: str) -> BadRow:
        row = marked(dict(zip(self.names, values, strict=True)), normal_email)
        if row.get("user_agent"):
            row["user_agent"] = essence(str(row["user_agent"]))
        name = stored_key(key) if self.kind.name == "customers" else key
        return BadRow(name or f"#{blake2b(repr(values).encode(), digest_size=8).hexdigest()}", rule, reason, row)

    def _hide_key(self, row: Row) -> None:
        """A customer's key that is an address is kept as a hash too."""
        for name in ("id",) if self.kind.name == "customers" else ("customer",):
            if row.get(name):
                row[name] = stored_key(row[name])

    def _write(self, ready: Mapping[str, Ready], counts: Counter[str]) -> tuple[int, int, int]:
        """Write what is new or changed; gives how many rows are new, changed and as they were."""
        there = self._there(ready)
        new: dict[str, dict[str, Any]] = {}
        changed: dict[str, dict[str, Any]] = {}
        own, hashed = self._references.own, are_hashed()
        for key, item in ready.items():
            row = item.row
            values = {
                column: Scaled(value) if exact and (value := row[name]) is not None else row[name]
                for name, column, exact in self._plan
            }
            if self.kind.name == "customers":
                values = stored(values)
            if hashed:
                values = _hidden(values)
            values.update(item.found)
            values["flags"] = sorted(item.marks)
            # A parent of the same kind may come later, and has no key of ours until then.
            said = {**values, **{f"{name}_id": row[name] for name in own}} if own else values
            fingerprint = _fingerprint(said.values())
            if key not in there:
                new[key] = values
            elif there[key][1] != fingerprint:
                changed[key] = values
            else:
                continue
            values["fingerprint"] = fingerprint
        if new or changed:
            self._save(new, changed, there, counts)
            if self._someone_merged:
                owner = _OWN_KEYS[self.kind.name]
                keys = {key: owner(ready[key].row) for key in (*new, *changed)}
                follow(self.kind.model, self.manner.channel, keys)
        return len(new), len(changed), len(ready) - len(new) - len(changed)

    def _there(self, keys: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
        rows = self.kind.model._default_manager.filter(channel=self.manner.channel, external_id__in=list(keys))
        return {key: (pk, said) for key, pk, said in rows.values_list("external_id", "pk", "fingerprint")}

    def _save(
        self,
        new: Mapping[str, dict[str, Any]],
        changed: Mapping[str, dict[str, Any]],
        there: Mapping[str, tuple[int, int]],
        counts: Counter[str],
    ) -> None:
        model = self.kind.model
        affected = columns.affected_orders(self.kind.name, {there[key][0]: values for key, values in changed.items()})
        if changed and self.kind.name == "order_lines":
            affected |= take_back(
                self.manner.channel, OrderLine.objects.filter(pk__in=[there[key][0] for key in changed])
            )
        before = columns.buyers(there[key][0] for key in changed) if self.kind.name == "orders" else set()
        written = {**new, **changed}
        names = list(next(iter(written.values())))
        derived = columns.derive(self.kind.name, written.values())
        now = timezone.now()
        for key, values in written.items():
            values.update(channel=self.manner.channel, external_id=key, recorded_at=now)
        if self.kind.name == "orders":
            counts.update(judge_new(list(new.values())))
            # Changed ones are judged below, with their lines.
            for values in changed.values():
                values.update(base_total=None, counts=False, excluded=str(Excluded.EMPTY), excluded_at=None)
        upsert(model, list(written.values()), unique=("channel", "external_id"), update=[*names, *derived])
        if self.kind.name == "orders":
            self.touched.people |= before
            self.touched.orders |= set(self._pks(new))
            affected |= {there[key][0] for key in changed}
        elif self.kind.name in ("order_lines", "refunds"):
            affected |= {values["order_id"] for values in written.values()}
        if self.kind.name == "orders":
            self.changed |= written.keys()
            self.new |= new.keys()
        self._judge(affected, counts)

    def _judge(self, orders: set[int], counts: Counter[str]) -> None:
        self.touched.orders |= orders
        counts.update(settle_orders(orders, drop_identical=self.manner.drop_identical))

    def keep_only(self, orders: Sequence[str], keys: set[str], prefix: str = "") -> int:
        """Take out rows of these orders that are none of ``keys``; gives their number.

        Args:
            prefix: what the keys of the table begin with; rows of other tables stay.
        """
        rows = self.kind.model._default_manager.filter(
            channel=self.manner.channel, order__channel=self.manner.channel, order__external_id__in=orders
        ).exclude(external_id__startswith="return:")
        there = rows.values_list("external_id", flat=True)
        gone = {key for key in there if key.startswith(prefix) and key not in keys}
        with atomic():
            return delete(self.kind, self.manner, gone, self.touched)

    def forget(self) -> None:
        """Look up anew what the rows of this kind are, since some are gone."""
        self._references.forget()

    def _pks(self, keys: Mapping[str, Any]) -> list[int]:
        return list(
            Order.objects.filter(channel=self.manner.channel, external_id__in=list(keys)).values_list("pk", flat=True)
        )


def _hidden(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without the e-mail addresses that people write into reviews and reasons."""
    return {name: without_addresses(value) if isinstance(value, str) else value for name, value in values.items()}


def _fingerprint(values: Iterable[Any]) -> int:
    """A hash of the values as a signed integer of 64 bits."""
    return int.from_bytes(blake2b(repr(list(values)).encode(), digest_size=8).digest(), signed=True)


def loader(kind: str, manner: Manner, names: Sequence[str], **more: Any) -> Loader:
    """A loader for a kind by its name."""
    return Loader(KINDS[kind], manner, names, **more)
