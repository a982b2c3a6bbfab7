"""How the rows of a channel are taken over, and what that touched."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Manner:
    """How the rows of a channel are taken over.

    Attributes:
        guests: ``by_email``, ``separate`` or ``leave_out``.
        drop_identical: whether a line that equals an earlier one of its order is an error.
        lists_categories: whether the channel gives its categories as rows; else products name them.
        currency: of rows that name none; by default the base currency.
    """

    channel: str
    guests: str = "by_email"
    drop_identical: bool = False
    lists_categories: bool = True
    currency: str = ""


@dataclass
class Touched:
    """Primary keys of orders that were judged anew, and of people whose orders, or visits, are others than before."""

    orders: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    visitors: set[int] = field(default_factory=set)

    def clear(self) -> None:
        """Forget all, where everything is going to be looked at."""
        self.orders.clear()
        self.people.clear()
        self.visitors.clear()
