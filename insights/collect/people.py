"""Who sent the batches of a group: browsers and customers, looked up together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from insights.batches import batches
from insights.cleaning import verdicts
from insights.consent import BROWSER, suppressed
from insights.models import Customer, InboxBatch, Visitor

from .browser import key_after, key_beside, session_key
from .identity import stitch

_SEEN_EVERY = timedelta(minutes=5)
_PART = 500


@dataclass(frozen=True)
class Person:
    """Who sent a batch, as far as they agreed.

    Attributes:
        visitor: primary key of the browser.
        customer: primary key of who was signed in.
        bot: why it is taken for a machine; empty for people.
        counts: whether the figures include what they did.
        session_key: of the visit; another than the batch's where its customer had signed out before.
        gone: whether who was signed in has been forgotten since; nothing of theirs is written then.
    """

    visitor: int | None
    customer: int | None
    bot: str
    counts: bool
    session_key: str
    gone: bool


def people(batches: Sequence[tuple[InboxBatch, bool]], now: datetime) -> list[Person]:
    """The sender of each batch. A browser that is new gets a row, and one that signed in its customer.

    Args:
        batches: each with whether the browser says that a program drives it.
    """
    bots = [batch.bot or ("automated" if automated else "") for batch, automated in batches]
    said = verdicts()
    customers = _customers(batch for batch, _ in batches)
    named = [(batch.customer_channel, batch.customer_key) for batch, _ in batches]
    gone = _gone({who for who in named if who[1]} - customers.keys())
    keys = {
        batch.visitor_key
        for (batch, _), bot, who in zip(batches, bots, named, strict=True)
        if batch.visitor_key and not bot and who not in gone
    }
    visitors = _visitors(keys, now)
    found = []
    for (batch, _), bot, who in zip(batches, bots, named, strict=True):
        customer = customers.get(who)
        visitor = None if bot else visitors.get(batch.visitor_key)
        session = batch.session_key
        if visitor is not None and visitor.left_at is not None and batch.received_at >= visitor.left_at:
            visitor, session = _after_signing_out(visitor, batch, customer, visitors, now)
        if visitor is not None and customer is not None:
            visitor = _joined(visitor, customer, visitors, now)
        pk = visitor.pk if visitor else None
        label, good = said.judge(bot, session=session, visitor=pk)
        counts = good and not batch.staff and (customer is None or customer.is_real)
        found.append(Person(pk, customer.pk if customer else None, label, counts, session, who in gone))
    return found


def _after_signing_out(
    visitor: Visitor, batch: InboxBatch, customer: Customer | None, visitors: dict[str, Visitor], now: datetime
) -> tuple[Visitor | None, str]:
    """Who uses a browser whose customer had signed out before, and the key of their visit.

    Signed in again, it is as before. Who is not signed in may be somebody else, and gets a row that nobody owns yet.
    """
    if customer is not None and customer.pk == visitor.customer_id:
        Visitor.objects.filter(pk=visitor.pk).update(left_at=None)
        visitor.left_at = None
    if batch.customer_key or visitor.customer_id is None:
        return visitor, batch.session_key
    key, day = key_after(visitor), timezone.localdate(batch.received_at)
    ours = batch.session_key == session_key(visitor.key, day)
    other = visitors.get(key) or _visitors({key}, now).get(key)
    if other is not None:
        visitors[key] = other
    return other, session_key(key, day) if ours else batch.session_key


def _customers(batches: Iterable[InboxBatch]) -> dict[tuple[str, str], Customer]:
    wanted = {(batch.customer_channel, batch.customer_key) for batch in batches if batch.customer_key}
    found: dict[tuple[str, str], Customer] = {}
    for channel in {channel for channel, _ in wanted}:
        keys = sorted(key for of, key in wanted if of == channel)
        for row in Customer.objects.select_related("merged_into").filter(channel=channel, external_id__in=keys):
            found[channel, row.external_id] = row.merged_into or row
    return found


def _gone(customers: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of customers without a row who were forgotten, and not just never taken over."""
    channels = {channel for channel, _ in customers}
    return {
        (channel, key)
        for channel in channels
        for key in suppressed(channel, (k for of, k in customers if of == channel))
    }


def _visitors(keys: set[str], now: datetime) -> dict[str, Visitor]:
    """Browsers by key; new ones are made, but for those that belonged to somebody who was forgotten."""
    found = _there(keys)
    new = sorted(keys - found.keys())
    if new:
        gone = suppressed(BROWSER, new)
        Visitor.objects.bulk_create(
            [Visitor(key=key, first_seen=now, last_seen=now) for key in new if key not in gone], ignore_conflicts=True
        )
        found |= _there(set(new) - gone)
    late = sorted(visitor.pk for visitor in found.values() if now - visitor.last_seen > _SEEN_EVERY)
    if late:
        Visitor.objects.filter(pk__in=late).update(last_seen=now)
    return found


def _there(keys: Iterable[str]) -> dict[str, Visitor]:
    found: dict[str, Visitor] = {}
    for some in batches(sorted(keys), _PART):
        found |= {row.key: row for row in Visitor.objects.filter(key__in=some)}
    return found


def _joined(visitor: Visitor, customer: Customer, visitors: dict[str, Visitor], now: datetime) -> Visitor | None:
    """The browser as this customer's, or the row of their own that they have beside its first customer's."""
    if visitor.customer_id == customer.pk:
        return visitor
    if visitor.customer_id is None:
        with suppress(ValueError):  # another worker has just joined it to somebody else
            stitch(visitor, customer, how="login")
            return visitor
    key = key_beside(visitor, customer.pk)
    other = visitors.get(key) or _visitors({key}, now).get(key)
    if other is None:
        return None
    visitors[key] = other
    return _joined(other, customer, visitors, now)
