"""What led to an order: the last touch before it, and the first one of each customer.

A touch is a visit that counts, or what the shop says of an order itself. Settling twice changes nothing, and a visit
that comes late, or turns out to be a customer's, changes what it has to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from insights.cleaning.traffic import DIRECT, Origin, origin_of
from insights.models import Customer, Event, Order, Visit, atomic, overwrite

LAST_TOUCH_DAYS = 30
"""A visit longer ago than this did not lead to the order."""
FIRST_TOUCH_DAYS = 90
"""A visit longer before the first valid order than this did not win the customer."""
_BATCH = 500
_NEAR = timedelta(days=1)
_ORDER = ("traffic", "touch_source", "touch_medium", "touch_campaign")
_CUSTOMER = ("first_traffic", "first_source", "first_medium", "first_campaign", "first_touch_at", "last_traffic")
_SAID = ("utm_source", "utm_medium", "utm_campaign", "referrer")


class Touch(NamedTuple):
    """That somebody came, and from where."""

    at: datetime
    origin: Origin


def last_touch(placed_at: datetime, touches: Sequence[Touch]) -> Touch | None:
    """The last touch before an order that was not direct; a direct one where there was no other; None without any.

    Args:
        touches: of the buyer, in order of time.
    """
    near = [touch for touch in touches if placed_at - timedelta(days=LAST_TOUCH_DAYS) < touch.at <= placed_at]
    told = [touch for touch in near if touch.origin.traffic != DIRECT] or near
    return told[-1] if told else None


def first_touch(first_order: datetime, touches: Sequence[Touch]) -> Touch | None:
    """The first touch in the weeks before a customer's first valid order, a direct one too; None without any."""
    start = first_order - timedelta(days=FIRST_TOUCH_DAYS)
    return next((touch for touch in touches if start < touch.at <= first_order), None)


def settle_touches(customers: Iterable[int], *, anew: bool = False) -> int:
    """Write the touches of customers and of their orders, where they are others than before.

    Args:
        customers: primary keys; those without an order are passed over.
        anew: whether a touch goes whose visit is no longer there. Visits may be deleted when they are old, which is no
            reason to forget what they led to; one that was taken from the customer is.

    Returns:
        How many orders and customers were changed.
    """
    changed = 0
    remaining = iter(sorted(set(customers)))
    while pks := list(islice(remaining, _BATCH)):
        changed += _settle(pks, anew)
    return changed


class _Order(NamedTuple):
    pk: int
    customer: int
    placed_at: datetime
    counts: bool
    channel: str
    key: str
    said: tuple[str, ...]
    stored: tuple[str, ...]


def _settle(pks: Sequence[int], anew: bool) -> int:
    names = ("pk", "customer_id", "placed_at", "counts", "channel", "external_id")
    rows = Order.objects.filter(customer__in=pks).order_by("placed_at", "pk").values_list(*names, *_SAID, *_ORDER)
    width = len(names)
    orders = [_Order._make((*row[:width], row[width : -len(_ORDER)], row[-len(_ORDER) :])) for row in rows]
    if not orders:
        return 0
    touches = _touches(orders)
    changed: dict[int, tuple[str, ...]] = {}
    latest: dict[int, str] = {}
    first: dict[int, _Order] = {}
    for order in orders:
        own = _own(order)
        found = own[-1] if own else last_touch(order.placed_at, touches[order.customer])
        said = tuple(found.origin) if found else order.stored if not anew else ("",) * len(_ORDER)
        if said != order.stored:
            changed[order.pk] = said
        latest[order.customer] = said[0]
        if order.counts:
            first.setdefault(order.customer, order)
    people = _first_touches(first, touches, latest, anew)
    with atomic():
        # Of who was forgotten meanwhile nothing is known any more.
        theirs = Order.objects.filter(pk__in=list(changed), customer__in=pks)
        changed = {pk: changed[pk] for pk in sorted(theirs.values_list("pk", flat=True))} if changed else {}
        # In one order, so that two who write the same rows wait for each other and never both.
        overwrite(Order, _ORDER, changed)
        overwrite(Customer, _CUSTOMER, dict(sorted(people.items())))
    return len(changed) + len(people)


def _first_touches(
    first: dict[int, _Order], touches: dict[int, list[Touch]], latest: dict[int, str], anew: bool
) -> dict[int, tuple[Any, ...]]:
    """What is to be written onto customers, where it differs from what is there."""
    changed: dict[int, tuple[Any, ...]] = {}
    for pk, *stored in Customer.objects.filter(pk__in=latest).values_list("pk", *_CUSTOMER):
        known: tuple[Any, ...] = ("", "", "", "", None)
        order = first.get(pk)
        if order is not None:
            found = first_touch(order.placed_at, touches[pk] or _own(order))
            start = order.placed_at - timedelta(days=FIRST_TOUCH_DAYS)
            before = stored[4] if not anew and stored[4] and start < stored[4] <= order.placed_at else None
            if before is not None and (found is None or before < found.at):
                known = tuple(stored[:5])
            elif found is not None:
                known = (*found.origin, found.at)
        if (*known, latest[pk]) != tuple(stored):
            changed[pk] = (*known, latest[pk])
    return changed


def _own(order: _Order) -> list[Touch]:
    """What the shop says of the order itself; nothing where it says nothing."""
    origin = origin_of(*order.said)
    return [] if origin.traffic == DIRECT else [Touch(order.placed_at, origin)]


def _touches(orders: Sequence[_Order]) -> dict[int, list[Touch]]:
    """The touches of each buyer, in order of time."""
    found: defaultdict[int, list[Touch]] = defaultdict(list)
    visits = Visit.objects.filter(customer__in={order.customer for order in orders}, counts=True)
    for customer, at, *said in visits.order_by("started_at", "pk").values_list("customer_id", "started_at", *_SAID):
        found[customer].append(Touch(at, origin_of(*said)))
    unled = [
        order for order in orders if not _own(order) and last_touch(order.placed_at, found[order.customer]) is None
    ]
    if unled:
        for customer, touch in _of_purchases(unled):
            found[customer].append(touch)
        for each in found.values():
            each.sort(key=lambda touch: touch.at)
    return found


def _of_purchases(orders: Sequence[_Order]) -> Iterable[tuple[int, Touch]]:
    """The visits in which orders were placed by somebody who was not signed in: the purchase names the order."""
    by_key = {(order.channel, order.key): order for order in orders}
    days = [order.placed_at.date() for order in orders]
    told = Event.objects.filter(
        name="purchase",
        counts=True,
        local_date__gte=min(days) - _NEAR,
        local_date__lte=max(days) + _NEAR,
        order_ref__in=[order.key for order in orders],
    ).exclude(session_key="")
    placed: dict[tuple[str, str], _Order] = {}
    for channel, key, session in told.values_list("channel", "order_ref", "session_key"):
        order = by_key.get((channel, key))
        if order is not None:
            placed[channel, session] = order
    visits = Visit.objects.filter(session_key__in=[session for _, session in placed], counts=True, purchases__gt=0)
    for channel, session, at, *said in visits.values_list("channel", "session_key", "started_at", *_SAID):
        order = placed.get((channel, session))
        if order is not None and at <= order.placed_at + _NEAR:
            # The clocks of shop and browser differ; the visit came before the order all the same.
            yield order.customer, Touch(min(at, order.placed_at), origin_of(*said))
