"""What a ready mapping is: from the rows of somebody else's export to rows of ours, of several kinds at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

Said = Mapping[str, Any]
"""A row of an export by plain column names: ``lineitem_sku`` for ``Lineitem sku``."""
Out = tuple[str, dict[str, Any]]
"""A kind of ours, and the values of a row by field."""


@dataclass(frozen=True)
class Platform:
    """What all exports and messages of one platform have in common.

    Attributes:
        channel: where its rows belong.
        fields: the fields of each kind that it gives; the first is ``id``.
        statuses: ``cancelled``, ``refunded``, ``test`` or ``ignore`` by the platform's word.
        once: kinds whose rows are taken over when they are new, and never changed: a later one knows less.
        products: the channel that its products and customers are of; its own where it is empty.
    """

    channel: str
    fields: Mapping[str, Sequence[str]]
    statuses: Mapping[str, str] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    products: str = ""


@dataclass(frozen=True)
class ReadyMapping:
    """One export file of a platform.

    Attributes:
        needed: plain names of columns that it is known by; of each group one must be there.
        together: the columns that rows of one order, or product, have in common; the first that is there says it.
        split: from those rows to ours.
    """

    name: str
    platform: Platform
    needed: Sequence[Sequence[str]]
    together: Sequence[str]
    split: Callable[[Sequence[Said]], Iterable[Out]]


def of(row: Said, *names: str) -> Any:
    """The first value that is there and not empty; empty text without one."""
    for name in names:
        value = row.get(name)
        if value is not None and value != "":
            return value
    return ""


def text(row: Said, *names: str) -> str:
    """As :func:`of`, as text without the apostrophe that keeps Excel from reading a number."""
    return str(of(row, *names)).strip().removeprefix("'")


def number(value: Any) -> Decimal | None:
    """An exact number; None where there is none, or none that can be read."""
    try:
        found = Decimal(str(value).strip().replace(",", "")) if value not in (None, "") else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def total(values: Iterable[Any]) -> Decimal:
    """The sum of what can be read as numbers."""
    return sum((found for value in values if (found := number(value)) is not None), Decimal())


def when(value: Any) -> str:
    """A point in time, as ISO has it, of ``2026-03-02 13:00:00 +0100`` too."""
    return re.sub(
        r"^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d) ?([+-]\d\d):?(\d\d)$", r"\1T\2\3:\4", str(value or "").strip()
    )


def full_name(row: Said, first: str, last: str) -> str:
    """First and last name as one."""
    return f"{text(row, first)} {text(row, last)}".strip()


def objects(value: Any) -> Iterator[Said]:
    """The objects of a list in a message; nothing where it is none."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, Mapping))


def inner(row: Said, name: str) -> Said:
    """An object within an object; an empty one where it is none."""
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}
