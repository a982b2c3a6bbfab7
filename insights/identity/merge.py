"""Joining two people into one, so that it can be undone.

A merge hands all that is the source's to the target and remembers which rows those were. Undone, it gives back exactly
these, as far as they are still the target's, and what came later under a key of the source's own: an order with its
customer number, an event of its browser. Everything else that came later stays with the target.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from insights.cleaning import redraw_visits
from insights.exceptions import MergeError
from insights.identity.derived import first_orders
from insights.identity.forest import above, below, disown, locked, name_of
from insights.models import (
    Customer,
    DuplicatePair,
    Event,
    IdentityLink,
    Merge,
    MergeHow,
    Order,
    PairState,
    Rating,
    Visit,
    Visitor,
    atomically,
    overwrite,
    upsert,
)

OWNED: tuple[type[Model], ...] = (Order, Rating, Event, Visit, Visitor, IdentityLink)
"""What follows a person. Scores and states stay with the source, which is on no list until the merge is undone."""
_PART = 1000


def merge(source: Customer, target: Customer, *, how: MergeHow, by: str = "") -> Merge | None:
    """Join two people: what is the source's is the target's from now on.

    Args:
        how: what says that they are one.
        by: who decided it; empty for a rule.

    Returns:
        The merge; None where they are one already.

    Raises:
        MergeError: they cannot be one.
    """
    if source.is_real != target.is_real:
        raise MergeError(_("One of the two is of the staff or a test, and in no figure; the other is a customer."))
    made = merge_many([(source.pk, target.pk)], how=how, by=by)
    return made[0] if made else None


@atomically
def merge_many(pairs: Sequence[tuple[int, int]], *, how: MergeHow, by: str = "") -> list[Merge]:
    """As :func:`merge`, for some hundred pairs of source and target at once, by primary key.

    Pairs that are one already, or of which one is gone, are left out.
    """
    if not pairs:
        return []
    known = locked({pk for pair in pairs for pk in pair})
    root = {pk: row.merged_into_id or pk for pk, row in known.items()}
    now = timezone.now()
    made: dict[int, Merge] = {}
    for given in pairs:
        if not known.keys() >= set(given):
            continue
        source, target = (_top(root, pk) for pk in given)
        if source != target:
            made[source] = Merge(source_id=source, target_id=target, how=how, by=by, made_at=now)
            root[source] = target
    if not made:
        return []
    under = below(made)
    tops = {source: _top(root, source) for source in made}
    for model in OWNED:
        _hand_over(model, made, under, tops)
    overwrite(
        Customer,
        ("merged_into_id", "first_order_date"),
        {source: (top, None) for source, top in tops.items()}
        | {item.source_id: (tops[source], None) for source, items in under.items() for item in items},
    )
    Merge.objects.bulk_create(made.values())
    first_orders(tops.values())
    _decide([(item.source_id, item.target_id) for item in made.values()], PairState.MERGED, by)
    return list(made.values())


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
        _reject([(merge.source_id, other) for other in sorted(others)], by)


@atomically
def part_from(people: Iterable[int]) -> set[int]:
    """Undo all merges into people who are about to go; gives those who are somebody of their own again."""
    merges = list(Merge.objects.standing().filter(target__in=list(people)))
    for item in merges:
        _part(item, "")
    return {item.source_id for item in merges}


def parted(people: Iterable[int]) -> set[tuple[int, int]]:
    """Pairs with one of these people that somebody took apart or rejected: no rule joins them.

    Whoever was joined with one of the two counts as well.

    Args:
        people: primary keys of people who are merged into nobody.

    Returns:
        The two as they are now, the lower key first.
    """
    pks = list(people)
    rejected = DuplicatePair.objects.filter(state=PairState.REJECTED)
    undone = Merge.objects.filter(undone_at__isnull=False)
    found: set[tuple[int, int]] = set()
    for rows, one, other in ((rejected, "first", "second"), (undone, "source", "target")):
        ends = [Coalesce(f"{end}__merged_into", end) for end in (one, other)]
        known = rows.annotate(one=ends[0], other=ends[1]).filter(Q(one__in=pks) | Q(other__in=pks))
        found.update(known.values_list("one", "other"))
    return {pair_of(*pair) for pair in found if len(set(pair)) == 2}


def pair_of(one: int, other: int) -> tuple[int, int]:
    """Two people in the order in which a pair is kept."""
    return min(one, other), max(one, other)


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
    name = name_of(model)
    for step in Merge.objects.standing().select_for_update().filter(source__in=list(came)):
        disown(step.target_id, model, came[step.source_id])
        step.moved[name] = sorted(came[step.source_id].union(step.moved.get(name, ())))
        step.save(update_fields=["moved"])


def _top(root: Mapping[int, int], person: int) -> int:
    while root[person] != person:
        person = root[person]
    return person


def _hand_over(
    model: type[Model], made: Mapping[int, Merge], under: Mapping[int, Sequence[Merge]], tops: Mapping[int, int]
) -> None:
    name = name_of(model)
    rows = model._default_manager.filter(customer__in=list(made)).order_by("pk")
    theirs: defaultdict[int, list[int]] = defaultdict(list)
    for person, pk in rows.values_list("customer", "pk").iterator(chunk_size=5000):
        theirs[person].append(pk)
    for person, pks in theirs.items():
        inherited = {pk for item in under.get(person, ()) for pk in item.moved.get(name, ())}
        made[person].moved[name] = [pk for pk in pks if pk not in inherited]
        model._default_manager.filter(customer=person).update(customer=tops[person])


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


def _give_back(model: type[Model], pks: Sequence[int], now: int, source: int) -> set[tuple[str, str]]:
    """Rows that are still the target's go back; gives the sessions of those that are events."""
    sessions: set[tuple[str, str]] = set()
    for start in range(0, len(pks), _PART):
        rows = model._default_manager.filter(pk__in=pks[start : start + _PART], customer=now)
        if model is Event:
            sessions.update(rows.exclude(session_key="").order_by().values_list("channel", "session_key").distinct())
        rows.update(customer=source)
    return sessions


