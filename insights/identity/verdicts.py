"""What was decided of pairs of people: that they are one, or that no rule may join them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from insights.models import DuplicatePair, Merge, PairState, upsert


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


def decide(pairs: Sequence[tuple[int, int]], state: PairState, by: str) -> None:
    """Write onto the pairs of the queue what became of them."""
    wanted = {pair_of(*pair) for pair in pairs}
    there = DuplicatePair.objects.filter(first__in=[low for low, _ in wanted], second__in=[high for _, high in wanted])
    pks = [pk for pk, *pair in there.values_list("pk", "first", "second") if tuple(pair) in wanted]
    DuplicatePair.objects.filter(pk__in=pks).update(state=state, decided_at=timezone.now(), decided_by=by)


def keep_apart(pairs: Sequence[tuple[int, int]], by: str) -> None:
    """Write down that no rule may join these pairs."""
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
    upsert(DuplicatePair, rows, unique=("first_id", "second_id"), update=("state", "decided_at", "decided_by"))
