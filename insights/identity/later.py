"""Rows that come for somebody who was merged before: they are the target's, and remembered as the source's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Model

from insights.identity.forest import OWNED, disown, name_of
from insights.models import Customer, Merge, atomically


@atomically
def follow(model: type[Model], channel: str, keys: Mapping[str, str]) -> None:
    """Note rows that came under the key of somebody who was merged before, so that parting gives them back.

    Args:
        model: orders or ratings.
        keys: the customer's key by the row's, both of the channel.
    """
    merged = dict(
        Customer.objects.filter(channel=channel, external_id__in={*keys.values()} - {""})
        .exclude(merged_into=None)
        .values_list("external_id", "pk")
    )
    theirs = {row: merged[key] for row, key in keys.items() if key in merged}
    if not theirs:
        return
    came: defaultdict[int, set[int]] = defaultdict(set)
    there = model._default_manager.filter(channel=channel, external_id__in=list(theirs))
    for key, pk in there.values_list("external_id", "pk"):
        came[theirs[key]].add(pk)
    _note(model, came)


@atomically
def gather() -> int:
    """Hand over rows that were written for somebody in the very moment in which they were merged; gives their number.

    An event whose sender was looked up just before the merge is such a row.
    """
    found = 0
    for model in OWNED:
        late = model._default_manager.exclude(customer__merged_into=None)
        came: defaultdict[int, set[int]] = defaultdict(set)
        now: dict[int, int] = {}
        for person, top, pk in late.values_list("customer", "customer__merged_into", "pk"):
            came[person].add(pk)
            now[person] = top
        _note(model, came)
        for person, top in now.items():
            found += model._default_manager.filter(customer=person).update(customer=top)
    return found


def _note(model: type[Model], came: Mapping[int, set[int]]) -> None:
    """Remember rows as somebody's own who was merged before."""
    name = name_of(model)
    for step in Merge.objects.standing().select_for_update().filter(source__in=list(came)):
        disown(step.target_id, model, came[step.source_id])
        step.moved[name] = sorted(came[step.source_id].union(step.moved.get(name, ())))
        step.save(update_fields=["moved"])
