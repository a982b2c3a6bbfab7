"""Joining two people into one, so that it can be undone.

A merge hands all that is the source's to the target and remembers which rows those were. Undone, it gives back exactly
these, as far as they are still the target's, and what came later under a key of the source's own: an order with its
customer number, an event of its browser. Everything else that came later stays with the target.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from insights.cleaning import settle_touches
from insights.exceptions import MergeError
from insights.identity.derived import first_orders
from insights.identity.forest import OWNED, below, locked, name_of
from insights.identity.verdicts import decide
from insights.models import Customer, Merge, MergeHow, PairState, atomically, overwrite


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
    settle_touches(tops.values())
    decide([(item.source_id, item.target_id) for item in made.values()], PairState.MERGED, by)
    return list(made.values())


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
