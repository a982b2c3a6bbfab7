from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.exceptions import ImportFileError
from insights.sources.files_read import Torn, open_sheet
from insights.sources.files_text import Encoding, Unpacked, look_at


def rows_until_cut(path: Path, file_format: str = "csv") -> tuple[list[list[str]], list[Torn], str]:
    """Good rows, torn rows, and what was said in the end."""
    found: list[object] = []
    said = ""
    try:
        for row in open_sheet(path, file_format).rows:
            found.append(row)
    except ImportFileError as error:
        said = str(error)
    return [list(row) for row in found if isinstance(row, list)], [row for row in found if isinstance(row, Torn)], said


@given(data=st.binary(max_size=5_000), parts=st.integers(1, 3))
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_unpacked__gives_what_was_packed(tmp_path: Path, data: bytes, parts: int) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"".join(gzip.compress(data) for _ in range(parts)) + b"\0" * (parts - 1))
    with Unpacked(path) as file:
        assert file.read() == data * parts
        assert file.fault == ""
        assert file.share == 1.0


@given(cut=st.integers(20, 6_000))
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_csv__of_a_cut_packing_whole_rows_are_given_and_the_cut_is_said(tmp_path: Path, cut: int) -> None:
    rows = [[str(number), f"name {number * 7919 % 10_007}"] for number in range(2_000)]
    packed = gzip.compress("\n".join(["id,name", *map(",".join, rows)]).encode())
    path = tmp_path / "f.csv.gz"
    path.write_bytes(packed[: min(cut, len(packed) - 1)])
    good, torn, said = rows_until_cut(path)
    assert good == rows[: len(good)]
    assert "damaged or cut off" in said
    assert len(torn) == bool(good or torn)
    assert all("cut off" in row.reason for row in torn)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv__a_broken_byte_spoils_its_row_alone(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "f.csv"
    lines = ["id,name", *(f"{number},茉莉花茶 买一送一 {number}" for number in range(40))]
    data = bytearray("\n".join(lines).encode(encoding))
    spot = data.index(b"17,") + 3
    data[spot : spot + 1] = b"\xff"
    path.write_bytes(bytes(data))
    assert look_at(path) == Encoding(encoding, broken=True)
    good, torn, said = rows_until_cut(path)
    assert said == ""
    assert [row[0] for row in good] == [str(number) for number in range(40) if number != 17]
    assert good[0][1] == "茉莉花茶 买一送一 0"
    (bad,) = torn
    assert bad.reason == f"The row holds bytes that are no {encoding.upper().removesuffix('-SIG')}."


def test_jsonl__a_broken_byte_spoils_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes("".join(f'{{"id": "{n}", "name": "茶叶"}}\n' for n in range(5)).encode() + b'{"id": "\xff"}\n')
    good, torn, said = rows_until_cut(path, "jsonl")
    assert (len(good), len(torn), said) == (5, 1, "")


def test_jsonl__no_row_is_lost_behind_those_that_give_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_text("".join(f'{{"id": {number}}}\n' for number in range(1_005)))
    assert [row[0] for row in open_sheet(path, "jsonl").rows if not isinstance(row, Torn)] == list(range(1_005))


def test_jsonl__cut_within_the_first_rows(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl.gz"
    path.write_bytes(gzip.compress("".join(f'{{"id": {n}}}\n' for n in range(100)).encode())[:-9])
    good, _, said = rows_until_cut(path, "jsonl")
    assert good == [[number] for number in range(len(good))]
    assert good
    assert "damaged or cut off" in said


@given(data=st.binary(max_size=400))
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_whatever_bytes_there_are_nothing_breaks(tmp_path: Path, file_format: str, data: bytes) -> None:
    path = tmp_path / "f"
    path.write_bytes(b'id,name\n{"id": 1}\n' + data)
    rows_until_cut(path, file_format)
