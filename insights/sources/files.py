"""Files into the tables, by the same rules as a sync: what cannot be read is kept aside, the rest goes on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import router, transaction

from insights.batches import batches
from insights.cleaning import BadRow, Ways, quarantine
from insights.contacts import are_hashed
from insights.exceptions import ImportFileError, UnknownKeyError
from insights.masking import without_addresses
from insights.models import SyncCursor, atomic, many_rows
from insights.sources import cursors
from insights.sources.adapter import Adapter, get_adapters, is_channel
from insights.sources.cursors import Lease
from insights.sources.files_columns import match_columns
from insights.sources.files_keys import digest, keyed_rows, written
from insights.sources.files_read import FORMATS, Torn, format_of, open_sheet
from insights.sources.hidden import hide_contacts
from insights.sources.load import Loader
from insights.sources.manner import Manner
from insights.sources.records import KINDS
from insights.sources.rejects import reject_file
from insights.sources.report import KindReport
from insights.sources.together import settle_together
from insights.sources.words import classifier

CHANNEL = "files"
"""Where the rows of files belong unless they are said to belong elsewhere."""
_CHUNK = 2_000
_MOST_TOUCHED = 100_000
"""From so many orders on, all of the channel are compared in the end, rather than remembering which."""
_STATUSES = {"cancelled": "cancelled", "canceled": "cancelled", "refunded": "refunded", "test": "test"}
"""Words for a status that stand for themselves in a file."""

Progress = Callable[[int, float | None], None]
"""Called with the rows that are done, and the share of the file where it is known."""
_SHOWN = 5
"""Rows of a preview."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Attributes:
        columns: the file's column by field.
        unused: columns that no field took.
        rows: what became of the rows of this kind.
        others: what followed for other kinds, such as refunds from negative lines.
        preview: the first rows, as the fields take them; of a dry run alone.
    """

    kind: str
    channel: str
    columns: Mapping[str, str]
    unused: Sequence[str]
    rows: KindReport
    others: Mapping[str, KindReport] = field(default_factory=dict)
    seconds: float = 0.0
    dry_run: bool = False
    preview: Sequence[Mapping[str, Any]] = ()

    @property
    def cleaning(self) -> Mapping[str, int]:
        """How often each cleaning rule met, over all kinds."""
        total = Counter(self.rows.counts)
        for report in self.others.values():
            total.update(report.counts)
        # Orders that were empty until their lines came are counted back, and below zero says nothing here.
        return dict(sorted((+total).items()))

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data: what ``--json`` prints."""
        return {
            "kind": self.kind,
            "channel": self.channel,
            "columns": dict(self.columns),
            "unused": list(self.unused),
            **self.rows.as_dict(),
            "cleaning": dict(self.cleaning),
            "seconds": round(self.seconds, 3),
            **({"dry_run": True, "preview": [_readable(row) for row in self.preview]} if self.dry_run else {}),
        }


@many_rows()
def import_file(
    kind: str,
    path: Path | str,
    *,
    file_format: str | None = None,
    columns: Mapping[str, str] | None = None,
    channel: str = CHANNEL,
    date_format: str | None = None,
    progress: Progress | None = None,
    dry_run: bool = False,
    rejects: Path | str | None = None,
) -> ImportReport:
    """Take over the rows of a file. A second import of the same file changes nothing.

    Args:
        kind: ``customers``, ``orders``, ….
        file_format: csv, jsonl, xlsx or parquet; by default the file's ending says it.
        columns: column by field, where the names do not say it.
        channel: where the rows belong. Rows find each other within a channel only.
        date_format: how moments are written, for ``strptime``; by default ISO and what cannot be mistaken.
        dry_run: do everything, say what came of it, and undo it.
        rejects: a file for the rows that are not taken over, with the reason of each.

    Raises:
        ImportFileError: the file cannot be read, or lacks a column, or the channel belongs to an adapter. Of a file
            that is cut off the rows before the cut are taken over first.
        UnknownKeyError: the kind, the format or a field is none of ours.
        RunError: a sync or an import of the channel is running.
    """
    started = time.perf_counter()
    path = Path(path)
    if kind not in KINDS:
        raise UnknownKeyError("kind", kind, KINDS)
    if file_format is not None and file_format not in FORMATS:
        raise UnknownKeyError("format", file_format, FORMATS)
    if not is_channel(channel):
        raise ImportFileError(
            f"“{channel}” cannot be a channel. Give up to 32 letters, digits, dots, dashes or underscores."
        )
    adapter = _adapter_of(channel, kind)
    sheet = open_sheet(path, file_format or format_of(path))
    at = match_columns(KINDS[kind], sheet.header, columns or {})
    names = ("id", *(name for name in at if name != "id"))
    manner = _manner(channel, adapter)
    with undone(dry_run), reject_file(rejects, names) as reject, cursors.lease(channel, "import") as lease:
        hide_contacts()
        loader = Loader(KINDS[kind], manner, names, ways(), date_format=date_format, rejected=reject)
        work = _Import(loader, lease, progress, sheet.share, everything=cursors.is_pending(channel))
        cursors.set_pending(channel, True)
        work.take(keyed_rows(sheet.rows, KINDS[kind], names, at))
        others = work.compare()
        cursors.set_pending(channel, False)
        used = set(at.values())
        report = ImportReport(
            kind,
            channel,
            columns={name: sheet.header[position] for name, position in at.items()},
            unused=[name for position, name in enumerate(sheet.header) if name and position not in used],
            rows=work.report + others.pop(kind, KindReport()),
            others=others,
            seconds=time.perf_counter() - started,
            dry_run=dry_run,
            preview=work.first if dry_run else (),
        )
        cursors.report(lease.run, report.as_dict())
        if work.fault is not None:
            raise ImportFileError(f"{work.fault} The {work.report.read:,} rows before were read.") from work.fault
    return report


