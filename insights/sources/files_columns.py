"""Which column of a file is which field of a kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from insights.exceptions import ImportFileError, UnknownKeyError, nearest
from insights.sources.records import Field, Kind

DERIVED_KEYS = frozenset({"order_lines", "refunds", "ratings", "events", "ad_spend"})
"""Kinds whose files often give their rows no key; it is made from what the row says."""


def plain(name: str) -> str:
    """A column's name in one manner of writing: ``InvoiceNo``, ``Invoice No.`` and ``invoice-no`` are ``invoice_no``."""
    name = unicodedata.normalize("NFKC", name).strip()
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")


def match_columns(kind: Kind, header: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """The position of each field's column.

    Args:
        chosen: column by field, as the user says; an empty column leaves the field out.

    Raises:
        ImportFileError: a column that is needed, or that the user names, is not there.
        UnknownKeyError: the user names a field that the kind does not have.
    """
    found: dict[str, int] = {}
    left_out = set()
    for name, column in chosen.items():
        if name not in kind.by_name:
            raise UnknownKeyError(f"field of {kind.name}", name, kind.by_name)
        if column:
            found[name] = _position(header, column)
        else:
            left_out.add(name)
    names = [plain(column) for column in header]
    wanted = [field for field in kind.fields if field.name not in found and field.name not in left_out]
    # A column with the field's own name comes before one that is only called so as well.
    for spellings in (lambda field: (field.name,), lambda field: field.also):
        for field in wanted:
            taken = set(found.values())
            if field.name not in found:
                named = (at for spelling in spellings(field) for at, name in enumerate(names) if name == spelling)
                free = next((at for at in named if at not in taken), None)
                if free is not None:
                    found[field.name] = free
    _check(kind, header, found)
    return {field.name: found[field.name] for field in kind.fields if field.name in found}


def _position(header: Sequence[str], column: str) -> int:
    if column in header:
        return header.index(column)
    names = [plain(name) for name in header]
    if plain(column) in names:
        return names.index(plain(column))
    raise ImportFileError(f"The file has no column “{column}”.{_near(column, header)} {_has(header)}")


def _check(kind: Kind, header: Sequence[str], found: Mapping[str, int]) -> None:
    missing = [field for field in kind.fields if field.required and field.name not in found]
    missing = [field for field in missing if not (field.name == "id" and kind.name in DERIVED_KEYS)]
    if missing:
        raise ImportFileError(" ".join([*(_missing(kind, field, header) for field in missing), _has(header)]))
    if kind.name == "order_lines" and not found.keys() & {"unit_price", "amount"}:
        raise ImportFileError(f"order_lines needs a column for “unit_price” or for “amount”. {_has(header)}")


def _missing(kind: Kind, field: Field, header: Sequence[str]) -> str:
    close = next((close for name in (field.name, *field.also) if (close := nearest(name, header))), None)
    column = f"'{close}'" if close else "COLUMN"
    return (
        f"{kind.name} needs a column for “{field.name}” ({field.meaning})."
        f"{f' Is it “{close}”?' if close else ''} Say so by --map {field.name}={column}."
    )


def _near(column: str, header: Sequence[str]) -> str:
    close = nearest(column, header)
    return f" Did you mean “{close}”?" if close else ""


def _has(header: Sequence[str]) -> str:
    return f"The file has: {', '.join(name or '(no name)' for name in header[:60])}."
