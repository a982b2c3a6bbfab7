"""The rows of a file in the order of the fields, each with a key, where the file gives none."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from insights.sources.files_columns import DERIVED_KEYS
from insights.sources.files_read import Torn
from insights.sources.records import Kind

_ORDERS_KNOWN = 20_000
"""Orders of which it is remembered what their lines were, to number lines of the same product."""


def keyed_rows(
    rows: Iterator[Sequence[Any] | Torn], kind: Kind, names: Sequence[str], at: Mapping[str, int]
) -> Iterator[Sequence[Any] | Torn]:
    """The rows with the values in the order of the names, and each with a key."""
    positions = [at[name] for name in names if name in at]
    if "id" in at:
        for row in rows:
            yield row if isinstance(row, Torn) else [row[position] for position in positions]
        return
    assert kind.name in DERIVED_KEYS
    key_of = _LineKeys(names) if kind.name == "order_lines" else _row_key
    for row in rows:
        if isinstance(row, Torn):
            yield row
        else:
            values = [row[position] for position in positions]
            yield [key_of(values), *values]


def _row_key(values: Sequence[Any]) -> str:
    """A row that says the same is the same row."""
    return f"row:{digest(repr([written(value) for value in values]))}"


class _LineKeys:
    """Keys for the lines of orders: order, product, and which of the order's lines of that product it is.

    So a quantity or price that is put right in a later file changes the line, instead of adding another one.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._order = names.index("order") - 1
        self._product = next((names.index(name) - 1 for name in ("product", "product_name") if name in names), None)
        self._seen: OrderedDict[str, Counter[str]] = OrderedDict()

    def __call__(self, values: Sequence[Any]) -> str:
        order = written(values[self._order])
        product = "" if self._product is None else written(values[self._product])
        lines = self._seen.setdefault(order, Counter())
        self._seen.move_to_end(order)
        if len(self._seen) > _ORDERS_KNOWN:
            self._seen.popitem(last=False)
        lines[product] += 1
        key = f"{order}:{product}:{lines[product]}"
        return key if len(key) <= 128 else f"row:{digest(key)}"


def written(value: Any) -> str:
    """A value as text, without spaces around it."""
    return "" if value is None else str(value).strip()


def digest(text: str) -> str:
    """A short hash of a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
