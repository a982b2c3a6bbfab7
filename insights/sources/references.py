"""What rows refer to: the keys that they name, looked up among the rows that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from insights.cleaning import Row, Why
from insights.sources.directory import Directory
from insights.sources.guests import find_guests
from insights.sources.manner import Manner
from insights.sources.records import Kind

_PARENTS = frozenset({"order_lines.order", "refunds.order", "ratings.product"})
"""References without which a row cannot stand."""
_STRANGERS = {"product": "unknown_product", "customer": "unknown_customer"}
_MARKED = frozenset({"order_lines", "orders", "ratings"})
"""Kinds whose rows are marked when they name what is not there; elsewhere that is no loss."""

LeftOut = Callable[[str, Sequence[str]], set[str]]
"""Those of the keys of a kind that the source has and leaves out on purpose."""


class Ready(NamedTuple):
    """A cleaned row with what it refers to."""

    row: Row
    marks: tuple[str, ...]
    given: Sequence[Any]
    found: dict[str, int | None]


class References:
    """What the rows of one kind refer to.

    Attributes:
        own: references to rows of the same kind, whose parent may come after its children.
        columns: our columns for all that the rows refer to.
    """

    def __init__(
        self, kind: Kind, manner: Manner, names: Sequence[str], directory: Directory | None, left_out: LeftOut | None
    ) -> None:
        self.kind = kind
        self.manner = manner
        self.own = [item.name for item in kind.references if item.of == kind.name]
        self.columns = [
            f"{item.name}_id"
            for item in kind.references
            if item.name in names or item.of == kind.name or (kind.name, item.name) == ("orders", "customer")
        ]
        self._named = [item for item in kind.references if item.of == kind.name or item.name in names]
        self._directory = directory or Directory(manner.channel)
        self._left_out = left_out
        self._waiting: dict[str, str] = {}

    def resolve(self, ready: dict[str, Ready], gone: set[str], counts: Counter[str]) -> dict[str, str]:
        """Look up what the rows refer to; one whose parent is not there is taken out of ``ready``.

        Args:
            gone: is given the keys of rows whose parent is left out on purpose.

        Returns:
            The reason for each row whose parent is missing.
        """
        orphans: dict[str, str] = {}
        if self.kind.name == "products" and not self.manner.lists_categories:
            self._directory.categories_named(item.row["category"] for item in ready.values())
        for reference in self._named:
            pks = self._directory.find(reference.of, (item.row[reference.name] for item in ready.values()))
            vital = f"{self.kind.name}.{reference.name}" in _PARENTS
            stranger = _STRANGERS.get(reference.name) if self.kind.name in _MARKED else None
            lost = {item.row[reference.name] for item in ready.values()} - pks.keys() if vital else set()
            left_out = self._left_out(reference.of, sorted(lost)) if lost and self._left_out else set()
            for key, item in list(ready.items()):
                said = item.row[reference.name]
                pk = pks.get(said)
                if pk is None and vital:
                    if said in left_out:
                        counts["of_left_out"] += 1
                        gone.add(key)
                    else:
                        counts["orphan"] += 1
                        orphans[key] = Why.ORPHAN % {"of": reference.of, "key": said}
                    del ready[key]
                    continue
                if pk is None and said and reference.name in self.own:
                    self._waiting[key] = said
                    continue
                item.found[f"{reference.name}_id"] = pk
                if pk is None and said and stranger:
                    counts[stranger] += 1
                    ready[key] = item._replace(marks=(*item.marks, stranger))
        if self.kind.name == "orders" and self.manner.guests != "leave_out":
            self._find_guests(ready)
        return orphans

    def _find_guests(self, ready: Mapping[str, Ready]) -> None:
        strangers = [item.row for item in ready.values() if not item.found.get("customer_id")]
        guests = find_guests(self.manner.channel, strangers, join_accounts=self.manner.guests == "by_email")
        for key, customer in guests.items():
            ready[key].found["customer_id"] = customer

    def finish(self) -> None:
        """Resolve what the kind's rows say of each other, now that all are there."""
        waiting, self._waiting = self._waiting, {}
        parents = self._directory.find(self.kind.name, waiting.values())
        model = self.kind.model._default_manager
        for child, parent in waiting.items():
            if parent in parents:
                model.filter(channel=self.manner.channel, external_id=child).update(parent=parents[parent])

    def forget(self) -> None:
        """Look up anew what the rows of this kind are, since some are gone."""
        self._directory.forget(self.kind.name)
