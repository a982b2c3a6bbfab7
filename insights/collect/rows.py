"""From batches that were read to rows of the table of events: who, what, when, and of which worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from insights.batches import batches
from insights.models import InboxBatch, Product, Scaled

from .drafts import Batch, Draft
from .people import Person, people
from .worth import in_base

COLUMNS = (
    "event_id channel name occurred_at recorded_at local_date visitor_id customer_id session_key product_id order_ref "
    "quantity value query list_id page referrer utm_source utm_medium utm_campaign device properties bot counts "
    "fingerprint"
).split()
AT_ONCE = 500
"""Keys that every database takes as parameters."""


@dataclass
class Read:
    """A batch of which everything is known but what the tables say."""

    batch: InboxBatch
    found: Batch
    aside: dict[str, list[str]] = field(default_factory=dict)
    twice: list[int] = field(default_factory=list)
    unwanted: bool = False
    """Whether its sender has been forgotten since, so that it goes as it came."""


def rows_of(
    group: Sequence[Read], now: datetime
) -> tuple[list[tuple[Any, ...]], list[tuple[int, int]], set[tuple[str, str]]]:
    """The rows of all events in the order of their ids, where each came from, and the sessions they change.

    Two workers that write the same events in the same order wait for each other and never both.
    """
    persons = people([(read.batch, read.found.automated) for read in group], now)
    named, shown = _products(group)
    days = _Days()
    made: list[tuple[tuple[Any, ...], tuple[int, int]]] = []
    sessions: set[tuple[str, str]] = set()
    for at, (read, person) in enumerate(zip(group, persons, strict=True)):
        batch = read.batch
        read.unwanted = person.gone
        if read.unwanted:
            continue
        for draft in read.found.drafts:
            product = shown.get(draft.shown.product) if draft.shown else named.get((batch.channel, draft.product))
            made.append((_row(batch, draft, person, product, days.of(draft.occurred_at), now), (at, draft.index)))
        if person.session_key and (person.counts or not person.bot) and read.found.drafts:
            sessions.add((batch.channel, person.session_key))
    made.sort(key=lambda item: item[0][0])
    return [row for row, _ in made], [place for _, place in made], sessions


def _row(
    batch: InboxBatch, draft: Draft, person: Person, product: int | None, day: date, now: datetime
) -> tuple[Any, ...]:
    properties = draft.properties
    if draft.shown is not None:
        properties = {**properties, "place": draft.shown.place}
    elif draft.product and product is None:
        # The shop may know the product before we do.
        properties = {**properties, "item_id": draft.product}
    return (
        draft.event_id,
        batch.channel,
        draft.name,
        draft.occurred_at,
        now,
        day,
        person.visitor,
        person.customer,
        person.session_key,
        product,
        draft.order,
        _scaled(draft.quantity, 3),
        _scaled(in_base(draft.value, draft.currency), 4),
        draft.query,
        draft.list_id,
        draft.page,
        draft.referrer,
        draft.utm_source,
        draft.utm_medium,
        draft.utm_campaign,
        batch.device,
        properties,
        person.bot,
        person.counts,
        draft.fingerprint,
    )


def _scaled(number: Decimal | None, places: int) -> Scaled | None:
    return None if number is None else Scaled(number.scaleb(places).to_integral_value())


class _Days:
    """The shop's day of a moment; those of one hour are worked out once."""

    def __init__(self) -> None:
        self.zone = timezone.get_default_timezone()
        self.known: dict[int, date] = {}

    def of(self, moment: datetime) -> date:
        quarter = int(moment.timestamp()) // 900
        day = self.known.get(quarter)
        if day is None:
            day = self.known[quarter] = moment.astimezone(self.zone).date()
        return day


def _products(group: Sequence[Read]) -> tuple[dict[tuple[str, str], int], dict[int, int]]:
    """Primary keys by the shop's key, and those of signed lists that are still there."""
    keys = {draft.product for read in group for draft in read.found.drafts if draft.product}
    signed = {draft.shown.product for read in group for draft in read.found.drafts if draft.shown}
    channels = {read.batch.channel for read in group}
    named: dict[tuple[str, str], int] = {}
    for some in batches(sorted(keys), AT_ONCE):
        found = Product.objects.filter(channel__in=channels, external_id__in=some)
        named |= {(channel, key): pk for channel, key, pk in found.values_list("channel", "external_id", "pk")}
    there: dict[int, int] = {}
    for numbers in batches(sorted(signed), AT_ONCE):
        there |= {pk: pk for pk in Product.objects.filter(pk__in=numbers).values_list("pk", flat=True)}
    return named, there
