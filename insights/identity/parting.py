"""Undoing a merge: what was the source's goes back, as far as it is still the target's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Model
from django.utils import timezone

from insights.batches import batches
from insights.cleaning import redraw_visits, settle_touches
from insights.identity.derived import first_orders
from insights.identity.forest import OWNED, above, below, disown, locked, name_of
from insights.identity.verdicts import keep_apart
from insights.models import Customer, Event, Merge, Order, Visit, Visitor, atomically

_PART = 1000


@atomically
def unmerge(merge: Merge, *, by: str = "") -> None:
    """Undo a merge. The two are never joined again by a rule.

    Args:
        by: who decided it.
    """
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is None:
        _part(merge, by)
        others = {merge.target_id, *(item.target_id for item in above(merge.target_id))}
        keep_apart([(merge.source_id, other) for other in sorted(others)], by)


@atomically
def part_from(people: Iterable[int]) -> set[int]:
    """Undo all merges into people who are about to go; gives those who are somebody of their own again."""
    merges = list(Merge.objects.standing().filter(target__in=list(people)))
    for item in merges:
        _part(item, "")
    return {item.source_id for item in merges}


def _part(merge: Merge, by: str) -> None:
    """Give back what was the source's, and what is below it."""
    people = locked([merge.source_id, merge.target_id])
    source, now = people[merge.source_id], people[merge.source_id].merged_into_id
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    if now is None:
        return
    under = below([source.pk])[source.pk]
    sessions: set[tuple[str, str]] = set()
    for model in OWNED:
        pks = [pk for item in (merge, *under) for pk in item.moved.get(name_of(model), ())]
        sessions |= _give_back(model, pks, now, source.pk)
    sessions |= _give_back_later(merge, now)
    Customer.objects.filter(pk__in=[item.source_id for item in under]).update(merged_into=source.pk)
    Customer.objects.filter(pk=source.pk).update(merged_into=None)
    if source.is_real != people[now].is_real:
        # Whose orders they are decides whether they count: the next full sync judges them anew.
        Order.objects.filter(customer=source.pk).update(fingerprint=0)
    first_orders([source.pk, now])
    for channel in {of for of, _key in sessions}:
        _redraw(channel, sorted(key for of, key in sessions if of == channel), now)
    # What led to the orders of one may have been the other's visit.
    settle_touches([source.pk, now], anew=True)


def _give_back(model: type[Model], pks: Sequence[int], now: int, source: int) -> set[tuple[str, str]]:
    """Rows that are still the target's go back; gives the sessions of those that are events."""
    sessions: set[tuple[str, str]] = set()
    for some in batches(pks, _PART):
        rows = model._default_manager.filter(pk__in=some, customer=now)
        if model is Event:
            sessions.update(rows.exclude(session_key="").order_by().values_list("channel", "session_key").distinct())
        rows.update(customer=source)
    return sessions


def _give_back_later(merge: Merge, now: int) -> set[tuple[str, str]]:
    """Events of the source's own browsers that came after the merge go with them."""
    browsers: list[int] = merge.moved.get(name_of(Visitor), [])
    sessions: set[tuple[str, str]] = set()
    for some in batches(browsers, _PART):
        later = Event.objects.filter(visitor__in=some, customer=now, recorded_at__gte=merge.made_at)
        pks = list(later.values_list("pk", flat=True))
        sessions |= _give_back(Event, pks, now, merge.source_id)
        disown(merge.target_id, Event, pks)
    return sessions


def _redraw(channel: str, keys: Sequence[str], now: int) -> None:
    """Draw those visits anew that were drawn while the two were one, and so were not there to be remembered."""
    for some in batches(keys, _PART):
        theirs = Visit.objects.filter(channel=channel, session_key__in=some, customer=now)
        redraw_visits(channel, theirs.values_list("session_key", flat=True).distinct())
