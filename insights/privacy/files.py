"""Files below ``DATA_DIR`` that name a person: lists that somebody put there, rejected rows, output of commands."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from insights.conf import settings
from insights.masking import GAP
from insights.privacy.traces import Traces

_OURS = ("models", "cache", "runs")
"""Folders of models and copies of tables, which know people by row numbers alone; they are dealt with as such."""
_TEXTS = frozenset({".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".log"})


def clean_files(traces: Traces) -> dict[str, int]:
    """Take a person out of the text files.

    Returns:
        How many ``files`` were written anew, and how many ``unread_files`` there are: packed ones that are damaged.

    Raises:
        OSError: a file cannot be written.
    """
    done = {"files": 0, "unread_files": 0}
    for path in _text_files():
        try:
            named = _names(path, traces)
        except (EOFError, OSError, zlib.error):
            done["unread_files"] += 1
            continue
        if named:
            _clean(path, traces)
            done["files"] += 1
    return done


def _text_files() -> Iterator[Path]:
    root = Path(settings.DATA_DIR)
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        plain = Path(path.stem) if path.suffix == ".gz" else path
        if inside.parts[0] not in _OURS and plain.suffix.lower() in _TEXTS and path.is_file() and not path.is_symlink():
            yield path


def _names(path: Path, traces: Traces) -> bool:
    with _open(path, "rt") as lines:
        return any(traces.pattern.search(line) for line in lines)


def _clean(path: Path, traces: Traces) -> None:
    draft = path.with_name(f"draft-{path.name}")
    with _open(path, "rt") as source, _open(draft, "wt") as target:
        target.writelines(traces.pattern.sub(GAP, line) for line in source)
    draft.replace(path)


def _open(path: Path, mode: str) -> IO[str]:
    how: dict[str, Any] = {"encoding": "utf-8", "errors": "surrogateescape", "newline": ""}
    if path.suffix == ".gz":
        return cast(IO[str], gzip.open(path, mode, **how))
    return path.open(mode, **how)