def _give_back_later(merge: Merge, now: int) -> set[tuple[str, str]]:
    """Events of the source's own browsers that came after the merge go with them."""
    browsers: list[int] = merge.moved.get(name_of(Visitor), [])
    sessions: set[tuple[str, str]] = set()
    for start in range(0, len(browsers), _PART):
        later = Event.objects.filter(
            visitor__in=browsers[start : start + _PART], customer=now, recorded_at__gte=merge.made_at
        )
        pks = list(later.values_list("pk", flat=True))
        sessions |= _give_back(Event, pks, now, merge.source_id)
        disown(merge.target_id, Event, pks)
    return sessions


def _redraw(channel: str, keys: Sequence[str], now: int) -> None:
    """Draw those visits anew that were drawn while the two were one, and so were not there to be remembered."""
    for start in range(0, len(keys), _PART):
        theirs = Visit.objects.filter(channel=channel, session_key__in=keys[start : start + _PART], customer=now)
        redraw_visits(channel, theirs.values_list("session_key", flat=True).distinct())


def _decide(pairs: Sequence[tuple[int, int]], state: PairState, by: str) -> None:
    """Write onto the pairs of the queue what became of them."""
    wanted = {pair_of(*pair) for pair in pairs}
    there = DuplicatePair.objects.filter(first__in=[low for low, _ in wanted], second__in=[high for _, high in wanted])
    pks = [pk for pk, *pair in there.values_list("pk", "first", "second") if tuple(pair) in wanted]
    DuplicatePair.objects.filter(pk__in=pks).update(state=state, decided_at=timezone.now(), decided_by=by)


def _reject(pairs: Sequence[tuple[int, int]], by: str) -> None:
    now = timezone.now()
    rows: list[dict[str, Any]] = [
        {
            "first_id": first,
            "second_id": second,
            "state": PairState.REJECTED.value,
            "found_at": now,
            "checked_at": now,
            "decided_at": now,
            "decided_by": by,
        }
        for first, second in (pair_of(*pair) for pair in pairs)
    ]
    upsert(DuplicatePair, rows, unique=("first", "second"), update=("state", "decided_at", "decided_by"))
