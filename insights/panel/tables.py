"""The same data as a table and as a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, how a value is written, a class for the sheet, and one that hangs on the value."""

    label: str
    show: Callable[[Any], str] = str
    css: str = ""
    tone: Callable[[Any], str] | None = None

    def write(self, value: object) -> str:
        """A value as text; a dash where there is none."""
        return "–" if value is None else self.show(value)

    def style(self, value: object) -> str:
        """The classes of the cell of a value."""
        return f"{self.css} {self.tone(value)}".strip() if self.tone else self.css


@dataclass(frozen=True)
class Table:
    """Rows of raw values, the first of each row being its head."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]

    @property
    def shown(self) -> list[list[tuple[str, str]]]:
        """The rows as (text, class)."""
        return [
            [(column.write(value), column.style(value)) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]


@dataclass(frozen=True)
class Figure:
    """A drawing with the same data as a table and as a file.

    Attributes:
        svg: the drawing.
        table: its data.
        csv: where the file is.
    """

    svg: SafeString
    table: Table
    csv: str = ""


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Rows as a CSV file that spreadsheets open in any language, sent while it is read.

    Args:
        name: the file's name without its ending.
        head: the heads of the columns.
        rows: raw values.
    """
    response = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # The mark at the start lets spreadsheets read Chinese.
    yield "\ufeff" + writer.writerow([_cell(item) for item in head])
    for row in rows:
        yield writer.writerow([_cell(item) for item in row])


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula is kept a text."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + value
    return "" if value is None else value
