"""Why a figure of ours is not the shop's: the reasons by name, and the rows and days that they explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Reason:
    """One reason for which the shop has more, or less, than we count."""

    key: str
    label: str | _StrPromise
    description: str | _StrPromise


UNKNOWN = "unknown"
REASONS: Mapping[str, Reason] = {
    reason.key: reason
    for reason in (
        Reason("cancelled", _("Cancelled"), _("The shop keeps the order; no figure counts it.")),
        Reason("refunded", _("Fully refunded"), _("All of it was given back.")),
        Reason("part_refunded", _("Partly refunded"), _("Taken off on the day on which it was given back.")),
        Reason("test", _("Test order"), _("The order, or its account, is marked as a test.")),
        Reason("staff", _("Order of the staff"), _("It was placed by somebody of the staff.")),
        Reason("no_rate", _("No exchange rate"), _("INSIGHTS['RATES'] has no rate for the order's currency.")),
        Reason("empty", _("Nothing sold"), _("No line sells a product, as in a credit note.")),
        Reason("impossible", _("Total below zero"), _("The order sells something and its total is negative.")),
        Reason("quarantined", _("Put aside"), _("The row could not be taken over, and waits to be mended.")),
        Reason("ignored", _("Left out by status"), _("The adapter leaves orders of this status out.")),
        Reason("left_out", _("Left out by the adapter"), _("The shop has the order, and the adapter leaves it out now.")),
        Reason("repeated_key", _("Number given twice"), _("Another row of the shop has the same key, and that one is taken.")),
        Reason("duplicate_line", _("Line given twice"), _("A line equals an earlier one of its order in everything.")),
        Reason("not_a_product", _("Fees and the like"), _("Lines that are neither a product, postage nor a discount.")),
        Reason("returned", _("Returned goods"), _("Negative lines; they are taken off the order that they take back.")),
        Reason("bad_line", _("Line put aside"), _("A line of the order could not be taken over.")),
        Reason("guest", _("Guest without an address"), _("Nothing says who it was, so the order counts for nobody.")),
        Reason("forgotten", _("Forgotten person"), _("The order counts, but for nobody.")),
        Reason("same_person", _("Same person"), _("Two names of the shop are one customer, by e-mail or telephone.")),
        Reason("unknown_customer", _("Customer not there"), _("The account that the order names is not in the shop's list.")),
        Reason("late", _("Not yet taken over"), _("New or changed since the last sync.")),
        Reason("deleted", _("Gone from the shop"), _("We still have it; the next sync takes it out.")),
        Reason(UNKNOWN, _("Not explained"), _("insights_sync --full reads everything again; if it stays, it is an error.")),
    )
}  # fmt: skip
"""All reasons, in the order in which they are told."""


@dataclass(frozen=True)
class Sums:
    """Orders, money in 1/10,000 of the currency, and different customers."""

    orders: int = 0
    units: int = 0
    customers: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.orders + other.orders, self.units + other.units, self.customers + other.customers)

    def __sub__(self, other: Sums) -> Sums:
        return Sums(self.orders - other.orders, self.units - other.units, self.customers - other.customers)

    def __bool__(self) -> bool:
        return bool(self.orders or self.units or self.customers)

    @property
    def revenue(self) -> Decimal:
        """The money in units of the currency."""
        return Decimal(self.units).scaleb(-4)

    def as_dict(self) -> dict[str, Any]:
        """The sums as plain data."""
        return {"orders": self.orders, "revenue": str(self.revenue), "customers": self.customers}


@dataclass(frozen=True)
class Difference:
    """One row of the shop's, or of ours, that makes a difference.

    Attributes:
        day: the shop's day; None where the shop's own date cannot be read.
        order: the order's key; empty for what no order explains.
        reason: a key of ``REASONS``.
        gap: what the shop has more than we count; below zero where we count more.
        detail: what more there is to say, such as the rule that put the row aside.
    """

    day: date | None
    currency: str
    order: str
    reason: str
    gap: Sums
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The row as plain data."""
        return {
            "day": self.day and self.day.isoformat(),
            "currency": self.currency,
            "order": self.order,
            "reason": self.reason,
            "detail": self.detail,
            **self.gap.as_dict(),
        }


@dataclass(frozen=True)
class Day:
    """One day in one currency: the shop's own figures beside ours.

    Attributes:
        reasons: what each reason explains of the difference; all together they are the difference.
    """

    day: date | None
    currency: str
    shop: Sums
    ours: Sums
    reasons: Mapping[str, Sums] = field(default_factory=dict)

    @property
    def gap(self) -> Sums:
        """What the shop has more than we count."""
        return self.shop - self.ours

    @property
    def unexplained(self) -> bool:
        """Whether a part of the difference has no known reason."""
        return UNKNOWN in self.reasons

    def as_dict(self) -> dict[str, Any]:
        """The day as plain data."""
        return {
            "day": self.day and self.day.isoformat(),
            "currency": self.currency,
            "shop": self.shop.as_dict(),
            "ours": self.ours.as_dict(),
            "reasons": {key: gap.as_dict() for key, gap in self.reasons.items()},
        }
