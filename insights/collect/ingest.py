"""From what happened to rows: events, each once, and the visits that they make up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from insights.cleaning import allowed, redraw_visits, settle_touches
from insights.conf import settings
from insights.consent import tracking_mode
from insights.exceptions import UnknownKeyError
from insights.masking import without_addresses
from insights.models import EVENT_NAMES, Customer, Event, Product, atomic

from .drafts import Draft
from .hosts import host_key
from .inbox import batch_of
from .people import Person, people
from .sender import Sender, sender_of
from .uuid7 import uuid7
from .worth import in_base

CHANNEL = "shop"
OF_LISTS = ("view_item_list", "select_item")
"""Events that alone make no visit: where the shop counts page views itself, a list in sight is none."""


def track(
    name: str,
    *,
    request: HttpRequest | None = None,
    customer: Customer | Model | str | int | None = None,
    product: Product | Model | str | int | None = None,
    quantity: Decimal | int | None = None,
    value: Decimal | int | str | None = None,
    currency: str = "",
    order: str = "",
    query: str = "",
    list_id: str = "",
    properties: dict[str, Any] | None = None,
    event_id: UUID | None = None,
    occurred_at: datetime | None = None,
) -> Event | None:
    """Write down that somebody did something, from the shop's own code.

    Args:
        name: one of GA4's names for it, such as ``add_to_cart``.
        request: says who is there and what may be recorded of them. Without it nobody is recognised.
        customer: who it was, where the shop knows better than the request.
        product: what it was about: one of our rows, its key, or an object of the shop's model.
        value: in ``currency``, by default the base currency.
        order: key of the order.
        query: what was searched for.
        list_id: the list or widget that showed the product.
        properties: anything else, as JSON takes it.
        event_id: the same event told twice counts once; by default a new UUIDv7.
        occurred_at: by default now.

    Returns:
        The event; None where nothing may be recorded, or the event is there already.

    Raises:
        UnknownKeyError: GA4 has no such name.
    """
    if name not in EVENT_NAMES:
        raise UnknownKeyError("event", name, EVENT_NAMES)
    if (settings.TRACKING if request is None else tracking_mode(request)) == "none":
        return None
    with atomic():
        sender = Sender("full") if request is None else sender_of(request)
        if sender.mode == "none":
            return None
        now = timezone.now()
        [known] = people([(batch_of(sender, received_at=now), False)], now)
        # A hash of one day must not lead to a person; only with full consent is the customer written beside it.
        person = _customer(customer) if sender.mode == "full" else None
        if person is not None:
            known = replace(known, customer=person.pk, counts=known.counts and person.is_real)
        row = _product(product)
        draft = Draft(
            event_id or uuid7(),
            name,
            occurred_at or now,
            quantity=None if quantity is None else Decimal(quantity),
            value=None if value is None else Decimal(value),
            currency=currency,
            order=order,
            query=without_addresses(query)[:200],
            list_id=list_id[:64],
            page=without_addresses(request.path)[:500] if request is not None else "",
            properties=allowed(properties or {}),
        )
        event = _event(draft, known, sender.device, row.pk if row else None)
        return Event.objects.get(event_id=event.event_id) if store([event]) else None


def store(events: Sequence[Event]) -> int:
    """Write events that are not there yet, and draw their visits anew; gives the number of those that were new."""
    with atomic():
        ids = [event.event_id for event in events]
        there = set(Event.objects.filter(event_id__in=ids).values_list("event_id", flat=True))
        new = list({event.event_id: event for event in events if event.event_id not in there}.values())
        # Two workers may hold the same batch at once: the database decides, and neither of them fails.
        Event.objects.bulk_create(new, ignore_conflicts=True)
        drawn = redraw_visits(CHANNEL, _sessions(new))
        settle_touches(drawn.people)
    return len(new)


def _sessions(events: Sequence[Event]) -> set[str]:
    """Sessions whose visits change."""
    keys = {event.session_key for event in events if event.session_key and (event.counts or not event.bot)}
    more = Event.objects.filter(channel=CHANNEL, session_key__in=keys).exclude(name__in=OF_LISTS)
    return set(more.values_list("session_key", flat=True).distinct())


def _event(draft: Draft, known: Person, device: str, product: int | None) -> Event:
    figures: dict[str, Any] = {"quantity": draft.quantity, "value": in_base(draft.value, draft.currency)}
    return Event(
        event_id=draft.event_id,
        channel=CHANNEL,
        name=draft.name,
        occurred_at=draft.occurred_at,
        local_date=timezone.localdate(draft.occurred_at),
        visitor_id=known.visitor,
        customer_id=known.customer,
        session_key=known.session_key,
        product_id=product,
        order_ref=draft.order,
        query=draft.query,
        list_id=draft.list_id,
        page=draft.page,
        referrer=draft.referrer,
        utm_source=draft.utm_source,
        utm_medium=draft.utm_medium,
        utm_campaign=draft.utm_campaign,
        device=device,
        properties=draft.properties,
        bot=known.bot,
        counts=known.counts,
        **figures,
    )


def _customer(wanted: Customer | Model | str | int | None) -> Customer | None:
    found = _row(Customer, "customers", wanted)
    return (found.merged_into or found) if isinstance(found, Customer) else None


def _product(wanted: Product | Model | str | int | None) -> Product | None:
    found = _row(Product, "products", wanted)
    return found if isinstance(found, Product) else None


def _row(model: type[Model], kind: str, wanted: Model | str | int | None) -> Model | None:
    """One of our rows; None where the shop's object has not been taken over yet: no event is lost for that."""
    if wanted is None or isinstance(wanted, model):
        return wanted
    channel, key = (host_key(kind, wanted) or (CHANNEL, "")) if isinstance(wanted, Model) else (CHANNEL, str(wanted))
    return model._default_manager.filter(channel=channel, external_id=key).first()
