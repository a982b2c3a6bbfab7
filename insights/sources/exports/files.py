"""An export of another platform into a channel of its own, by a ready mapping."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from insights.batches import batches
from insights.exceptions import ImportFileError, UnknownKeyError
from insights.sources import cursors
from insights.sources.adapter import get_adapters, is_channel
from insights.sources.exports import ads, shopify, social, woocommerce
from insights.sources.exports.intake import Intake
from insights.sources.exports.mapping import Out, ReadyMapping, Said
from insights.sources.files import Progress, undone
from insights.sources.files_columns import plain
from insights.sources.files_read import FORMATS, Torn, format_of, open_sheet
from insights.sources.hidden import hide_contacts
from insights.sources.rejects import reject_file
from insights.sources.report import KindReport

MAPPINGS: dict[str, ReadyMapping] = {
    mapping.name: mapping for mapping in (*shopify.MAPPINGS, *woocommerce.MAPPINGS, *social.MAPPINGS, *ads.MAPPINGS)
}
"""The ready mappings by name."""
_CHUNK = 500
_MOST_TOUCHED = 100_000
_SHOWN = 5
_MOST_ROWS = 5_000
"""Rows of one order or product; more are a column that is the same everywhere."""


@dataclass(frozen=True)
class ExportReport:
    """What the import of an export did.

    Attributes:
        read: rows of the file.
        kinds: what became of the rows that they gave.
        preview: the first of those; of a dry run alone.
    """

    mapping: str
    channel: str
    read: int
    kinds: Mapping[str, KindReport]
    seconds: float = 0.0
    dry_run: bool = False
    preview: Sequence[tuple[str, Mapping[str, Any]]] = field(default=())

    @property
    def cleaning(self) -> Mapping[str, int]:
        """How often each cleaning rule met, over all kinds."""
        found: Counter[str] = Counter()
        for report in self.kinds.values():
            found.update(report.counts)
        return dict(sorted((+found).items()))

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data: what ``--json`` prints."""
        return {
            "mapping": self.mapping,
            "channel": self.channel,
            "read": self.read,
            "kinds": {kind: report.as_dict() for kind, report in self.kinds.items()},
            "cleaning": dict(self.cleaning),
            "seconds": round(self.seconds, 3),
            **(
                {"dry_run": True, "preview": [[kind, _plain(row)] for kind, row in self.preview]}
                if self.dry_run
                else {}
            ),
        }


def import_export(
    name: str,
    path: Path | str,
    *,
    channel: str = "",
    file_format: str | None = None,
    date_format: str | None = None,
    currency: str = "",
    progress: Progress | None = None,
    dry_run: bool = False,
    rejects: Path | str | None = None,
) -> ExportReport:
    """Take over an export of another platform. A second import of the same file changes nothing.

    Args:
        name: of one of :data:`MAPPINGS`.
        channel: by default the platform's own.
        currency: of rows that name none; by default the base currency.
        dry_run: do everything, say what came of it, and undo it.
        rejects: a file for the rows that are not taken over, with the reason of each.

    Raises:
        ImportFileError: the file cannot be read, or is another export, or the channel belongs to an adapter.
        UnknownKeyError: there is no such mapping or format.
        RunError: a sync or an import of the channel is running.
    """
    started, path = time.perf_counter(), Path(path)
    if name not in MAPPINGS:
        raise UnknownKeyError("mapping", name, MAPPINGS)
    if file_format is not None and file_format not in FORMATS:
        raise UnknownKeyError("format", file_format, FORMATS)
    mapping = MAPPINGS[name]
    channel = channel or mapping.platform.channel
    _check_channel(channel)
    sheet = open_sheet(path, file_format or format_of(path))
    header = [plain(column) for column in sheet.header]
    _check_header(mapping, header, sheet.header)
    names = list(dict.fromkeys(["kind", *(field for fields in mapping.platform.fields.values() for field in fields)]))
    with undone(dry_run), reject_file(rejects, names) as reject, cursors.lease(channel, "import") as lease:
        hide_contacts()
        intake = Intake(mapping.platform, channel, currency=currency, date_format=date_format, rejected=reject)
        intake.everything = cursors.is_pending(channel)
        cursors.set_pending(channel, True)
        rows = _Rows(sheet.rows)
        preview: list[Out] = []
        for groups in batches(_groups(mapping, header, rows), _CHUNK):
            found = [out for group in groups for out in mapping.split(group)]
            preview = preview or list(islice(found, _SHOWN))
            intake.take(found)
            intake.forget_touched(_MOST_TOUCHED)
            torn, rows.torn = rows.torn, []
            intake.add_torn(torn)
            if progress is not None:
                progress(rows.read, sheet.share())
            lease.beat(0.0, f"{mapping.name}: {rows.read:,}")
        intake.add_torn(rows.torn)
        intake.finish()
        cursors.set_pending(channel, False)
        report = ExportReport(
            name, channel, rows.read, intake.reports, time.perf_counter() - started, dry_run, preview if dry_run else ()
        )
        cursors.report(lease.run, report.as_dict())
        if rows.fault is not None:
            raise ImportFileError(f"{rows.fault} The {rows.read:,} rows before were read.") from rows.fault
    return report


class _Rows:
    """The rows of a sheet up to where it is damaged, without those that are none."""

    def __init__(self, rows: Iterator[Sequence[Any] | Torn]) -> None:
        self._rows = rows
        self.read = 0
        self.torn: list[Torn] = []
        self.fault: ImportFileError | None = None

    def __iter__(self) -> Iterator[Sequence[Any]]:
        try:
            for row in self._rows:
                self.read += 1
                if isinstance(row, Torn):
                    self.torn.append(row)
                else:
                    yield row
        except ImportFileError as error:
            self.fault = error


def _groups(mapping: ReadyMapping, header: Sequence[str], rows: _Rows) -> Iterator[Sequence[Said]]:
    """Rows that follow each other and belong together."""
    said = (dict(zip(header, row, strict=True)) for row in rows)
    column = next((name for name in mapping.together if name in header), None)
    if column is None:
        yield from ([row] for row in said)
        return
    for _, group in groupby(said, key=lambda row: row[column]):
        yield from batches(group, _MOST_ROWS)


def _check_header(mapping: ReadyMapping, header: Sequence[str], given: Sequence[str]) -> None:
    missing = [" or ".join(names) for names in mapping.needed if not set(names) & set(header)]
    if missing:
        raise ImportFileError(
            f"This is no file for {mapping.name}: it has no column {', '.join(missing)}. It has: "
            f"{', '.join(name or '(no name)' for name in given[:60])}."
        )


def _check_channel(channel: str) -> None:
    if not is_channel(channel):
        raise ImportFileError(f"“{channel}” cannot be a channel.")
    if any(adapter.name == channel for adapter in get_adapters()):
        raise ImportFileError(f"“{channel}” is the channel of an adapter. Give another --channel.")


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
        for name, value in row.items()
    }
