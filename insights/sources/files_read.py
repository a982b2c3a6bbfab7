"""Rows from files, a chunk at a time: whatever the size of the file, the memory stays small."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from insights.cleaning import Why
from insights.exceptions import ImportFileError
from insights.sources.files_text import Encoding, Text, encoding_of, is_broken, look_at

__all__ = ["FORMATS", "Sheet", "Torn", "delimiter_of", "encoding_of", "format_of", "open_sheet"]

FORMATS = ("csv", "jsonl", "xlsx", "parquet")
_ENDINGS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet",
}  # fmt: skip
_SNIFFED = 64 * 1024
_DELIMITERS = ",;\t|"
_LOOKED_AT = 1_000
"""Objects of a JSON Lines file from which its columns are known."""
_FETCHED = 2_000


@dataclass(frozen=True)
class Torn:
    """A row that cannot be read as the header says: its text, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Sheet:
    """What a file holds: the names of its columns, and its rows in their order.

    Attributes:
        share: how much of the file has been read, from 0 to 1; None where that cannot be told.
    """

    header: Sequence[str]
    rows: Iterator[Sequence[Any] | Torn]
    share: Callable[[], float | None] = lambda: None


def format_of(path: Path) -> str:
    """The format by the file's ending, with or without ``.gz``.

    Raises:
        ImportFileError: the ending says nothing.
    """
    endings = [ending.lower() for ending in path.suffixes]
    ending = endings[-2] if len(endings) > 1 and endings[-1] == ".gz" else (endings or [""])[-1]
    if ending not in _ENDINGS:
        raise ImportFileError(f"“{path.name}” does not say its format. Give --format: {', '.join(FORMATS)}.")
    return _ENDINGS[ending]


def open_sheet(path: Path, file_format: str) -> Sheet:
    """The header and the rows of a file.

    Raises:
        ImportFileError: it is not there, or not of this format; also while the rows are read.
    """
    readers: dict[str, Callable[[Path], Sheet]] = {"csv": _csv, "jsonl": _jsonl, "xlsx": _xlsx, "parquet": _parquet}
    try:
        with path.open("rb") as start:
            first = start.read(4)
    except OSError as error:
        raise ImportFileError(f"“{path}” cannot be read: {error.strerror}.") from error
    if not first:
        raise ImportFileError(f"“{path.name}” is empty.")
    if file_format in ("xlsx", "parquet") and first.startswith(b"\x1f\x8b"):
        raise ImportFileError(f"“{path.name}” is packed. Unpack it first: gunzip {path.name}")
    try:
        sheet = readers[file_format](path)
    except (OSError, UnicodeError) as error:
        raise _unreadable(path, f"{type(error).__name__}: {error}") from error
    return Sheet(sheet.header, _guarded(path, sheet.rows), sheet.share)


def _guarded(path: Path, rows: Iterator[Any]) -> Iterator[Any]:
    try:
        yield from rows
    except (OSError, UnicodeError) as error:
        raise _unreadable(path, f"{type(error).__name__}: {error}") from error


def _unreadable(path: Path, why: str) -> ImportFileError:
    return ImportFileError(f"“{path.name}” is damaged or cut off: {why}.")


def _to_the_cut(path: Path, file: Text, rows: Iterator[Any], said: Callable[[Any], str]) -> Iterator[Any]:
    """All rows; where the packing is damaged, the last one may lack its end, and nobody would see it."""
    held = next(rows, None)
    if held is None:
        return
    try:
        for row in rows:
            yield held
            held = row
    except (ImportFileError, UnicodeError):
        yield held
        raise
    if not file.bytes.fault:
        yield held
        return
    yield held if isinstance(held, Torn) else Torn(said(held), Why.CUT_OFF)
    raise _unreadable(path, file.bytes.fault)


def delimiter_of(sample: str) -> str:
    """What stands between the cells: the mark that cuts the most rows into as many cells as the first one."""
    lines = sample.splitlines()[:50]

    def quality(mark: str) -> tuple[float, int]:
        try:
            rows = [row for row in csv.reader(lines, delimiter=mark) if row]
        except csv.Error:
            return 0.0, 0
        width = len(rows[0]) if rows else 0
        return (sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0.0), width

    return max(_DELIMITERS, key=quality)


def _csv(path: Path) -> Sheet:
    encoding = look_at(path)
    with Text(path, encoding) as file:
        sample = file.read(_SNIFFED)
    announced = re.match(r"sep=(.)\r?\n", sample)
    mark = announced[1] if announced else delimiter_of(sample)
    text = Text(path, encoding)

    def rows() -> Iterator[list[str]]:
        with text as file:
            if announced:
                file.readline()
            reader = csv.reader(file, delimiter=mark)
            try:
                yield from reader
            except csv.Error as error:
                raise ImportFileError(
                    f"Line {reader.line_num} of “{path.name}” cannot be read: {error}. Is a quotation mark left open?"
                ) from error

    found = _to_the_cut(path, text, (row for row in rows() if any(row)), " | ".join)
    header = next(found, None)
    if header is None or isinstance(header, Torn):
        cut = text.bytes.fault
        raise _unreadable(path, cut) if cut else ImportFileError(f"“{path.name}” has no rows.")
    body = _of_width(found, len(header))
    return Sheet(
        [name.strip() for name in header],
        _without_broken(body, encoding) if encoding.broken else body,
        lambda: text.bytes.share,
    )


