"""The bytes and the characters of a file: unpacked, in the encoding that they are in, and never further than they go."""

from __future__ import annotations

import codecs
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BLOCK = 128 * 1024
_PACKED = b"\x1f\x8b"
_GZIP = 31
"""``wbits`` of a stream with the header of gzip."""
_ESCAPED = re.compile("[\udc80-\udcff]")
_FORGIVING = ("utf-8", "utf-8-sig", "gb18030")
"""Encodings of which a single broken byte spoils a row, and not the file."""


class Unpacked(io.RawIOBase):
    """The bytes of a file, unpacked where gzip packed them, whatever the name says.

    Attributes:
        fault: what is wrong with the packing, once that is met; the bytes end there.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._size = path.stat().st_size
        self._zip = zlib.decompressobj(_GZIP) if self._file.read(2) == _PACKED else None
        self._file.seek(0)
        self.fault = ""

    def readable(self) -> bool:
        """It is read and nothing else."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        data = self._file.read(len(buffer)) if self._zip is None else self._unpack(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file as well."""
        self._file.close()
        super().close()

    @property
    def share(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._file.tell() / self._size if self._size and not self._file.closed else 1.0

    def _unpack(self, size: int) -> bytes:
        assert self._zip is not None
        while not self.fault:
            if self._zip.eof:
                # Packed files may be put one behind the other.
                given = (self._zip.unused_data or self._file.read(_BLOCK)).lstrip(b"\0")
                if not given:
                    return b""
                self._zip = zlib.decompressobj(_GZIP)
            else:
                given = self._zip.unconsumed_tail or self._file.read(_BLOCK)
            try:
                data = self._zip.decompress(given, size)
            except zlib.error as error:
                self.fault = str(error)
                return b""
            if data:
                return data
            if not given and not self._zip.eof:
                self.fault = "the packed data end too early"
        return b""


@dataclass(frozen=True)
class Encoding:
    """How the characters of a file are written.

    Attributes:
        broken: whether some bytes are none of it; they come out as lone surrogates.
    """

    name: str
    broken: bool = False


class Text(io.TextIOWrapper):
    """The characters of a file."""

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self.bytes = Unpacked(path)
        errors = "surrogateescape" if encoding.name in _FORGIVING else "strict"
        super().__init__(io.BufferedReader(self.bytes, _BLOCK), encoding.name, errors, newline="")


def is_broken(text: str) -> bool:
    """Whether a text holds bytes that are no characters."""
    return not text.isascii() and _ESCAPED.search(text) is not None


def look_at(path: Path) -> Encoding:
    """The encoding of a text file: by its mark, else UTF-8 where nearly all of it is, else GB18030 or that of Windows.

    In Chinese text the bytes above 127 stand together, in European text nearly all of them stand alone.
    """
    with Unpacked(path) as file:
        blocks = iter(lambda: file.read(_BLOCK), b"")
        first = next(blocks, b"")
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return Encoding("utf-16")
        marked = first.startswith(codecs.BOM_UTF8)
        return _weighed(_blocks(first, blocks), marked)


def encoding_of(path: Path) -> str:
    """The name of the encoding of a text file, as :func:`look_at` finds it."""
    return look_at(path).name


def _blocks(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


class _Attempt:
    """A decoder, with how many characters above ASCII it made and how many bytes it could not read."""

    def __init__(self, name: str) -> None:
        self._decoder = codecs.getincrementaldecoder(name)("surrogateescape")
        self.good = self.bad = 0

    def take(self, block: bytes, *, final: bool = False) -> None:
        text = self._decoder.decode(block, final)
        if not text.isascii():
            bad = len(_ESCAPED.findall(text))
            self.bad += bad
            self.good += sum(map(len, re.findall(r"[^\x00-\x7f]+", text))) - bad


def _weighed(blocks: Iterator[bytes], marked: bool) -> Encoding:
    utf8, chinese = _Attempt("utf-8"), _Attempt("gb18030")
    windows = True
    alone = together = 0
    for block in blocks:
        utf8.take(block)
        chinese.take(block)
        if block.isascii():
            continue
        windows = windows and not re.search(rb"[\x81\x8d\x8f\x90\x9d]", block)
        for run in re.finditer(rb"[\x80-\xff]+", block):
            size = run.end() - run.start()
            alone, together = (alone + 1, together) if size == 1 else (alone, together + size)
    utf8.take(b"", final=True)
    chinese.take(b"", final=True)
    if marked:
        return Encoding("utf-8-sig", bool(utf8.bad))
    if not utf8.bad or utf8.good >= 4 * utf8.bad:
        return Encoding("utf-8", bool(utf8.bad))
    if together > alone and chinese.good >= 20 * chinese.bad:
        return Encoding("gb18030", bool(chinese.bad))
    return Encoding("cp1252" if windows else "latin-1")
