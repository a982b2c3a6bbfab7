"""Who is above and below whom: standing merges make a forest, in which each row belongs to the root above its owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Model

from insights.models import Customer, Event, IdentityLink, Merge, Order, Rating, Visit, Visitor

OWNED: tuple[type[Model], ...] = (Order, Rating, Event, Visit, Visitor, IdentityLink)
"""What follows a person. Scores and states stay with the source, which is on no list until the merge is undone."""


def name_of(model: type[Model]) -> str:
    """What a table is called in :attr:`Merge.moved`."""
    return str(model._meta.model_name)


def locked(people: Iterable[int]) -> dict[int, Customer]:
    """Those of the people who are there, and who they are now, by primary key, held until the transaction ends."""
    known: dict[int, Customer] = {}
    asked: set[int] = set()
    wanted = set(people)
    while missing := wanted - asked:
        # In one order, so that two merges at once wait for each other and never both.
        found = Customer.objects.select_for_update().filter(pk__in=missing).order_by("pk")
        known |= {row.pk: row for row in found}
        asked |= missing
        wanted = asked | {row.merged_into_id for row in known.values() if row.merged_into_id}
    return known


def below(people: Iterable[int]) -> dict[int, list[Merge]]:
    """The standing merges that lead to each of these people, however many steps away."""
    found: defaultdict[int, list[Merge]] = defaultdict(list)
    top = {pk: pk for pk in people}
    while top:
        merges = Merge.objects.standing().filter(target__in=list(top)).order_by("pk")
        top = {merge.source_id: _noted(found, top[merge.target_id], merge) for merge in merges}
    return found


def _noted(found: defaultdict[int, list[Merge]], top: int, merge: Merge) -> int:
    found[top].append(merge)
    return top


def above(person: int) -> Iterator[Merge]:
    """The standing merges from a person up to who they are now."""
    step = Merge.objects.standing().filter(source=person).first()
    while step is not None:
        yield step
        step = Merge.objects.standing().filter(source=step.target_id).first()


def disown(person: int, model: type[Model], rows: Iterable[int]) -> None:
    """Take rows out of what was the person's own, and of those above, since they turned out to be another's."""
    name, gone = name_of(model), set(rows)
    for merge in above(person):
        left = [pk for pk in merge.moved.get(name, ()) if pk not in gone]
        if len(left) != len(merge.moved.get(name, ())):
            merge.moved[name] = left
            merge.save(update_fields=["moved"])
