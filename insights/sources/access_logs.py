"""Access logs into events, from where they were left: killed at any moment, nothing is lost and nothing comes twice.

The place in the log moves in the transaction that writes its events. A line gives the same event whenever it is read,
so that a log which was imported by hand and is then followed counts once.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from insights.batches import batches
from insights.cleaning import Ways, Why
from insights.conf import settings
from insights.exceptions import ImportFileError
from insights.models import SyncCursor, atomic, many_rows
from insights.sources import cursors
from insights.sources.access_assets import label_bare, note_assets
from insights.sources.access_formats import Reader, format_of_lines, reader_of
from insights.sources.access_hits import (
    NAMES,
    Reading,
    ignored_paths,
    line_key,
    own_hosts,
    product_paths,
    without_machines,
)
from insights.sources.adapter import is_channel
from insights.sources.cursors import Lease
from insights.sources.directory import Directory
from insights.sources.files import keep_torn_aside
from insights.sources.files_read import Torn
from insights.sources.load import Loader
from insights.sources.log_tail import LogTail, Place
from insights.sources.manner import Manner
from insights.sources.records import KINDS
from insights.sources.report import KindReport

CHANNEL = "access-log"
"""Where the events of logs belong. They name products of the shop's channel."""
_LINES = 2_000


@dataclass(frozen=True)
class LogReport:
    """What the reading of a log did.

    Attributes:
        lines: that were read.
        left_out: how many lines are no page views, by reason: ``asset``, ``method``, ``status``, ``refused``, ``time``.
        rows: what became of the events.
    """

    log_format: str
    lines: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    rows: KindReport = field(default_factory=KindReport)
    seconds: float = 0.0

    def __add__(self, other: LogReport) -> LogReport:
        return LogReport(
            other.log_format,
            self.lines + other.lines,
            Counter(self.left_out) + Counter(other.left_out),
            self.rows + other.rows,
            self.seconds + other.seconds,
        )

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data: what ``--json`` prints."""
        return {
            "log_format": self.log_format,
            "lines": self.lines,
            "left_out": dict(self.left_out),
            **self.rows.as_dict(),
            "cleaning": dict(sorted((+Counter(self.rows.counts)).items())),
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class LogOptions:
    """How a log is read.

    Attributes:
        log_format: a name of :data:`insights.sources.access_formats.FORMATS`, ``json``, or the server's own notation;
            found out by itself where it is empty.
        products: the channel whose products the paths are compared with.
        hosts: names of the shop beside those in its products' addresses.
        searches: parameters that hold a search, before the usual ones.
        ignore: beginnings of paths that are no pages.
    """

    log_format: str = ""
    channel: str = CHANNEL
    products: str = "shop"
    hosts: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def import_log(
    path: Path | str,
    options: LogOptions | None = None,
    *,
    growing: bool = False,
    progress: Callable[[int, float | None], None] | None = None,
) -> LogReport:
    """Take over what a log holds beyond what was read of it before.

    Args:
        growing: a last line without its end is being written, and is left for the next time.

    Raises:
        ImportFileError: the file cannot be read, or its format is not known, or nothing may be recorded.
        RunError: another import of the channel is running.
    """
    path, options = Path(path), options or LogOptions()
    _check(options)
    with cursors.lease(options.channel, "import") as lease:
        report = _Log(path, options, lease).read_on(growing=growing, progress=progress)
        cursors.report(lease.run, report.as_dict())
    return report


def follow_log(
    path: Path | str,
    options: LogOptions | None = None,
    *,
    every: float = 2.0,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[LogReport]:
    """Read a log as it grows; gives a report whenever something came.

    Args:
        every: seconds between two looks.
        stop: asked after each look whether it is enough.

    Raises:
        ImportFileError: as :func:`import_log`; a log that is not there or empty is waited for.
        RunError: another import of the channel is running, or has taken over.
    """
    path, options = Path(path), options or LogOptions()
    _check(options)
    with cursors.lease(options.channel, "import") as lease:
        log = _Log(path, options, lease)
        total = LogReport(options.log_format)
        while True:
            report = log.read_on(growing=True)
            if report.lines:
                total += report
                cursors.report(lease.run, total.as_dict())
                yield report
            if stop():
                return
            lease.beat(0.0, f"{path.name}: {total.lines:,}")
            time.sleep(every)


class _Log:
    """A log that is read part by part."""

    def __init__(self, path: Path, options: LogOptions, lease: Lease) -> None:
        self._path, self._options, self._lease = path, options, lease
        self._format = options.log_format
        self._read: Reader | None = reader_of(self._format) if self._format else None
        self._cursor, _ = SyncCursor.objects.get_or_create(channel=options.channel, kind=_kind(path))
        self._tail = LogTail(path, Place.of(self._cursor.position))
        self._loader = Loader(
            KINDS["events"], Manner(options.channel), NAMES, Ways(), directory=Directory(options.products)
        )

    @many_rows()
    def read_on(self, *, growing: bool, progress: Callable[[int, float | None], None] | None = None) -> LogReport:
        """Take over what came since; what cannot be read as a line of the log is kept aside."""
        started, lines, rows = time.perf_counter(), 0, KindReport()
        reading: Reading | None = None
        try:
            for part in self._tail.parts(growing=growing):
                # Made anew each time, since products come and go while a log is followed.
                reading = reading or _reading(self._options)
                with atomic():
                    for chunk in batches(iter(part.lines), _LINES):
                        rows += _take(self._loader, reading, self._reader(chunk), chunk)
                        lines += len(chunk)
                    note_assets(self._options.channel, reading.loaded)
                    reading.loaded.clear()
                    SyncCursor.objects.filter(pk=self._cursor.pk).update(position=part.place.as_dict())
                if progress is not None:
                    progress(lines, None)
                self._lease.beat(0.0, f"{self._path.name}: {lines:,}")
        except OSError as error:
            raise ImportFileError(f"“{self._path}” cannot be read: {error.strerror or error}.") from error
        if reading is not None:
            label_bare(self._options.channel, reading.days)
        left_out = dict(reading.left_out) if reading else {}
        return LogReport(self._format, lines, left_out, rows, time.perf_counter() - started)

    def _reader(self, lines: Sequence[bytes]) -> Reader:
        if self._read is None:
            self._format = format_of_lines(line.decode("utf-8", "replace") for line in lines)
            self._read = reader_of(self._format)
        return self._read


def _take(loader: Loader, reading: Reading, read: Reader, lines: Sequence[bytes]) -> KindReport:
    events: list[list[Any]] = []
    torn: list[Torn] = []
    for line in lines:
        text = line.decode("utf-8", "surrogateescape").rstrip("\r")
        if not text:
            continue
        hit = read(text)
        if hit is None:
            # The text is kept without addresses, so that its key must come from the line.
            torn.append(Torn(f"{without_machines(text)[:300]} #{line_key(line)[:12]}", Why.OTHER_FORMAT))
        else:
            events += reading.events(hit, line)
    report = keep_torn_aside(loader, torn)
    return report + loader.load(events) if events else report


def _reading(options: LogOptions) -> Reading:
    return Reading(
        product_paths(options.products),
        own_hosts(options.products, options.hosts),
        (*options.searches, *Reading.searches),
        ignored_paths(options.ignore),
        options.since,
        options.until,
    )


def _check(options: LogOptions) -> None:
    if settings.TRACKING == "none":
        raise ImportFileError("INSIGHTS['TRACKING'] is 'none': nothing of visitors may be recorded, from logs neither.")
    if not is_channel(options.channel):
        raise ImportFileError(f"“{options.channel}” cannot be a channel.")


def _kind(path: Path) -> str:
    """The cursor of a file, whose name must be short."""
    return f"log:{blake2b(str(path.resolve()).encode(), digest_size=6).hexdigest()}"
