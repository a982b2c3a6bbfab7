"""Which sale a negative line takes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from insights.cleaning.rows import divided


class Sale(NamedTuple):
    """A sold line. Quantities are integers of 1/1,000."""

    line: int
    order: int
    placed_at: datetime
    quantity: int


class Return(NamedTuple):
    """A negative line, with its quantity and amount (1/10,000 of the currency unit) above zero."""

    line: int
    placed_at: datetime
    quantity: int
    amount: int


class Part(NamedTuple):
    """A part of a return that takes back a sale, or a part of one."""

    sale: Sale
    quantity: int
    amount: int


@dataclass
class Matched:
    """What became of the returns: parts by line, and the lines without a sale."""

    parts: dict[int, list[Part]] = field(default_factory=dict)
    unmatched: list[int] = field(default_factory=list)


def match_returns(sales: Iterable[Sale], returns: Iterable[Return]) -> Matched:
    """Match the returns of one customer and product to the sales before them.

    Returns are taken in order of time. Each goes to the newest sale at or before it of which enough is left; where
    no single one is enough, it is spread over all earlier sales, the oldest first; where all of them together are too
    few, it stays unmatched as a whole. The last part of a spread return carries what rounding left over, so that the
    parts always add up to the return.
    """
    ordered = sorted(sales, key=lambda sale: (sale.placed_at, sale.line))
    left = [sale.quantity for sale in ordered]
    result = Matched()
    for back in sorted(returns, key=lambda item: (item.placed_at, item.line)):
        earlier = [index for index, sale in enumerate(ordered) if left[index] > 0 and sale.placed_at <= back.placed_at]
        whole = next((index for index in reversed(earlier) if left[index] >= back.quantity), None)
        if whole is not None:
            shares = [(whole, back.quantity)]
        elif sum(left[index] for index in earlier) >= back.quantity > 0:
            shares = _oldest_first(earlier, left, back.quantity)
        else:
            result.unmatched.append(back.line)
            continue
        result.parts[back.line] = _parts(ordered, shares, back)
        for index, taken in shares:
            left[index] -= taken
    return result


def _oldest_first(earlier: Sequence[int], left: Sequence[int], wanted: int) -> list[tuple[int, int]]:
    shares = []
    for index in earlier:
        taken = min(left[index], wanted)
        shares.append((index, taken))
        wanted -= taken
        if not wanted:
            break
    return shares


def _parts(ordered: Sequence[Sale], shares: Sequence[tuple[int, int]], back: Return) -> list[Part]:
    parts, given = [], 0
    for index, taken in shares[:-1]:
        amount = divided(back.amount * taken, back.quantity)
        parts.append(Part(ordered[index], taken, amount))
        given += amount
    index, taken = shares[-1]
    return [*parts, Part(ordered[index], taken, back.amount - given)]
