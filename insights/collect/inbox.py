"""The inbox: a batch is committed before its sender hears so, and read later by whoever claims it.

Claims are conditional updates, as those of trainings are: a worker holds its batches until their lease ends, ends them
under its own name in the transaction that writes their events, and changes nothing once another one has them.
"""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.dispatch import Signal
from django.utils import timezone

from insights.batches import batches
from insights.cleaning import BadRow, Why, quarantine
from insights.conf import settings
from insights.models import InboxBatch, InboxState, QuarantinedRow, atomically

from .sender import Sender
from .strip import stripped

accepted = Signal()
"""Sent after a batch was committed; who knows a broker wakes a worker."""

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
KIND = "inbox"
"""What the rows of an inbox are called in quarantine."""
LOST = "lost_batch"
"""Rule of a batch whose workers were lost again and again."""
KEEP_DONE = 20_000
"""The most batches that stay for the live page, however young."""
_LOOK_EVERY = 1.0
_PURGED = 2_000


class _Depth:
    """Whether the inbox is full, looked up once a second and process."""

    looked_at = 0.0
    full = False


def batch_of(sender: Sender, body: bytes = b"", *, channel: str = "shop", received_at: datetime) -> InboxBatch:
    """A batch as its sender sent it, not kept yet."""
    customer_channel, customer_key = sender.customer or ("", "")
    return InboxBatch(
        received_at=received_at,
        channel=channel,
        mode=sender.mode,
        visitor_key=sender.visitor_key,
        session_key=sender.session_key,
        customer_channel=customer_channel,
        customer_key=customer_key,
        host=sender.host,
        device=sender.device,
        bot=sender.bot,
        staff=sender.staff,
        body=body,
    )


def accept(body: bytes, sender: Sender, *, channel: str = "shop", received_at: datetime | None = None) -> InboxBatch:
    """Keep a batch, without what must not be kept. Once this returns it is committed, unless the caller holds a
    transaction open.

    Raises:
        DatabaseError: it could not be kept; the sender has to come back.
    """
    batch = batch_of(sender, stripped(body), channel=channel, received_at=received_at or timezone.now())
    batch.save(force_insert=True)
    accepted.send_robust(sender=InboxBatch)
    return batch


def is_full() -> bool:
    """Whether so much waits that senders are to come back later.

    Raises:
        DatabaseError: the database cannot be asked.
    """
    now = time.monotonic()
    if now - _Depth.looked_at > _LOOK_EVERY:
        most = settings.COLLECT.MAX_WAITING
        waiting = InboxBatch.objects.filter(state=InboxState.WAITING).order_by("pk").values_list("pk")
        _Depth.full = bool(waiting[most : most + 1])
        _Depth.looked_at = now
    return _Depth.full


def waiting() -> bool:
    """Whether a batch waits to be read."""
    return InboxBatch.objects.filter(state=InboxState.WAITING).exists()


def worker_name() -> str:
    """A name for one claim."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def claim(owner: str, most: int) -> list[InboxBatch]:
    """Take up to ``most`` of the oldest batches that wait. Of two workers that want one, one gets it."""
    queue = InboxBatch.objects.filter(state=InboxState.WAITING)
    wanted = list(queue.order_by("pk").values_list("pk", flat=True)[:most])
    if not wanted:
        return []
    queue.filter(pk__in=wanted).update(
        state=InboxState.WORKING, owner=owner, attempt=F("attempt") + 1, lease_until=timezone.now() + LEASE
    )
    return list(held(owner, wanted).order_by("pk"))


def held(owner: str, pks: Sequence[int]) -> QuerySet[InboxBatch]:
    """Those of the batches that a worker holds."""
    return InboxBatch.objects.filter(pk__in=pks, owner=owner, state=InboxState.WORKING)


def beat(owner: str) -> None:
    """Hold what one still holds for another lease."""
    InboxBatch.objects.filter(state=InboxState.WORKING, owner=owner).update(lease_until=timezone.now() + LEASE)


def sweep() -> int:
    """Give batches whose worker fell silent back to the queue; gives their number.

    One that was lost five times is put aside: what kills its readers would kill the next one too.
    """
    silent = InboxBatch.objects.filter(state=InboxState.WORKING, lease_until__lt=timezone.now())
    if not silent.exists():
        return 0
    for batch in silent.filter(attempt__gte=MOST_ATTEMPTS):
        put_aside(batch, LOST, Why.LOST)
    return silent.update(state=InboxState.WAITING, owner="", lease_until=None)


@atomically
def put_aside(batch: InboxBatch, rule: str, reason: str) -> None:
    """Take a batch out of the queue as a whole, with its reason."""
    mine = InboxBatch.objects.filter(pk=batch.pk, state=InboxState.WORKING, owner=batch.owner)
    if mine.update(
        state=InboxState.ASIDE, lease_until=None, done_at=timezone.now(), report={"aside": {"-1": [rule, reason]}}
    ):
        quarantine(batch.channel, KIND, [BadRow(f"batch {batch.pk}", rule, reason, {"bytes": len(batch.body)})])


def replay(rule: str = "") -> tuple[int, int]:
    """Put batches with events that were put aside back into the queue: all of them, or those of one rule.

    Good events of theirs are there already and stay as they are. Gives the number of batches, and of rows that wait
    in quarantine for a batch that is not there any more.
    """
    rows = QuarantinedRow.objects.filter(kind=KIND, resolved_at=None)
    if rule:
        rows = rows.filter(rule=rule)
    pks: set[int] = set()
    for name in rows.values_list("external_id", flat=True).iterator(chunk_size=2000):
        number = name.partition(" ")[2].partition(":")[0]
        if name.startswith("batch ") and number.isdigit():
            pks.add(int(number))
    found = 0
    for some in batches(sorted(pks), 500):
        aside = InboxBatch.objects.filter(pk__in=some, state=InboxState.ASIDE)
        found += aside.update(state=InboxState.WAITING, owner="", attempt=0, lease_until=None)
    if found:
        accepted.send_robust(sender=InboxBatch)
    return found, len(pks) - found


def purge() -> int:
    """Delete batches that were read and have been shown long enough; gives their number."""
    now = timezone.now()
    done = InboxBatch.objects.filter(state=InboxState.DONE)
    old = done.filter(received_at__lt=now - timedelta(minutes=settings.COLLECT.KEEP_MINUTES))
    newest = list(done.order_by("-pk").values_list("pk", flat=True)[KEEP_DONE : KEEP_DONE + 1])
    forgotten = now - timedelta(days=settings.COLLECT.KEEP_ASIDE_DAYS)
    aside = InboxBatch.objects.filter(state=InboxState.ASIDE, received_at__lt=forgotten)
    QuarantinedRow.objects.filter(kind=KIND, first_seen__lt=forgotten).delete()
    return _delete(old) + _delete(aside) + (_delete(done.filter(pk__lte=newest[0])) if newest else 0)


def _delete(rows: QuerySet[InboxBatch]) -> int:
    """In small transactions, so that nobody waits long on SQLite."""
    deleted = 0
    while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:_PURGED]):
        deleted += InboxBatch.objects.filter(pk__in=pks).delete()[0]
    return deleted
