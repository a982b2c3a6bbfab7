"""The same person in two channels, such as the shop and a marketplace: found by the same e-mail address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import combinations

from django.db.models import Q
from django.db.models.functions import Coalesce

from insights.identity.merge import merge_many
from insights.identity.review import own_channels, rank
from insights.identity.verdicts import pair_of, parted
from insights.models import Customer, MergeHow

_BATCH = 500


def join_channels(channel: str) -> set[int]:
    """Join the people of a channel with those of others who have the same normalised e-mail address.

    An address says who somebody is only where no channel knows two people by it, and two accounts of one channel are
    never made one, neither by another on the way. Whoever was parted or rejected stays apart.

    Returns:
        Those who the others are now.
    """
    known = Customer.objects.filter(merged_into=None, is_real=True).exclude(email_hash="")
    elsewhere = known.exclude(channel=channel)
    if not elsewhere.exists():
        return set()
    mine = known.filter(channel=channel, email_hash__in=elsewhere.values("email_hash")).order_by("pk")
    joined: set[int] = set()
    last = 0
    while page := list(mine.filter(pk__gt=last).values_list("email_hash", "pk")[:_BATCH]):
        last = page[-1][1]
        joined |= _join({address for address, _ in page})
    return joined


def _join(addresses: Collection[str]) -> set[int]:
    groups: defaultdict[str, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    there = Customer.objects.filter(email_hash__in=addresses, is_real=True)
    for address, channel, now in there.values_list("email_hash", "channel", Coalesce("merged_into", "pk")):
        groups[address][channel].add(now)
    sure = [
        set().union(*channels.values())
        for channels in groups.values()
        if all(len(who) == 1 for who in channels.values())
    ]
    groups_of_several = [people for people in sure if len(people) > 1]
    everybody = {pk for people in groups_of_several for pk in people}
    accounts, apart = _accounts(everybody), parted(everybody) if everybody else set()
    own = own_channels()
    ranks = {
        pk: rank(is_guest, channel, pk, own)
        for pk, is_guest, channel in Customer.objects.filter(pk__in=everybody).values_list("pk", "is_guest", "channel")
    }
    pairs = []
    for people in groups_of_several:
        if _are_one(people, accounts, apart):
            target, *sources = sorted(people, key=ranks.__getitem__)
            pairs += [(source, target) for source in sources]
    return {merge.target_id for merge in merge_many(pairs, how=MergeHow.EMAIL)}


def _are_one(people: Iterable[int], accounts: dict[int, set[str]], apart: set[tuple[int, int]]) -> bool:
    return all(
        not accounts.get(one, set()) & accounts.get(other, set()) and pair_of(one, other) not in apart
        for one, other in combinations(people, 2)
    )


def _accounts(people: Collection[int]) -> dict[int, set[str]]:
    """The channels in which each person, or somebody joined with them, has an account."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = Customer.objects.filter(Q(pk__in=people) | Q(merged_into__in=people), is_guest=False)
    for now, channel in rows.values_list(Coalesce("merged_into", "pk"), "channel"):
        found[now].add(channel)
    return dict(found)
