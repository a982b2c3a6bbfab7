"""From the events of a session to visits: who it was, when it paused, and what was given twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connections, router
from django.db.models import Q
from django.utils import timezone

from insights.batches import batches
from insights.cleaning.behaviour import behaviour_reason
from insights.cleaning.bots import REASONS
from insights.cleaning.traffic import origin_of
from insights.cleaning.verdicts import verdicts
from insights.models import Customer, Event, StaleSession, Visit, atomic, insert, kept_since, upsert

PAUSE = timedelta(minutes=30)
"""A longer silence ends a visit, as in GA4."""
_COUNTED = {
    "page_view": "page_views",
    "view_item": "views",
    "add_to_cart": "carts",
    "begin_checkout": "checkouts",
    "purchase": "purchases",
}
_BATCH = 500
_OF_SESSIONS = frozenset(reason.key for reason in REASONS.values() if reason.told_by == "behaviour")
_SAID = ("referrer", "utm_source", "utm_medium", "utm_campaign")


@dataclass
class Drawn:
    """What the drawing of visits did.

    Attributes:
        sessions: that were drawn.
        repeated: events that turned out to be repetitions.
        people: customers whose visits are others than before, or may be.
    """

    sessions: int = 0
    repeated: int = 0
    people: set[int] = field(default_factory=set)


def redraw_visits(channel: str, sessions: Iterable[str]) -> Drawn:
    """Draw the visits of sessions anew from all of their events.

    Events before a sign-in are given to the person who signed in, an event that repeats another of the same second is
    no longer counted, and a session that no person can have had is labelled.
    """
    keys = sorted(set(sessions))
    drawn = Drawn()
    for some in batches(keys, _BATCH):
        with atomic():
            # Of two that draw the same session at once, the second waits, and sees what the first one wrote.
            mark_stale([(channel, key) for key in some], timezone.now())
            StaleSession.objects.filter(channel=channel, session_key__in=some).delete()
            _redraw(channel, some, drawn)
    return drawn


def mark_stale(sessions: Iterable[tuple[str, str]], now: datetime) -> None:
    """Note, within the transaction that writes events, that the visits of their sessions are to be drawn anew."""
    rows = [
        {"channel": channel, "session_key": key, "since": now, "touched_at": now} for channel, key in sorted(sessions)
    ]
    # A row that is there is touched, so that who is about to draw the session waits for these events.
    upsert(StaleSession, rows, unique=("channel", "session_key"), update=("touched_at",))


def redraw_stale(before: datetime | None, *, without: Iterable[str] = ()) -> Drawn:
    """Draw the visits of sessions that were noted, so that one which is under way is not drawn at each of its events.

    Args:
        before: those that were noted earlier; None takes all.
        without: names of events that alone make no visit.
    """
    features = connections[router.db_for_write(StaleSession)].features
    drawn = Drawn()
    noted = StaleSession.objects.order_by("pk")
    if before is not None:
        noted = noted.filter(since__lt=before)
    # Looked for first: a transaction that may write has SQLite to itself.
    while noted.exists():
        with atomic():
            rows = list(noted.select_for_update(skip_locked=features.has_select_for_update_skip_locked)[:_BATCH])
            if not rows:
                break
            StaleSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
            for channel in sorted({row.channel for row in rows}):
                keys = [row.session_key for row in rows if row.channel == channel]
                seen = Event.objects.filter(channel=channel, session_key__in=keys).exclude(name__in=list(without))
                drawable = sorted(set(seen.values_list("session_key", flat=True).distinct()))
                _redraw(channel, drawable, drawn)
    return drawn


_COLUMNS = (
    "pk session_key name occurred_at customer_id visitor_id product_id page query list_id order_ref quantity counts bot "
    "device referrer utm_source utm_medium utm_campaign"
).split()


def _redraw(channel: str, keys: Sequence[str], drawn: Drawn) -> None:
    events: defaultdict[str, list[Any]] = defaultdict(list)
    whole = _whole()
    told = Event.objects.filter(whole, channel=channel, session_key__in=keys)
    # Plain rows: a model's instance takes ten times as long to make.
    for values in told.order_by("occurred_at", "pk").values_list(*_COLUMNS):
        event = SimpleNamespace(**dict(zip(_COLUMNS, values, strict=True)))
        events[event.session_key].append(event)
    there = Visit.objects.filter(whole, channel=channel, session_key__in=keys)
    before = list(there.values_list("session_key", "assets", "customer_id"))
    loaded = {key for key, assets, _ in before if assets}
    drawn.people |= {customer for *_, customer in before} - {None}
    people: defaultdict[int, list[int]] = defaultdict(list)
    repeated: list[int] = []
    visits: list[dict[str, Any]] = []
    for found in events.values():
        known = [event for event in found if event.customer_id]
        if known:
            for event in found:
                if event.customer_id is None:
                    event.customer_id = known[0].customer_id
                    people[known[0].customer_id].append(event.pk)
        again = _repetitions(found)
        repeated += [event.pk for event in again if event.counts]
        fresh = {event.pk for event in again}
        first_told = [event for event in found if event.pk not in fresh]
        _label(first_told)
        visits += [_visit(channel, part) for part in _parts(first_told)]
    staff = set(
        Customer.objects.filter(pk__in={visit["customer_id"] for visit in visits}, is_real=False).values_list(
            "pk", flat=True
        )
    )
    for visit in visits:
        visit["counts"] = visit["counts"] and visit["customer_id"] not in staff
        visit["assets"] = visit["session_key"] in loaded
    for customer, pks in people.items():
        Event.objects.filter(pk__in=pks).update(customer=customer)
    if repeated:
        Event.objects.filter(pk__in=repeated).update(counts=False)
    if before:
        there.delete()
    if visits:
        insert(Visit, list(visits[0]), [list(visit.values()) for visit in visits])
    drawn.sessions += len(events)
    drawn.repeated += len(repeated)
    drawn.people |= {visit["customer_id"] for visit in visits} - {None}


def _label(events: Sequence[Any]) -> None:
    """Label a session that no person can have had, and what comes after in one that has such a label.

    What was left out before, such as the staff's, stays as it is.
    """
    looked_at = [event for event in events if event.counts or event.bot]
    reason = behaviour_reason([event.occurred_at for event in looked_at if event.name == "page_view"])
    reason = reason or next((event.bot for event in looked_at if event.bot in _OF_SESSIONS), "")
    new = [event for event in looked_at if not event.bot]
    if not reason or not new:
        return
    visitor = next((event.visitor_id for event in new if event.visitor_id), None)
    _, counts = verdicts().judge(reason, session=new[0].session_key, visitor=visitor)
    for event in new:
        event.bot, event.counts = reason, counts
    for pks in batches((event.pk for event in new), _BATCH):
        Event.objects.filter(pk__in=pks).update(bot=reason, counts=counts)


def _whole() -> Q:
    """Days of which events and visits are still there as they came; older visits stay as they were drawn."""
    first = kept_since("events", "visits")
    return Q(local_date__gte=first) if first else Q()


def _repetitions(events: Sequence[Any]) -> list[Any]:
    seen: set[tuple[Any, ...]] = set()
    again = []
    for event in events:
        said = (
            event.name,
            event.product_id,
            event.page,
            event.query,
            event.list_id,
            event.order_ref,
            event.quantity,
            event.occurred_at.replace(microsecond=0),
        )
        if said in seen:
            again.append(event)
        seen.add(said)
    return again


def _parts(events: Sequence[Any]) -> Iterable[list[Any]]:
    part: list[Any] = []
    for event in events:
        if part and event.occurred_at - part[-1].occurred_at > PAUSE:
            yield part
            part = []
        part.append(event)
    if part:
        yield part


def _visit(channel: str, events: Sequence[Any]) -> dict[str, Any]:
    """The columns of a visit."""
    first = events[0]
    start = first.occurred_at.astimezone(timezone.get_default_timezone())
    said = {name: next((value for event in events if (value := getattr(event, name))), "") for name in _SAID}
    done = Counter(event.name for event in events)
    return {
        "channel": channel,
        "session_key": first.session_key,
        "visitor_id": next((event.visitor_id for event in events if event.visitor_id), None),
        "customer_id": next((event.customer_id for event in reversed(events) if event.customer_id), None),
        "started_at": first.occurred_at,
        "ended_at": events[-1].occurred_at,
        "landing": next((event.page for event in events if event.page), ""),
        "device": next((event.device for event in events if event.device), ""),
        "bot": next((event.bot for event in events if event.bot), ""),
        "counts": not any(event.bot and not event.counts for event in events),
        "traffic": origin_of(said["utm_source"], said["utm_medium"], said["utm_campaign"], said["referrer"]).traffic,
        "local_date": start.date(),
        "local_hour": start.hour,
        **said,
        **{column: done[name] for name, column in _COUNTED.items()},
    }
