"""A day in one currency while it is compared: what the shop has, and what makes it another thing than ours."""

from __future__ import annotations

from dataclasses import dataclass, field

from insights.sources.differences import Sums


@dataclass
class Person:
    """Somebody who bought on a day, by the shop.

    Attributes:
        order: the first of their orders, and ``reason`` why it counts for nobody.
        reached: the customers of ours that their orders belong to.
    """

    order: str
    reason: str = ""
    reached: set[int] = field(default_factory=set)


class Tally:
    """A day in a currency, while it is counted."""

    def __init__(self) -> None:
        self.orders = 0
        self.units = 0
        self.people: dict[str, Person] = {}
        self.extra: dict[int, tuple[str, str]] = {}
        self.gaps: dict[tuple[str, str], Sums] = {}
        self.details: dict[tuple[str, str], str] = {}

    def add(self, order: str, reason: str, gap: Sums, detail: str = "") -> None:
        """Note what a reason makes of an order."""
        self.gaps[order, reason] = self.gaps.get((order, reason), Sums()) + gap
        if detail:
            self.details[order, reason] = detail

    def count_people(self) -> None:
        """Note who is somebody for the shop alone, or for us alone."""
        taken: set[int] = set()
        for person in self.people.values():
            if not person.reached:
                self.add(person.order, person.reason, Sums(customers=1))
                continue
            if gap := 1 - len(person.reached - taken):
                self.add(person.order, "same_person", Sums(customers=gap))
            taken |= person.reached
        for customer, (order, reason) in self.extra.items():
            if customer not in taken:
                taken.add(customer)
                self.add(order, reason, Sums(customers=-1))
