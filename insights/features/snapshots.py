"""A copy of the canonical tables as of a moment, in columnar files that any engine reads."""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import narwhals as nw
from django.utils.translation import gettext_noop

from insights.exceptions import RunError

from .engine import connect, read
from .moments import Moment
from .tables import TABLES, Row, Table

_MANIFEST = "snapshot.json"
_TRIES = 3
_CHUNK = 10_000

Progress = Callable[[float, str], None]
Tables = Mapping[str, nw.LazyFrame]


@dataclass(frozen=True)
class Snapshot:
    """One Parquet file a table, in ``folder``."""

    folder: Path
    as_of: datetime
    rows: dict[str, int]
    """Rows of each table."""

    @property
    def moment(self) -> Moment:
        """The moment at which the snapshot was taken."""
        return Moment.of(self.as_of)

    def tables(self, connection: duckdb.DuckDBPyConnection) -> Tables:
        """The tables as lazy frames."""
        return {table.name: read(connection, self.folder / f"{table.name}.parquet") for table in TABLES}


def snapshot(as_of: datetime, workdir: Path, progress: Progress | None = None) -> Snapshot:
    """Copy what was known at ``as_of`` into ``workdir``; a finished copy that is already there is taken as it is.

    Args:
        as_of: an aware datetime; its fraction of a second is cut off.
        workdir: a folder of our own.
        progress: called with the share done (0–1) and what is being done.

    Raises:
        RunError: when a table changes all the while that it is read.
    """
    as_of = as_of.replace(microsecond=0)
    there = open_snapshot(workdir)
    if there is not None and there.as_of == as_of:
        return there
    workdir.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    with connect(workdir) as connection:
        for done, table in enumerate(TABLES):
            if progress:
                progress(done / len(TABLES), gettext_noop("Copying the tables"))
            rows[table.name] = _copy(connection, table, as_of, workdir)
    draft = workdir / f"{_MANIFEST}.{uuid.uuid4().hex}.part"
    draft.write_text(json.dumps({"as_of": as_of.isoformat(), "rows": rows}), encoding="utf-8")
    draft.replace(workdir / _MANIFEST)
    return Snapshot(workdir, as_of, rows)


def open_snapshot(workdir: Path) -> Snapshot | None:
    """The finished snapshot in a folder; None where there is none, or not all of it any more."""
    try:
        manifest = json.loads((workdir / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not all((workdir / f"{table.name}.parquet").exists() for table in TABLES):
        return None
    return Snapshot(workdir, datetime.fromisoformat(manifest["as_of"]), manifest["rows"])


def _copy(connection: duckdb.DuckDBPyConnection, table: Table, as_of: datetime, folder: Path) -> int:
    """Database → CSV → Parquet, counted on each side: a reader takes a CSV that was cut on a line end for whole."""
    # Names of its own, since a worker that was taken for dead may still write here.
    token = uuid.uuid4().hex
    text, draft = folder / f"{table.name}.{token}.csv", folder / f"{table.name}.{token}.part"
    for _ in range(_TRIES):
        written = _write(table, as_of, text)
        lines = connection.read_csv(str(text), columns=table.columns, header=False, auto_detect=False, delimiter=",")
        lines.write_parquet(str(draft))
        arrived = connection.read_parquet(str(draft)).aggregate("count(*)").fetchall()[0][0]
        if written == arrived == table.source(as_of).count():
            draft.replace(folder / f"{table.name}.parquet")
            text.unlink()
            return written
    raise RunError(
        f"The table “{table.name}” changed each time that it was read ({_TRIES} times). Train when no sync is running."
    )


def _write(table: Table, as_of: datetime, path: Path) -> int:
    written = 0

    def counted() -> Iterator[Row]:
        nonlocal written
        for row in table.rows(table.source(as_of).iterator(_CHUNK), as_of):
            written += 1
            yield row

    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(counted())
    return written
