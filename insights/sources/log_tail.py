"""The lines of a growing file from where they were left, through rotation and truncation.

A file is known by its beginning rather than by its name or its number on the disk: a log that was moved aside is read
to its end under its new name, and one that was copied and emptied is not read twice.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from insights.sources.files_text import Unpacked

_HEAD = 1024
_BLOCK = 256 * 1024
_LONGEST = 1024 * 1024
"""A line without an end is given up after so many bytes."""


@dataclass(frozen=True)
class Place:
    """How far a log has been read.

    Attributes:
        offset: bytes that are done, unpacked.
        head: hash of the file's first bytes, ``size`` of them.
    """

    offset: int = 0
    head: str = ""
    size: int = 0

    @classmethod
    def of(cls, said: Any) -> Place:
        """The place that :meth:`as_dict` wrote; the beginning for anything else."""
        if not isinstance(said, dict):
            return cls()
        return cls(int(said.get("offset", 0)), str(said.get("head", "")), int(said.get("size", 0)))

    def as_dict(self) -> dict[str, Any]:
        """The place as plain data, to be stored."""
        return {"offset": self.offset, "head": self.head, "size": self.size}


@dataclass(frozen=True)
class Part:
    """Some whole lines, and the place behind them."""

    lines: list[bytes]
    place: Place


class LogTail:
    """Reads a log from a place on.

    Args:
        place: where an earlier reading stopped; the beginning by default.
    """

    def __init__(self, path: Path, place: Place | None = None) -> None:
        self._path = path
        self.place = place or Place()

    def parts(self, *, growing: bool = False) -> Iterator[Part]:
        """What is there now, in parts of whole lines: what was moved aside first, then the file itself.

        Args:
            growing: leave a last line without its end for the next time, since it is being written.

        Raises:
            OSError: the file cannot be read.
        """
        if self.place.size and not _is(self._path, self.place):
            aside = self._moved_aside()
            if aside is not None:
                yield from self._read(aside, growing=False)
            self.place = Place()
        if growing and not self._path.exists():
            return  # it is being rotated
        yield from self._read(self._path, growing=growing)

    def _moved_aside(self) -> Path | None:
        """The log under the name that it was given when it was rotated."""
        names = sorted(self._path.parent.glob(f"{_escaped(self._path.name)}?*"))
        stem = self._path.stem
        names += sorted(self._path.parent.glob(f"{_escaped(stem)}[-.]*{_escaped(self._path.suffix)}*"))
        return next((name for name in names if name != self._path and name.is_file() and _is(name, self.place)), None)

    def _read(self, path: Path, *, growing: bool) -> Iterator[Part]:
        with _open(path) as file:
            head = file.peek(_HEAD)[:_HEAD]
            _go_to(file, self.place.offset)
            rest = b""
            while block := file.read(_BLOCK):
                whole, newline, rest = (rest + block).rpartition(b"\n")
                if newline:
                    yield self._part(whole.split(b"\n"), len(whole) + 1, head)
                elif len(rest) > _LONGEST:
                    yield self._part([], len(rest), head)
                    rest = b""
            fault = file.raw.fault if isinstance(file.raw, Unpacked) else ""
            if fault and not growing:
                raise OSError(f"it is damaged or cut off: {fault}")
            if rest and not growing:
                yield self._part([rest], len(rest), head)

    def _part(self, lines: list[bytes], size: int, head: bytes) -> Part:
        offset = self.place.offset + size
        start = head[: min(offset, _HEAD)]
        self.place = Place(offset, _hash(start), len(start))
        return Part(lines, self.place)


def _is(path: Path, place: Place) -> bool:
    """Whether a file begins as the one of the place did, and is as long as was read of it."""
    try:
        with _open(path) as file:
            if _hash(file.read(place.size)) != place.head:
                return False
            return isinstance(file.raw, Unpacked) or path.stat().st_size >= place.offset
    except OSError:
        return False


def _open(path: Path) -> io.BufferedReader:
    with path.open("rb") as start:
        packed = start.read(2) == b"\x1f\x8b"
    return io.BufferedReader(Unpacked(path), _BLOCK) if packed else path.open("rb")


def _go_to(file: io.BufferedReader, offset: int) -> None:
    if not isinstance(file.raw, Unpacked):
        file.seek(offset)
        return
    at = 0
    while at < offset and (skipped := len(file.read(min(_BLOCK, offset - at)))):
        at += skipped


def _hash(data: bytes) -> str:
    return blake2b(data, digest_size=12).hexdigest()


def _escaped(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)
