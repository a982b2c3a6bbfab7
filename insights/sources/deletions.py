"""Rows that the host no longer has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from insights.cleaning import lying, resolve
from insights.identity import part_from
from insights.models import Event, Order, OrderLine, Product, atomic
from insights.sources import columns, events
from insights.sources.manner import Manner, Touched
from insights.sources.mapped import Mapped
from insights.sources.records import OWN_KEYS, Kind
from insights.sources.returns import take_back
from insights.sources.settle import settle_orders

_CHUNK = 2_000


def remove_missing(
    source: Mapped,
    manner: Manner,
    there: int,
    balance: int | None,
    touched: Touched,
    beat: Callable[[int, int], None],
    first: bool = False,
) -> tuple[int, int]:
    """Take out what is gone; products stay, retired, so that the past keeps its names and categories.

    Events stay too: a shop that tidies its log does not undo what happened, and the channel has events of its own,
    from the beacon, which the host's log never had.

    Args:
        there: how many rows the host has.
        balance: how many rows the host had more than we, when both were last compared; the same number again means
            that nothing is gone. None compares in any case.
        first: whether all rows were read for the first time just now.

    Returns:
        How many were taken out, and the new balance.
    """
    if source.kind.model is Event:
        return 0, 0
    rows = _rows(source, manner)
    difference = there - rows.count()
    if first or source.key_column is None or difference == balance:
        return 0, difference
    removed, done, last = 0, 0, 0
    while page := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "external_id")[:_CHUNK]):
        last = page[-1][0]
        keys = [str(key) for _, key in page]
        missing = set(keys) - source.present(keys)
        if missing:
            removed += remove(source, manner, missing, touched)
        done += len(page)
        beat(done, there)
    aside = {key for key in lying(manner.channel, source.kind.name) if source.owns(key)}
    if aside:
        resolve(manner.channel, source.kind.name, aside - source.present(sorted(aside)))
    return removed, there - _rows(source, manner).count()


def remove(source: Mapped, manner: Manner, keys: set[str], touched: Touched) -> int:
    """Take rows out by our keys; products are retired, and events stay. Gives their number."""
    if source.kind.model is Event:
        return 0
    if source.kind.model is Product:
        return _retire(manner, keys)
    with atomic():
        return delete(source.kind, manner, keys, touched)


def delete(kind: Kind, manner: Manner, keys: set[str], touched: Touched) -> int:
    """Take rows out that the source no longer has, and judge the orders that they belonged to."""
    if not keys:
        return 0
    if kind.name == "events":
        return events.remove(manner.channel, keys)
    rows = kind.model._default_manager.filter(channel=manner.channel, external_id__in=sorted(keys))
    pks = list(rows.values_list("pk", flat=True))
    if not pks:
        return 0
    orders: set[int] = set()
    if kind.name == "orders":
        touched.people |= columns.buyers(pks)
        orders = take_back(manner.channel, OrderLine.objects.filter(order__in=pks)) - set(pks)
    elif kind.name == "order_lines":
        orders = set(rows.values_list("order_id", flat=True))
        orders |= take_back(manner.channel, OrderLine.objects.filter(pk__in=pks))
    elif kind.name == "refunds":
        orders = set(rows.values_list("order_id", flat=True))
    elif kind.name == "customers":
        orders = set(Order.objects.filter(customer__in=pks).values_list("pk", flat=True))
        # Those who were joined with them are somebody of their own again; guests go where no order is left to them.
        touched.people |= part_from(pks)
    kind.model._default_manager.filter(pk__in=pks).delete()
    settle_orders(orders, drop_identical=manner.drop_identical)
    touched.orders |= orders
    return len(pks)


def _rows(source: Mapped, manner: Manner) -> QuerySet[Any]:
    rows = source.kind.model._default_manager.filter(channel=manner.channel)
    if source.prefix:
        rows = rows.filter(external_id__startswith=source.prefix)
    if source.kind.model is Product:
        rows = rows.exclude(is_active=False, fingerprint=0)
    for start in OWN_KEYS:
        rows = rows.exclude(external_id__startswith=start)
    return rows


def _retire(manner: Manner, keys: set[str]) -> int:
    gone = Product.objects.filter(channel=manner.channel, external_id__in=keys).exclude(is_active=False, fingerprint=0)
    return gone.update(is_active=False, fingerprint=0)