@contextmanager
def undone(dry_run: bool) -> Iterator[None]:
    """What is written within is taken back in the end, where it is a dry run."""
    if not dry_run:
        yield
        return
    with atomic():
        yield
        transaction.set_rollback(True, using=router.db_for_write(SyncCursor))


@dataclass
class _Import:
    """One import, as far as it is.

    Attributes:
        everything: whether all orders of the channel are to be compared in the end.
    """

    loader: Loader
    lease: Lease
    progress: Progress | None
    share: Callable[[], float | None]
    everything: bool = False
    report: KindReport = field(default_factory=KindReport)
    first: list[Mapping[str, Any]] = field(default_factory=list)
    fault: ImportFileError | None = None

    def take(self, rows: Iterator[Sequence[Any] | Torn]) -> None:
        """Take over all rows, chunk by chunk; of a file that is damaged, those before the damage."""
        for chunk in batches(self._readable(rows), _CHUNK):
            if not self.first:
                whole = (row for row in chunk if not isinstance(row, Torn))
                self.first = [dict(zip(self.loader.names, row, strict=True)) for row in islice(whole, _SHOWN)]
            torn = [row for row in chunk if isinstance(row, Torn)]
            with atomic():
                self.report += self.loader.load([row for row in chunk if not isinstance(row, Torn)])
                self.report += self._keep_aside(torn)
            self.loader.changed.clear()
            if len(self.loader.touched.orders) > _MOST_TOUCHED:
                self.everything = True
            if self.everything:
                self.loader.touched.clear()
            if self.progress is not None:
                self.progress(self.report.read, self.share())
            self.lease.beat(0.0, f"{self.loader.kind.name}: {self.report.read:,}")
        self.loader.finish()

    def compare(self) -> dict[str, KindReport]:
        """Run the rules that compare rows with each other; what they found, where they found anything."""
        manner = self.loader.manner
        touched = None if self.everything else self.loader.touched
        found = settle_together(
            manner.channel, guests=manner.guests, drop_identical=manner.drop_identical, touched=touched
        )
        return {kind: report for kind, report in found.items() if report != KindReport()}

    def _readable(self, rows: Iterator[Sequence[Any] | Torn]) -> Iterator[Sequence[Any] | Torn]:
        try:
            yield from rows
        except ImportFileError as error:
            self.fault = error

    def _keep_aside(self, torn: Sequence[Torn]) -> KindReport:
        return keep_torn_aside(self.loader, torn)


def keep_torn_aside(loader: Loader, torn: Sequence[Torn]) -> KindReport:
    """Put what is no row at all into quarantine."""
    if not torn:
        return KindReport()
    rows = [BadRow(f"#{digest(row.text)}", "unreadable_row", row.reason, {"row": _kept(row.text)}) for row in torn]
    new = quarantine(loader.manner.channel, loader.kind.name, rows)
    if loader.rejected is not None:
        loader.rejected(rows)
    return KindReport(read=len(torn), quarantined=new, counts={"unreadable_row": len(torn)})


def _kept(text: str) -> str:
    return without_addresses(text) if are_hashed() else text


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (str, int, float, type(None))) else str(value) for name, value in row.items()
    }


def _adapter_of(channel: str, kind: str) -> Adapter | None:
    """The adapter whose channel it is, where it maps other kinds; its own rows would be taken out by its next sync."""
    adapter = next((adapter for adapter in get_adapters() if adapter.name == channel), None)
    if adapter is not None and adapter.of_kind(kind):
        raise ImportFileError(
            f"The adapter of the channel “{channel}” maps {kind} itself, and its next sync would take the file's rows "
            f"out again. Give another --channel, such as “{CHANNEL}”."
        )
    return adapter


def _manner(channel: str, adapter: Adapter | None) -> Manner:
    orders = adapter.of_kind("orders") if adapter else []
    lines = adapter.of_kind("order_lines") if adapter else []
    return Manner(
        channel,
        guests=orders[0].options.get("guests", "by_email") if orders else "by_email",
        drop_identical=any(table.options.get("identical") == "drop" for table in lines),
        lists_categories=bool(adapter and adapter.of_kind("categories")),
        currency=adapter.currency if adapter else "",
    )


def ways() -> Ways:
    """What the words of a file mean."""
    return Ways(status=lambda word: _STATUSES.get(written(word).lower()), kind=classifier(None, whole=True))
