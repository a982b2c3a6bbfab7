"""The rules that compare rows with each other, after all of them are there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.db.models.functions import Coalesce

from insights.batches import batches
from insights.cleaning import settle_touches, usual_range
from insights.conf import settings
from insights.identity import first_orders, join_channels
from insights.models import Customer, LineKind, Order, OrderLine
from insights.sources.columns import buyers
from insights.sources.guests import merge_guests, tidy_guests
from insights.sources.manner import Touched
from insights.sources.report import KindReport
from insights.sources.returns import settle_returns
from insights.sources.settle import settle_orders, stale_rates
from insights.sources.spend import revalue_spend
from insights.sources.stored import marks, read_marks, whole

_OUTLIERS = {"quantity_outlier": 2, "price_outlier": 3}
"""Rule to the place of the value that it looks at."""


def settle_together(
    channel: str, *, guests: str, drop_identical: bool, touched: Touched | None
) -> dict[str, KindReport]:
    """Judge what needs more than one order.

    Args:
        touched: the orders that changed, and their people; None looks at all of the channel.

    Returns:
        Reports to be added to those of the kinds.
    """
    rated = stale_rates(channel)
    counts = settle_orders(rated, drop_identical=drop_identical)
    joined = merge_guests(channel) if guests == "by_email" else set()
    if settings.IDENTITY.JOIN_CHANNELS:
        joined |= join_channels(channel)
    # Guests of the staff are no customers either.
    counts.update(settle_orders(_of_unreal(joined), drop_identical=drop_identical))
    orders = None if touched is None else touched.orders | set(rated)
    people = None if touched is None else touched.people | _buyers(orders or ()) | joined
    returned = settle_returns(channel, drop_identical=drop_identical, people=people, orders=orders)
    counts.update(flag_outliers(channel, orders))
    tidy_guests(channel, people)
    first_orders(_everybody(channel) if people is None else people)
    settle_touches(_everybody(channel) if touched is None or people is None else people | touched.visitors)
    revalue_spend(channel)
    lines = KindReport(quarantined=returned.quarantined, counts=returned.counts)
    refunds = KindReport(created=returned.created, updated=returned.updated, deleted=returned.deleted)
    return {"orders": KindReport(counts=dict(counts)), "order_lines": lines, "refunds": refunds}


def _buyers(orders: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for pks in batches(sorted(orders), 2000):
        found |= buyers(pks)
    return found


def _everybody(channel: str) -> Iterable[int]:
    """Who the people of a channel are now; some may be those of another one."""
    people = Customer.objects.filter(channel=channel).order_by()
    return people.values_list(Coalesce("merged_into", "pk"), flat=True)


def _of_unreal(people: Iterable[int]) -> Iterator[int]:
    """The orders of those among some people who are no customers."""
    for pks in batches(sorted(people), 2000):
        orders = Order.objects.filter(customer__in=pks, customer__is_real=False)
        yield from orders.values_list("pk", flat=True)


def flag_outliers(channel: str, orders: Iterable[int] | None) -> Counter[str]:
    """Mark lines whose quantity or price is far out of the way of their product, and unmark those that are not."""
    lines = OrderLine.objects.filter(kind=LineKind.PRODUCT, product__isnull=False)
    if orders is not None:
        products: set[int] = set()
        for some in batches(sorted(set(orders)), 2000):
            # The channel is compared here: without statistics SQLite would look for it first, and so read all lines.
            told = lines.filter(order__in=some).order_by().values_list("channel", "product_id").distinct()
            products |= {product for of, product in told if of == channel}
        # Lines name products of their own channel.
        parts = [lines.filter(product__in=pks) for pks in batches(sorted(products), 500)]
    else:
        parts = [lines.filter(channel=channel)]
    met: Counter[str] = Counter()
    for part in parts:
        met.update(_flag(part))
    return met


def _flag(lines: Any) -> Counter[str]:
    rows = (
        lines.order_by("product_id", "pk")
        .values_list("product_id", "pk", whole("quantity"), whole("unit_price"), marks())
        .iterator(chunk_size=5000)
    )
    wanted: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    met: Counter[str] = Counter()
    for _, group in groupby(rows, key=lambda row: row[0]):
        sold = [row for row in group if row[2] > 0 and row[3] > 0]
        ranges = [(rule, column, usual_range([row[column] for row in sold])) for rule, column in _OUTLIERS.items()]
        for row in sold:
            unusual = {rule for rule, column, found in ranges if found and not found[0] <= row[column] <= found[1]}
            flags = read_marks(row[4])
            if unusual != set(flags).intersection(_OUTLIERS):
                met.update(unusual.difference(flags))
                wanted[tuple(sorted(unusual.union(flags) - (set(_OUTLIERS) - unusual)))].append(row[1])
    for flags, found in wanted.items():
        for pks in batches(found, 2000):
            OrderLine.objects.filter(pk__in=pks).update(flags=list(flags))
    return met
