"""From the host's tables to ours: everything once, then what changed, and nothing that is gone.

The first sync of a kind reads all of its rows by primary key, chunk by chunk, and goes on from the last chunk when it
was killed. Later ones read what changed since, by the host's own column for it where there is one; rows of an order,
such as its lines, are read again with their order. ``full`` reads everything again, and so finds silent changes; so
does the first sync after a change of the adapter, of a rate or of the shop's country.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from insights.batches import batches
from insights.cleaning import settle_touches
from insights.exceptions import AdapterError
from insights.models import many_rows
from insights.sources import cursors
from insights.sources.adapter import Adapter, get_adapter, get_adapters
from insights.sources.cursors import Lease, Reading
from insights.sources.deletions import remove, remove_missing
from insights.sources.directory import Directory
from insights.sources.hidden import hide_contacts
from insights.sources.load import Loader
from insights.sources.manner import Manner, Touched
from insights.sources.mapped import Given, Mapped
from insights.sources.mapping import mapping_of
from insights.sources.marks import grows, known_pk, last_change, later, plain
from insights.sources.records import KINDS
from insights.sources.report import KindReport, SyncReport
from insights.sources.resolve import mapped
from insights.sources.together import settle_together

logger = logging.getLogger(__name__)

CHUNK = 2_000
OVERLAP = timedelta(minutes=10)
"""How far a sync looks back before the last change it knows of, since transactions end in another order than they
begin."""

Progress = Callable[[str, int, int], None]
"""Called with the name of the table in the adapter, the rows done and the rows there are."""


def sync(adapter: str | None = None, *, full: bool = False, progress: Progress | None = None) -> SyncReport:
    """Take over what changed in the host.

    Args:
        adapter: name of one adapter; by default all that the settings name, one after the other.
        full: whether everything is read again.

    Raises:
        AdapterError: there is no adapter, or it is wrong.
        RunError: a sync of the same channel is running.
    """
    chosen = get_adapters() if adapter is None else [get_adapter(adapter)]
    if not chosen:
        raise AdapterError(
            "INSIGHTS['ADAPTERS'] names no adapter. Write one (manage.py insights_init drafts it) and name it there."
        )
    started = time.perf_counter()
    hide_contacts()
    kinds: dict[str, KindReport] = {}
    for item in chosen:
        for kind, report in _sync_one(item, full, progress or _silent).items():
            kinds[kind] = kinds.get(kind, KindReport()) + report
    return SyncReport(", ".join(item.name for item in chosen), kinds, time.perf_counter() - started)


def sync_rows(channel: str, name: str, pks: Sequence[Any]) -> SyncReport:
    """Take over certain rows of the host at once, by primary key, with the lines of an order.

    Args:
        name: of the adapter's declaration: the kind, or ``events:views`` where it is kept in several tables.

    It waits for no lease, since a chunk is a transaction and writes only what changed.
    """
    started = time.perf_counter()
    pass_over = _Pass(get_adapter(channel), _silent)
    source = pass_over.sources.get(name)
    if source is None:
        return SyncReport(channel)
    rows = source.with_pks(list(pks))
    pass_over.take(name, rows)
    if source.kind.name == "orders":
        pass_over.follow(name, rows)
    pass_over.forget(name, {str(pk) for pk in pks} - {str(row.pk) for row in rows})
    pass_over.follow_orders()
    pass_over.compare()
    return SyncReport(channel, pass_over.reports, time.perf_counter() - started)


@many_rows()
def _sync_one(adapter: Adapter, full: bool, progress: Progress) -> dict[str, KindReport]:
    started = time.perf_counter()
    with cursors.lease(adapter.name) as lease:
        work = _Pass(adapter, progress, lease)
        work.everything = cursors.is_pending(adapter.name)
        now = mapping_of(adapter)
        if now and cursors.mapping(adapter.name) not in ("", now):
            logger.info("The adapter %s or a setting of it has changed: everything is read again.", adapter.name)
            full = True
        cursors.set_pending(adapter.name, True)
        readings = {name: Reading.of(adapter.name, name) for name in work.sources}
        marks: dict[str, dict[str, Any]] = {}
        for name, reading in readings.items():
            marks[name] = work.read(name, reading, full)
        work.compare()
        for name, reading in readings.items():
            reading.finish(marks[name])
        cursors.set_pending(adapter.name, False)
        cursors.keep_mapping(adapter.name, now)
        said = SyncReport(adapter.name, work.reports, time.perf_counter() - started)
        cursors.report(lease.run, said.as_dict())
    return work.reports


@dataclass
class _Pass:
    """One sync of one adapter, as far as it is.

    Attributes:
        everything: whether rows of all orders are to be compared in the end, not only those of changed ones.
        sources: the tables by the names of their declarations, parents before children.
        reports: what was done, by kind.
    """

    adapter: Adapter
    progress: Progress
    lease: Lease | None = None
    everything: bool = False
    sources: dict[str, Mapped] = field(default_factory=dict)
    reports: dict[str, KindReport] = field(default_factory=dict)
    loaders: dict[str, Loader] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [declaration.name for kind in KINDS for declaration in self.adapter.of_kind(kind)]
        found = {name: mapped(self.adapter, name) for name in names}
        self.sources = {name: source for name, source in found.items() if source is not None}
        if not self.sources:
            raise AdapterError(f"{self.adapter.label()} maps nothing.")
        orders, lines = self._of("orders"), self._of("order_lines")
        self.manner = Manner(
            self.adapter.name,
            guests=self.sources[orders[0]].guests if orders else "by_email",
            drop_identical=any(self.sources[name].identical == "drop" for name in lines),
            lists_categories=bool(self._of("categories")),
            currency=self.adapter.currency,
        )
        directory = Directory(self.adapter.name)
        self.loaders = {
            name: Loader(
                source.kind, self.manner, source.names, source.ways, directory=directory, left_out=self._left_out
            )
            for name, source in self.sources.items()
        }
        self.reports = {source.kind.name: KindReport() for source in self.sources.values()}

    def _of(self, *kinds: str) -> list[str]:
        """The names of the tables of these kinds."""
        return [name for name, source in self.sources.items() if source.kind.name in kinds]

    def read(self, name: str, reading: Reading, full: bool) -> dict[str, Any]:
        """Read a table, as much of it as is needed; gives what the next sync has to know."""
        source, loader = self.sources[name], self.loaders[name]
        there = source.base().count()
        resumed = reading.after is not None or reading.passed is not None
        if full or not reading.mark or (source.updated_at is None and not grows(source)):
            mark = self._read_all(name, reading, there)
        else:
            mark = self._read_changes(name, reading, there)
        loader.finish()
        self._retry(name)
        # What was read for the first time just now cannot be gone.
        first, known = not (reading.mark or resumed), None if full else reading.mark.get("balance")
        beat = partial(self._beat, name)
        removed, balance = remove_missing(source, self.manner, there, known, loader.touched, beat, first)
        if removed:
            loader.forget()
        self._add(name, KindReport(deleted=removed))
        return mark | {"balance": balance}

    def take(self, name: str, rows: Sequence[Given], also: Callable[[], None] | None = None) -> None:
        """Take over a chunk of rows."""
        kept = self.sources[name].once(rows)
        self._add(name, self.loaders[name].load([row.values for row in kept], also))
        if doubles := len(rows) - len(kept):
            self._add(name, KindReport(read=doubles, counts={"repeated_key": doubles}))

    def follow(self, name: str, orders: Sequence[Given]) -> None:
        """Have the lines and refunds of orders read again, though the orders themselves may be as they were."""
        self.loaders[name].changed |= {str(order.values[0]).strip() for order in orders}

    def forget(self, name: str, pks: set[str]) -> None:
        """Take out rows that the host does not have any more, where the primary key is the key."""
        source, loader = self.sources[name], self.loaders[name]
        primary = source.model._meta.pk
        if pks and primary is not None and source.key_column in ("pk", primary.name):
            keys = {f"{source.prefix}{pk}" for pk in pks}
            self._add(name, KindReport(deleted=remove(source, self.manner, keys, loader.touched)))

    def follow_orders(self) -> None:
        """Read the lines and refunds of changed orders again, and take out those that are gone."""
        orders = self._changed_orders()
        for name in self._of("order_lines", "refunds"):
            self._reread(name, orders)

    def compare(self) -> None:
        """Run the rules that compare rows with each other."""
        touched = Touched()
        for loader in self.loaders.values():
            touched.orders |= loader.touched.orders
            touched.people |= loader.touched.people
            touched.visitors |= loader.touched.visitors
        if not (touched.orders or touched.people or self.everything or self.lease):
            settle_touches(touched.visitors)
            return
        found = settle_together(
            self.adapter.name,
            guests=self.manner.guests,
            drop_identical=self.manner.drop_identical,
            touched=None if self.everything else touched,
        )
        for kind, report in found.items():
            if kind in self.reports or report.changed or report.counts:
                self.reports[kind] = self.reports.get(kind, KindReport()) + report

    def _read_all(self, name: str, reading: Reading, there: int) -> dict[str, Any]:
        """A full pass by primary key, from where a killed one stopped."""
        self.everything = True
        if reading.passed is not None:
            return reading.passed
        source, done = self.sources[name], 0
        mark: dict[str, Any] = {}
        after = None if reading.after is None else source.model._meta.pk.to_python(reading.after)
        while rows := source.after(after, CHUNK):
            after = rows[-1].pk
            self.take(name, rows, lambda last=after: reading.move(last))  # type: ignore[misc]
            self.loaders[name].touched.clear()
            done += len(rows)
            mark = later(mark, rows)
            self._beat(name, done, there)
        mark = mark | ({"pk": plain(after)} if after is not None else {})
        reading.pass_over(mark)
        return mark

    def _read_changes(self, name: str, reading: Reading, there: int) -> dict[str, Any]:
        """What changed since the last sync."""
        source, mark, done = self.sources[name], dict(reading.mark), 0
        kind, known = source.kind.name, last_change(mark)
        since = known - OVERLAP if known is not None and source.updated_at is not None else None
        after = None if source.updated_at is not None else known_pk(source, mark)
        while rows := source.after(after, CHUNK, since):
            after = rows[-1].pk
            self.take(name, rows)
            if kind == "orders" and known is not None:
                self.follow(name, [row for row in rows if row.changed is not None and row.changed > known])
            done += len(rows)
            mark = later(mark, rows)
            mark["pk"] = plain(max(known_pk(source, mark) or after, after))
            self._beat(name, done, there)
        if kind in ("order_lines", "refunds"):
            # Rows that say themselves when they change may be older than their order's first day as one of ours.
            self._reread(name, self._changed_orders(new=source.live_column))
        return mark

    def _changed_orders(self, *, new: bool = False) -> set[str]:
        """Keys of orders of all tables that are new or changed, or only those that are new."""
        loaders = [self.loaders[name] for name in self._of("orders")]
        return {key for loader in loaders for key in (loader.new if new else loader.changed)}

    def _left_out(self, kind: str, keys: Sequence[str]) -> set[str]:
        """Keys of rows that the shop has and the adapter does not want."""
        return {key for name in self._of(kind) for key in self.sources[name].left_out(keys)}

    def _reread(self, name: str, orders: set[str]) -> None:
        """Rows of changed orders, of which saving the order tells nothing itself."""
        source = self.sources[name]
        for keys in batches(sorted(orders), 500):
            rows = source.of_orders(keys)
            if rows is None:
                return
            for chunk in batches(rows, CHUNK):
                self.take(name, chunk)
            removed = self.loaders[name].keep_only(keys, {str(row.values[0]).strip() for row in rows}, source.prefix)
            self._add(name, KindReport(deleted=removed))

    def _retry(self, name: str) -> None:
        """Rows in quarantine get another chance at each sync: a parent may have come, or the row been mended."""
        for keys in batches(sorted(self.loaders[name].lying), 500):
            rows = self.sources[name].with_keys(keys)
            if rows:
                report = self.loaders[name].load([row.values for row in rows])
                self._add(name, KindReport(0, report.created, report.updated, 0, report.deleted, report.quarantined))

    def _beat(self, name: str, done: int, there: int) -> None:
        self.progress(name, done, there)
        if self.lease is not None:
            place = list(self.sources).index(name)
            share = (place + min(done / max(there, 1), 1.0)) / len(self.sources)
            self.lease.beat(share, f"{name}: {done:,} / {there:,}")

    def _add(self, name: str, report: KindReport) -> None:
        kind = self.sources[name].kind.name
        self.reports[kind] = self.reports.get(kind, KindReport()) + report


def _silent(kind: str, done: int, there: int) -> None:
    return None
