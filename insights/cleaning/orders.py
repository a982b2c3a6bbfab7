"""Whether an order counts, and what each of its lines and refunds is worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from insights.cleaning.rows import divided
from insights.models import Excluded, LineKind

_TOLERANCE = 500
"""Five hundredths of a currency unit: rounding, and no difference worth telling."""


class Line(NamedTuple):
    """A line as it was loaded; money in 1/10,000 and quantities in 1/1,000, as integers.

    ``real`` is False for a product that stands for postage, a fee or the like.
    """

    pk: int
    product: int | None
    name: str
    kind: str
    quantity: int
    unit_price: int
    discount: int
    net: int
    real: bool

    @property
    def sells(self) -> bool:
        """Whether it sells a product."""
        return self.kind == LineKind.PRODUCT and self.quantity > 0 and self.unit_price > 0 and self.real

    @property
    def pays(self) -> bool:
        """Whether it is part of a total that is made from the lines."""
        if self.kind == LineKind.PRODUCT:
            return self.quantity > 0 and self.unit_price > 0
        return self.kind in (LineKind.SHIPPING, LineKind.DISCOUNT)


class Facts(NamedTuple):
    """What an order says of itself. ``total`` is None where it is the sum of the lines."""

    placed_at: datetime
    total: int | None
    shipping: int
    discount: int
    tax: int
    is_cancelled: bool
    is_refunded: bool
    is_test: bool
    is_staff: bool
    cancelled_at: datetime | None


class Judgement(NamedTuple):
    """What follows: ``excluded`` is empty for an order that counts."""

    total: int
    base_total: int | None
    excluded: str
    excluded_at: datetime | None
    duplicates: frozenset[int]
    mismatch: bool


def judge(
    order: Facts,
    lines: Sequence[Line],
    refunds: Sequence[tuple[datetime, int]],
    rate: Decimal | None,
    *,
    drop_identical: bool,
) -> Judgement:
    """Judge an order.

    Args:
        lines: all of its lines, oldest first.
        refunds: when, and how much in 1/10,000 of the order's currency.
        rate: what one unit of the order's currency is worth in the base currency; None without one.
        drop_identical: whether a line that equals an earlier one in everything is an error.
    """
    duplicates = repeated(lines) if drop_identical else frozenset()
    kept = [line for line in lines if line.pk not in duplicates]
    paid = sum(line.net for line in kept if line.pays)
    total = paid if order.total is None else order.total
    back = sum(amount for _, amount in refunds)
    last_refund = max((moment for moment, _ in refunds), default=None)
    excluded = _excluded(order, lines, kept, total, rate)
    excluded_at = None
    if excluded == Excluded.NO and (order.is_refunded or (back >= total and back > 0)):
        excluded = Excluded.REFUNDED
    if excluded == Excluded.REFUNDED:
        excluded_at = last_refund or order.cancelled_at
    elif excluded == Excluded.CANCELLED:
        excluded_at = order.cancelled_at
    return Judgement(
        total=total,
        base_total=in_base(total, rate),
        excluded=str(excluded.value),
        excluded_at=excluded_at,
        duplicates=duplicates,
        mismatch=order.total is not None and any(line.sells for line in kept) and _differs(order, kept, paid),
    )


def repeated(lines: Sequence[Line]) -> frozenset[int]:
    """Lines that equal an earlier one of the order in all but their key."""
    seen: set[tuple[object, ...]] = set()
    again = set()
    for line in lines:
        said = line[1:8]
        if said in seen:
            again.add(line.pk)
        seen.add(said)
    return frozenset(again)


def in_base(amount: int, rate: Decimal | None) -> int | None:
    """An amount in the base currency, rounded half to even; None without a rate."""
    if rate is None:
        return None
    if rate == 1:
        return amount
    above, below = _ratio(rate)
    return divided(amount * above, below)


@lru_cache(maxsize=256)
def _ratio(rate: Decimal) -> tuple[int, int]:
    return rate.as_integer_ratio()


def _excluded(order: Facts, lines: Sequence[Line], kept: Sequence[Line], total: int, rate: Decimal | None) -> Excluded:
    if order.is_test:
        return Excluded.TEST
    if order.is_staff:
        return Excluded.STAFF
    if order.is_cancelled:
        return Excluded.CANCELLED
    if not (any(line.sells for line in kept) if lines else total > 0):
        return Excluded.EMPTY
    if total < 0:
        return Excluded.IMPOSSIBLE
    return Excluded.NO_RATE if rate is None else Excluded.NO


def _differs(order: Facts, kept: Sequence[Line], paid: int) -> bool:
    if order.total is None:
        return False
    shipped = any(line.kind == LineKind.SHIPPING for line in kept)
    goods = paid + (0 if shipped else order.shipping)
    readings = (paid, goods, goods - order.discount, goods + order.tax, goods - order.discount + order.tax)
    return all(abs(order.total - reading) > _TOLERANCE for reading in readings)
