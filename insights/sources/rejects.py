"""The rows that were not taken over, as a file to be mended and imported again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from insights.cleaning import BadRow

RULE, REASON, TORN = "rejected_by", "rejected_because", "rejected_row"
"""Columns beside those of the fields. An import does not know them, and so leaves them alone."""


@contextmanager
def reject_file(path: Path | str | None, names: Sequence[str]) -> Iterator[Callable[[Sequence[BadRow]], None] | None]:
    """What writes bad rows into a file: JSON Lines where its ending says so, else CSV; None without a file.

    The columns are the fields, so that mended rows are understood as they are.

    Args:
        names: the fields of a row.
    """
    if path is None:
        yield None
        return
    with Path(path).open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        if Path(path).suffix.lower() in (".jsonl", ".ndjson", ".json"):

            def write_json(rows: Sequence[BadRow]) -> None:
                for bad in rows:
                    said = {RULE: bad.rule, REASON: bad.reason, **_said(bad)}
                    file.write(json.dumps(said, ensure_ascii=False, default=str) + "\n")

            yield write_json
            return
        table = csv.DictWriter(file, [RULE, REASON, *dict.fromkeys(names), TORN], extrasaction="ignore")
        table.writeheader()

        def write_csv(rows: Sequence[BadRow]) -> None:
            table.writerows({RULE: bad.rule, REASON: bad.reason, **_said(bad)} for bad in rows)

        yield write_csv


def _said(bad: BadRow) -> dict[str, Any]:
    """The values of a row; of one that could not be read, its text."""
    if bad.rule == "unreadable_row":
        return {TORN: bad.row["row"]}
    return dict(bad.row)