def _without_broken(rows: Iterable[Sequence[Any] | Torn], encoding: Encoding) -> Iterator[Sequence[Any] | Torn]:
    for row in rows:
        if not isinstance(row, Torn) and is_broken(said := " | ".join(row)):
            yield _no_characters(said, encoding)
        else:
            yield row


def _no_characters(text: str, encoding: Encoding) -> Torn:
    return Torn(text, Why.NO_CHARACTERS % {"encoding": encoding.name.upper().removesuffix("-SIG")})


def _of_width(rows: Iterable[list[str] | Torn], width: int) -> Iterator[Sequence[Any] | Torn]:
    for row in rows:
        if isinstance(row, Torn):
            yield row
        elif len(row) > width and any(cell.strip() for cell in row[width:]):
            yield Torn(" | ".join(row), Why.TOO_WIDE % {"cells": len(row), "columns": width})
        else:
            yield row[:width] + [""] * (width - len(row))


def _jsonl(path: Path) -> Sheet:
    encoding = look_at(path)
    text = Text(path, encoding)

    def lines() -> Iterator[str]:
        with text as file:
            for line in file:
                if line.strip():
                    yield line

    objects = (
        line if isinstance(line, Torn) else _object(line, encoding)
        for line in _to_the_cut(path, text, lines(), str.strip)
    )
    first: list[dict[str, Any] | Torn] = []
    cut: list[ImportFileError] = []
    try:
        first += islice(objects, _LOOKED_AT)
    except ImportFileError as error:
        cut.append(error)
    header = list(dict.fromkeys(name for item in first if isinstance(item, dict) for name in item))
    if not header:
        raise (
            cut[0]
            if cut
            else ImportFileError(f'“{path.name}” holds no JSON objects. Write one object a line: {{"id": 1, …}}')
        )

    def rows() -> Iterator[Sequence[Any] | Torn]:
        for item in chain(first, objects):
            yield item if isinstance(item, Torn) else [item.get(name) for name in header]
        if cut:
            raise cut[0]

    return Sheet(header, rows(), lambda: text.bytes.share)


def _object(line: str, encoding: Encoding) -> dict[str, Any] | Torn:
    if encoding.broken and is_broken(line):
        return _no_characters(line, encoding)
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return Torn(line, Why.LINE_NO_JSON)
    return found if isinstance(found, dict) else Torn(line, Why.LINE_NO_OBJECT)


def _xlsx(path: Path) -> Sheet:
    try:
        import python_calamine
    except ImportError as error:
        raise ImportFileError(
            "Excel files need a package: pip install 'django-shop-insights[excel]'. "
            "Or save the sheet as CSV and import that."
        ) from error
    try:
        book = python_calamine.load_workbook(str(path))
    except python_calamine.CalamineError as error:
        raise ImportFileError(f"“{path.name}” cannot be read as an Excel file: {error}") from error

    def rows_of(name: str) -> Iterator[list[Any]]:
        for row in book.get_sheet_by_name(name).iter_rows():
            cells = [_cell(value) for value in row]
            if any(cell not in ("", None) for cell in cells):
                yield cells

    header: list[str] = []
    names = []
    for name in book.sheet_names:
        titles = [str(cell).strip() for cell in next(rows_of(name), [])]
        if titles and not header:
            header = titles
        if titles and titles == header:
            names.append(name)
    if not header:
        raise ImportFileError(f"“{path.name}” has no rows.")

    def rows() -> Iterator[list[Any]]:
        for name in names:
            found = rows_of(name)
            next(found)
            yield from found

    return Sheet(header, rows())


def _cell(value: Any) -> Any:
    """A cell's value; Excel keeps whole numbers, and so keys, as floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _parquet(path: Path) -> Sheet:
    import duckdb

    connection = duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": False})
    try:
        found = connection.read_parquet(str(path))
        header, types = list(found.columns), [str(kind) for kind in found.types]
        # As text a moment keeps its zone, without a package for zones.
        found = found.select(
            *(
                (column.cast("VARCHAR") if kind == "TIMESTAMP WITH TIME ZONE" else column).alias(name)
                for name, kind in zip(header, types, strict=True)
                for column in (duckdb.ColumnExpression(name),)
            )
        )
        connection.execute(found.sql_query())
    except duckdb.Error as error:
        connection.close()
        raise ImportFileError(f"“{path.name}” cannot be read as Parquet: {str(error).splitlines()[0]}") from error

    def rows() -> Iterator[Sequence[Any]]:
        with closing(connection):
            while chunk := connection.fetchmany(_FETCHED):
                yield from chunk

    return Sheet(header, rows())
