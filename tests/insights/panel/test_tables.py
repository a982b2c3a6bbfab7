from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from insights.panel.tables import Column, Table, csv_file


def read(response) -> list[list[str]]:  # type: ignore[no-untyped-def]
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def test_csv_file__reads_back_and_opens_in_any_language() -> None:
    rows = [("周子涵", 3, Decimal("1.50"), None), ('a "b", c', -3, Decimal("-1.50"), "line\nbreak")]
    response = csv_file("people", ["名字", "n", "x", "y"], rows)
    assert response["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert read(response) == [
        ["名字", "n", "x", "y"], ["周子涵", "3", "1.50", ""], ['a "b", c', "-3", "-1.50", "line\nbreak"],
    ]  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_file__keeps_a_formula_a_text(start: str) -> None:
    assert read(csv_file("x", ["a"], [(f"{start}1+1",)]))[1][0] == f"'{start}1+1"


def test_csv_file__is_sent_while_it_is_read() -> None:
    taken = []

    def rows():  # type: ignore[no-untyped-def]
        for number in range(3):
            taken.append(number)
            yield (number,)

    parts = iter(csv_file("x", ["n"], rows()))
    next(parts)
    next(parts)
    assert taken == [0]


def test_table__writes_and_styles_each_cell() -> None:
    table = Table(
        [Column("a"), Column("b", lambda value: f"{value}!", "ins-left", lambda value: "ins-good" if value else "")],
        [("x", 1), ("y", 0), ("z", None)],
    )
    assert table.shown == [
        [("x", ""), ("1!", "ins-left ins-good")],
        [("y", ""), ("0!", "ins-left")],
        [("z", ""), ("–", "ins-left")],
    ]
