"""From the inbox to the tables, in bulk: what is read together is written in one transaction, or not at all.

The same transaction ends the batches under the claim of this worker. Killed anywhere, it leaves batches that another
worker takes; an event that is there already is told by its id, or by what it says, and is not written again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connections, router
from django.utils import timezone

from insights.batches import batches
from insights.cleaning import BadRow, Why, mark_stale, quarantine, redraw_stale, resolve, settle_touches
from insights.exceptions import trace
from insights.models import Event, InboxBatch, InboxState, QuarantinedRow, atomic, insert_new, many_rows

from . import inbox
from .drafts import read_batch
from .ingest import OF_LISTS
from .rows import AT_ONCE, COLUMNS, Read, rows_of
from .values import text

logger = logging.getLogger(__name__)

MOST_BATCHES = 1_000
"""Batches of one claim."""
MOST_EVENTS = {"sqlite": 500}
"""Events of one transaction, by database: on SQLite nobody else writes meanwhile."""
_MOST_EVENTS = 2_000
_TRIES = 4
_SWEEP_EVERY = 15.0
_BEAT_EVERY = 15.0
_REDRAW_AFTER = timedelta(seconds=30)


@dataclass
class WorkReport:
    """What a worker did.

    Attributes:
        events: written and new.
        twice: there already, by their id or by what they say.
        aside: put aside with their reason.
    """

    batches: int = 0
    events: int = 0
    twice: int = 0
    aside: int = 0
    visits: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self)


class LostClaimError(Exception):
    """Another worker has one of the batches by now; nothing was written."""


@many_rows()
def work(*, until: float | None = None) -> WorkReport:
    """Write what waits in the inbox until nothing does, then draw the visits that changed.

    Args:
        until: by ``time.monotonic``; nothing is claimed later, and sessions that are under way are not drawn yet.
    """
    report, began, swept = WorkReport(), time.monotonic(), 0.0
    while until is None or time.monotonic() < until:
        if time.monotonic() - swept > _SWEEP_EVERY:
            inbox.sweep()
            swept = time.monotonic()
        if not _once(report):
            report.visits += _redraw(None)
            break
        report.visits += _redraw(timezone.now() - _REDRAW_AFTER)
    report.seconds = round(time.monotonic() - began, 3)
    return report


def _redraw(before: datetime | None) -> int:
    """Draw visits; what cannot be drawn now stays noted."""
    try:
        drawn = redraw_stale(before, without=OF_LISTS)
        settle_touches(drawn.people)
        return drawn.sessions
    except OperationalError as error:
        logger.warning("Visits could not be drawn now (%s); they will be later.", type(error).__name__)
        return 0


def _once(report: WorkReport) -> bool:
    """Claim and write some batches; False where none waits that can be had."""
    owner = inbox.worker_name()
    batches = inbox.claim(owner, MOST_BATCHES)
    if not batches:
        return inbox.waiting()
    claimed_at = time.monotonic()
    for group in _groups(batches):
        if time.monotonic() - claimed_at > _BEAT_EVERY:
            inbox.beat(owner)
            claimed_at = time.monotonic()
        try:
            _write_patiently(owner, group, report)
        except LostClaimError:
            logger.warning("A worker was too slow: its batches of events are another's by now.")
    return True


def _groups(batches: Iterable[InboxBatch]) -> Iterable[list[Read]]:
    """Batches that are written together."""
    most = MOST_EVENTS.get(connections[router.db_for_write(Event)].vendor, _MOST_EVENTS)
    group: list[Read] = []
    size = 0
    for batch in batches:
        actor = batch.visitor_key or batch.session_key
        try:
            found = read_batch(bytes(batch.body), batch.received_at, batch.host, actor)
        except Exception as error:
            # A batch that breaks the reader must not stop the ones behind it; what it was is in quarantine.
            logger.error("A batch of events could not be read: %s", trace(error))
            inbox.put_aside(batch, inbox.LOST, Why.UNREADABLE % {"error": type(error).__name__})
            continue
        if group and size + len(found.drafts) > most:
            yield group
            group, size = [], 0
        group.append(Read(batch, found))
        size += len(found.drafts)
    if group:
        yield group


def _write_patiently(owner: str, group: list[Read], report: WorkReport) -> None:
    """Write a group; after a deadlock again, and one by one where one of them breaks the rest."""
    for tried in range(1, _TRIES + 1):
        try:
            _write(owner, group, report)
            return
        except LostClaimError:
            raise
        except (OperationalError, InterfaceError):
            # The database is gone, or wants this transaction again. The claim's lease outlives the pauses.
            if tried == _TRIES:
                raise
            time.sleep(0.2 * 2**tried)
            _drop_broken_connection()
        except Exception as error:
            if isinstance(error, DatabaseError):
                _drop_broken_connection()
            if len(group) > 1:
                break
            logger.error("A batch of events could not be written: %s", trace(error))
            inbox.put_aside(group[0].batch, inbox.LOST, Why.UNWRITABLE % {"error": type(error).__name__})
            return
    for read in group:
        _write_patiently(owner, [read], report)


def _drop_broken_connection() -> None:
    connection = connections[router.db_for_write(Event)]
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _write(owner: str, group: list[Read], report: WorkReport) -> None:
    with atomic():
        now = timezone.now()
        rows, places, sessions = rows_of(group, now)
        written = insert_new(Event, COLUMNS, rows)
        for read in group:
            read.twice, read.aside = [], {}
        if written < len(rows):
            _note_twice(group, rows, places, now)
        _put_aside([read for read in group if not read.unwanted])
        mark_stale(sessions, now)
        _end(owner, group, now)
    report.batches += len(group)
    report.events += written
    report.twice += len(rows) - written
    report.aside += sum(len(read.aside) for read in group)


def _note_twice(
    group: Sequence[Read], rows: Sequence[tuple[Any, ...]], places: Sequence[tuple[int, int]], now: datetime
) -> None:
    """Which events were there already: those of an older time of writing, and those that were told under another id."""
    ours: dict[Any, int] = {}
    for some in batches([row[0] for row in rows], AT_ONCE):
        stored = Event.objects.filter(event_id__in=some, recorded_at=now).values_list("event_id", flat=True)
        ours |= dict.fromkeys(stored, 1)
    for row, (at, index) in zip(rows, places, strict=True):
        if not ours.pop(row[0], 0):
            group[at].twice.append(index)


def _put_aside(group: Sequence[Read]) -> None:
    """Keep refused events with their reasons, and mark as mended what was put aside before and is written now."""
    bad: list[tuple[str, BadRow]] = []
    for read in group:
        for refused in read.found.refused:
            name = f"batch {read.batch.pk}" + (f":{refused.index}" if refused.index >= 0 else "")
            bad.append((read.batch.channel, BadRow(name, refused.rule, refused.reason, _said(refused.said))))
            read.aside[str(refused.index)] = [refused.rule, refused.reason[:200]]
    for channel in {channel for channel, _ in bad}:
        quarantine(channel, inbox.KIND, [row for of, row in bad if of == channel])
    still = {(row.external_id, row.rule) for _, row in bad}
    for read in group:
        if read.batch.report.get("aside"):
            name = f"batch {read.batch.pk}"
            lying = QuarantinedRow.objects.filter(channel=read.batch.channel, kind=inbox.KIND, resolved_at=None)
            for key, rule in lying.filter(external_id__startswith=name).values_list("external_id", "rule"):
                if key.partition(":")[0] == name and (key, rule) not in still:
                    resolve(read.batch.channel, inbox.KIND, [key], rule=rule)


def _said(said: object) -> dict[str, Any]:
    """A refused event as short texts."""
    if isinstance(said, dict):
        return {text(key, 40): _short(value) for key, value in list(said.items())[:20]}
    return {"said": _short(said)}


def _short(value: object) -> object:
    try:
        return None if value is None else str(value)[:300]
    except (RecursionError, ValueError):
        return "…"


def _end(owner: str, group: Sequence[Read], now: datetime) -> None:
    """End the batches, those of which there is something to tell one by one.

    Raises:
        LostClaimError: another worker has one of them.
    """
    over = {"owner": "", "lease_until": None, "done_at": now}
    kept = [read for read in group if not read.unwanted]
    plain = [read.batch.pk for read in kept if not read.aside and not read.twice and not read.batch.report]
    unwanted = [read.batch.pk for read in group if read.unwanted]
    ended = sum(inbox.held(owner, some).update(state=InboxState.DONE, **over) for some in batches(plain, AT_ONCE))
    ended += sum(inbox.held(owner, some).delete()[0] for some in batches(unwanted, AT_ONCE))
    for read in kept:
        if read.aside or read.twice or read.batch.report:
            report: dict[str, Any] = {"aside": read.aside} if read.aside else {}
            if read.twice:
                report["twice"] = sorted(set(read.twice))
            state = InboxState.ASIDE if read.aside else InboxState.DONE
            ended += inbox.held(owner, [read.batch.pk]).update(state=state, report=report, **over)
    if ended != len(group):
        raise LostClaimError
