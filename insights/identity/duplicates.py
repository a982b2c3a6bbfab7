"""The search for people who are there twice.

Nobody is compared with everybody: two customers are a candidate when they share a *block*, such as the end of their
telephone numbers. Blocks are cut into parts and worked through one after the other, so that memory does not grow with
the number of customers; a block of many is no evidence and is left out.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import combinations
from typing import Any

from django.utils import timezone

from insights.batches import batches
from insights.identity.evidence import GENERIC, Known, ending, weigh
from insights.identity.keys import email_match_key, is_han, name_key, name_words
from insights.identity.later import gather
from insights.models import Customer, DuplicatePair, PairState, atomic, upsert

LEAST = 60
"""Pairs of a lower score are not worth anybody's time."""
LARGEST = 20
"""A block of more people says little of any two of them."""
_PART = 250_000
"""People whose blocks are held at once."""
_BATCH = 2000
_HELD = 200_000
"""Candidates that are gathered before they are compared, so that a pair of several blocks is compared once."""


@dataclass(frozen=True)
class DuplicatesReport:
    """What a search did.

    Attributes:
        people: customers looked at.
        compared: pairs that share a block.
        open: pairs that wait for a decision.
        new: of these, those that were not known before.
        gone: pairs that waited and are none any more.
        too_common: blocks that were left out.
    """

    people: int
    compared: int
    open: int
    new: int
    gone: int
    too_common: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self)


def find_duplicates() -> DuplicatesReport:
    """Fill the queue of pairs anew: new ones come, those that are none any more go, decided ones stay as they are."""
    began, now = time.perf_counter(), timezone.now()
    gather()  # what was written in the moment of a merge belongs to who they are now
    counts: Counter[str] = Counter()
    people = _people().count()
    parts = 1 + people // _PART
    for part in range(parts):
        for pairs in _candidates(part, parts, counts):
            _compare(pairs, now, counts)
    waiting = DuplicatePair.objects.filter(state=PairState.OPEN)
    stale = waiting.filter(checked_at__lt=now)
    gone = stale.count()
    stale.delete()
    return DuplicatesReport(
        people=people,
        compared=counts["compared"],
        open=waiting.count(),
        new=counts["new"],
        gone=gone,
        too_common=counts["too_common"],
        seconds=round(time.perf_counter() - began, 3),
    )


def blocks(person: Known) -> Iterator[str]:
    """What a customer may share with another row of the same person."""
    local, _, _host = email_match_key(person.email).partition("@")
    if local:
        yield f"e{email_match_key(person.email)}"
        if len(local) > 4 and local not in GENERIC:
            yield f"l{local}"
    if number := ending(person.phone_key):
        yield f"p{number}"
    words, city = sorted(name_words(person.name)), person.city.casefold()
    if len(words) > 1 or is_han(person.name):
        yield f"n{name_key(person.name)}"
        if city:
            yield f"c{city} {' '.join(word[:3] for word in words)}"
            longest = max(words, key=len)
            yield f"i{city} {longest[:5]} {' '.join(word[0] for word in words if word is not longest)}"


def _people() -> Any:
    return Customer.objects.filter(merged_into=None, is_real=True).order_by("pk").values_list(*Known._fields)


def _candidates(part: int, parts: int, counts: Counter[str]) -> Iterator[list[tuple[int, int]]]:
    """Pairs that share a block of this part, in batches; the lower key first."""
    import numpy as np

    keys, owners = array("Q"), array("Q")
    last = 0
    while page := [Known(*row) for row in _people().filter(pk__gt=last)[:_BATCH]]:
        last = page[-1].pk
        for person in page:
            for block in set(blocks(person)):
                key = int.from_bytes(blake2b(block.encode(), digest_size=8).digest())
                if key % parts == part:
                    keys.append(key)
                    owners.append(person.pk)
    if not keys:
        return
    hashes, people = np.frombuffer(keys, dtype=np.uint64), np.frombuffer(owners, dtype=np.uint64)
    order = np.argsort(hashes, kind="stable")
    hashes, people = hashes[order], people[order]
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]])
    sizes = np.diff(np.r_[starts, len(hashes)])
    counts["too_common"] += int((sizes > LARGEST).sum())
    pairs: set[tuple[int, int]] = set()
    for at in np.flatnonzero((sizes > 1) & (sizes <= LARGEST)):
        group = people[starts[at] : starts[at] + sizes[at]].tolist()
        pairs.update(combinations(group, 2))
        if len(pairs) >= _HELD:
            yield from batches(sorted(pairs), _BATCH)
            pairs.clear()
    yield from batches(sorted(pairs), _BATCH)


def _compare(pairs: Sequence[tuple[int, int]], now: datetime, counts: Counter[str]) -> None:
    """Score pairs, and write those that are worth a look."""
    counts["compared"] += len(pairs)
    rows = _people().filter(pk__in={pk for pair in pairs for pk in pair})
    known = {row[0]: Known(*row) for row in rows}
    scored = {
        (one, other): found
        for one, other in pairs
        if one in known and other in known and (found := weigh(known[one], known[other]))[0] >= LEAST
    }
    if not scored:
        return
    with atomic():
        there = DuplicatePair.objects.filter(
            first__in={one for one, _ in scored}, second__in={other for _, other in scored}
        )
        states = {(one, other): state for one, other, state in there.values_list("first", "second", "state")}
        written = [
            {
                "first_id": one,
                "second_id": other,
                "score": score,
                "reasons": reasons,
                "state": PairState.OPEN.value,
                "found_at": now,
                "checked_at": now,
            }
            for (one, other), (score, reasons) in scored.items()
            if states.get((one, other), PairState.OPEN) == PairState.OPEN
        ]
        counts["new"] += sum((row["first_id"], row["second_id"]) not in states for row in written)
        upsert(DuplicatePair, written, unique=("first_id", "second_id"), update=("score", "reasons", "checked_at"))
