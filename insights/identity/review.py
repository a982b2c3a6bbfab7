"""What a person decides of two who may be one."""

from __future__ import annotations

from django.utils import timezone
from django.utils.module_loading import import_string

from insights.conf import settings
from insights.models import Customer, DuplicatePair, PairState


def keep(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Source and target of a merge of two: an account stays before a guest, the shop's own before others, the older."""
    own = own_channels()
    target, source = sorted((one, other), key=lambda person: rank(person.is_guest, person.channel, person.pk, own))
    return source, target


def rank(is_guest: bool, channel: str, pk: int, own: frozenset[str]) -> tuple[bool, bool, int]:
    """What says which of several people the others become: the lowest."""
    return is_guest, channel not in own, pk


def own_channels() -> frozenset[str]:
    """The channels of the shop's own adapters."""
    # By name, since what comes in from tables stands above this package.
    return frozenset(import_string(path).name for path in settings.ADAPTERS)


def reject(pair: DuplicatePair, *, by: str) -> None:
    """They are two people: the pair leaves the queue for good, and no rule joins them."""
    _decide(pair, PairState.REJECTED, by)


def reopen(pair: DuplicatePair) -> None:
    """Nobody has decided it after all."""
    _decide(pair, PairState.OPEN, "")


def _decide(pair: DuplicatePair, state: PairState, by: str) -> None:
    pair.state, pair.decided_by = state, by
    pair.decided_at = None if state == PairState.OPEN else timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
