"""Events never change once they are there; the visits that they make up are drawn anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import NAMESPACE_URL, RFC_4122, UUID, uuid5

from django.utils import timezone

from insights.cleaning import Row, Verdicts, redraw_visits, verdicts
from insights.conf import settings
from insights.models import Customer, Event, Scaled, insert_new, kept_since
from insights.sources.settle import local

_AS_THEY_ARE = "name query list_id page referrer utm_source utm_medium utm_campaign device properties".split()
_COLUMNS = (
    *("event_id", "channel", "occurred_at", "recorded_at", "local_date", "customer_id", "product_id", "session_key"),
    *("order_ref", "quantity", "value", "bot", "counts", *_AS_THEY_ARE),
)
_said = itemgetter(*_AS_THEY_ARE)


@dataclass(frozen=True)
class Written:
    """What the writing of events did.

    Attributes:
        twice: that turned out to be given twice.
        people: customers whose visits are others than before.
    """

    new: int
    unchanged: int
    twice: int
    people: frozenset[int]


def write(channel: str, rows: Mapping[str, tuple[Row, Mapping[str, int | None]]]) -> Written:
    """Write the events that are new.

    Args:
        rows: cleaned row and primary keys of what it refers to, by the source's key.
    """
    ids = {event_id(channel, key): key for key in rows}
    there = set(Event.objects.filter(event_id__in=list(ids)).values_list("event_id", flat=True))
    new = {uid: rows[key] for uid, key in ids.items() if uid not in there}
    unreal = _unreal(found.get("customer_id") for _, found in new.values())
    now, judged = timezone.now(), verdicts()
    insert_new(Event, _COLUMNS, [_event(channel, uid, *item, unreal, now, judged) for uid, item in new.items()])
    drawn = redraw_visits(channel, {row["session"] for row, _ in new.values()} - {""})
    return Written(len(new), len(rows) - len(new), drawn.repeated, frozenset(drawn.people))


def drop_expired(ready: dict[str, Any]) -> int:
    """Leave out events of days that were let go of, so that a full sync does not bring them back each night."""
    days, gone = settings.RETENTION.EVENTS, kept_since("events")
    if days is None or gone is None:
        return 0
    # A shop that keeps them for longer now may have them again.
    first = min(gone, timezone.localdate(timezone=timezone.get_default_timezone()) - timedelta(days=days))
    old = [key for key, item in ready.items() if local(item.row["occurred_at"]).date() < first]
    for key in old:
        del ready[key]
    return len(old)


def remove(channel: str, keys: Iterable[str]) -> int:
    """Take events out that the source no longer has."""
    rows = Event.objects.filter(channel=channel, event_id__in=[event_id(channel, key) for key in keys])
    sessions = set(rows.values_list("session_key", flat=True)) - {""}
    deleted, _ = rows.delete()
    redraw_visits(channel, sessions)
    return deleted


def event_id(channel: str, key: str) -> UUID:
    """The source's key where it is a UUID of version 1 to 7, else one that is made from it and always the same.

    Thirty-two hexadecimal digits alone may be any hash, and MariaDB refuses those as a UUID, and some of version 8.
    """
    if len(key) in (32, 36):
        try:
            found = UUID(key)
        except ValueError:
            pass
        else:
            if found.variant == RFC_4122 and found.version in range(1, 8):
                return found
    return uuid5(NAMESPACE_URL, f"insights:{channel}:{key}")


def _event(
    channel: str,
    uid: UUID,
    row: Row,
    found: Mapping[str, int | None],
    unreal: set[int | None],
    now: datetime,
    judged: Verdicts,
) -> tuple[Any, ...]:
    """The columns of an event."""
    customer, at, session = found.get("customer_id"), row["occurred_at"], row["session"]
    quantity, value = row["quantity"], row["value"]
    bot, good = judged.judge(row["bot"], session=session)
    return (
        uid,
        channel,
        at,
        now,
        local(at).date(),
        customer,
        found.get("product_id"),
        session,
        row["order"],
        None if quantity is None else Scaled(quantity),
        None if value is None else Scaled(value),
        bot,
        good and customer not in unreal,
        *_said(row),
    )


def _unreal(customers: Iterable[int | None]) -> set[int | None]:
    return set(
        Customer.objects.filter(pk__in={pk for pk in customers if pk}, is_real=False).values_list("pk", flat=True)
    )
