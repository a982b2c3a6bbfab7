from __future__ import annotations

import gzip
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.sources.log_tail import LogTail, Place


def read(path: Path, place: Place | None = None, *, growing: bool = True) -> tuple[list[bytes], Place]:
    tail = LogTail(path, Place.of(place.as_dict()) if place else None)
    lines = [line for part in tail.parts(growing=growing) for line in part.lines]
    return lines, tail.place


def lines(*numbers: int) -> bytes:
    return b"".join(b"line %d of the log\n" % number for number in numbers)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(lines(1, 2))
    return path


def add(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_it_goes_on_where_it_was(log: Path) -> None:
    found, place = read(log)
    assert found == lines(1, 2).splitlines()
    assert read(log, place)[0] == []
    add(log, lines(3) + b"half of")
    found, place = read(log, place)
    assert found == lines(3).splitlines()
    add(log, b" a line\n")
    assert read(log, place)[0] == [b"half of a line"]


def test_a_last_line_without_an_end_is_taken_where_nothing_grows(log: Path) -> None:
    add(log, b"the end")
    assert read(log, growing=False)[0][-1] == b"the end"


@pytest.mark.parametrize("name", ["access.log.1", "access.log-20260302", "access-20260302.log", "access.log.1.gz"])
def test_rotated__the_rest_of_the_old_one_comes_first(log: Path, name: str) -> None:
    _, place = read(log)
    add(log, lines(3) + b"cut")
    (log.parent / "access.log.2").write_bytes(lines(9))
    aside = log.parent / name
    if name.endswith(".gz"):
        aside.write_bytes(gzip.compress(log.read_bytes()))
        log.unlink()
    else:
        log.rename(aside)
    log.write_bytes(lines(4))
    found, place = read(log, place)
    assert found == [*lines(3).splitlines(), b"cut", *lines(4).splitlines()]
    add(log, lines(5))
    assert read(log, place)[0] == lines(5).splitlines()


def test_rotated__and_the_new_one_is_not_there_yet(log: Path) -> None:
    _, place = read(log)
    add(log, lines(3))
    log.rename(log.parent / "access.log.1")
    found, place = read(log, place)
    assert found == lines(3).splitlines()
    assert read(log, place)[0] == []
    log.write_bytes(lines(4))
    assert read(log, place)[0] == lines(4).splitlines()
    with pytest.raises(FileNotFoundError):
        read(log.parent / "none.log", growing=False)


def test_copied_and_emptied__nothing_is_read_twice(log: Path) -> None:
    _, place = read(log)
    add(log, lines(3))
    shutil.copy(log, log.parent / "access.log.1")
    log.write_bytes(b"")
    found, place = read(log, place)
    assert found == lines(3).splitlines()
    add(log, lines(4))
    found, place = read(log, place)
    assert found == lines(4).splitlines()


def test_emptied__it_begins_anew(log: Path) -> None:
    _, place = read(log)
    log.write_bytes(lines(7))
    assert read(log, place)[0] == lines(7).splitlines()


def test_packed__whole_and_cut(log: Path) -> None:
    random.seed(7)
    some = lines(*(random.randrange(10**9) for _ in range(5_000)))
    packed = log.parent / "old.gz"
    packed.write_bytes(gzip.compress(some))
    assert read(packed, growing=False)[0] == some.splitlines()
    packed.write_bytes(gzip.compress(some)[:-2_000])
    found, place = read(packed)
    assert found == some.splitlines()[: len(found)]
    assert len(found) > 1_000
    with pytest.raises(OSError, match="cut off"):
        read(packed, growing=False)
    packed.write_bytes(gzip.compress(some))
    assert found + read(packed, place)[0] == some.splitlines()


@given(st.data())
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_each_line_comes_once(tmp_path: Path, data: st.DataObject) -> None:
    """A log is written, rotated, copied and emptied, and read in between, each time by another process."""
    for old in tmp_path.iterdir():
        old.unlink()
    log, place, written, found = tmp_path / "a.log", None, [], []
    log.touch()
    rotations = 0
    for step in data.draw(st.lists(st.sampled_from(["write", "write", "half", "move", "empty", "read"]), max_size=25)):
        if step in ("write", "half"):
            text = b"%d:%d" % (len(written), rotations)
            add(log, text + b"\n")
            written.append(text)
        elif step in ("move", "empty") and log.stat().st_size:
            # Between two rotations somebody looks: of two at once the first would be lost.
            more, place = read(log, place)
            found += more
            rotations += 1
            shutil.copy(log, tmp_path / f"a.log.{rotations}")
            if step == "move":
                log.unlink()
            log.write_bytes(b"")
        elif step == "read":
            more, place = read(log, place)
            found += more
    more, _ = read(log, place)
    assert found + more == written
