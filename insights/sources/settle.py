"""What counts: orders, lines and refunds are judged anew whenever one of them changed.

Only what comes out differently is written, so that settling twice changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from insights.batches import batches
from insights.cleaning import Facts, Judgement, in_base, judge
from insights.conf import settings
from insights.models import Customer, Excluded, Order, OrderLine, Refund, Scaled, atomically, overwrite
from insights.sources.stored import StoredOrder, stored_lines, stored_orders, stored_refunds

_BATCH = 500
_JUDGED = ("total", "base_total", "rate", "rate_date", "counts", "excluded", "excluded_at", "flags")
_RULES = {Excluded.IMPOSSIBLE: "impossible_total"}
"""Reasons whose rule has another name."""


def settle_orders(orders: Iterable[int], *, drop_identical: bool = False) -> Counter[str]:
    """Judge orders by what is known of them now.

    Args:
        orders: primary keys.
        drop_identical: whether a line that equals an earlier one of its order is an error.

    Returns:
        How many orders and lines more than before each rule meets; below zero where it meets fewer.
    """
    met: Counter[str] = Counter()
    for pks in batches(sorted(set(orders)), _BATCH):
        met.update(_settle(pks, drop_identical))
    return met


def rate_of(currency: str) -> Decimal | None:
    """What one unit of a currency is worth in the base currency; None where the settings do not say."""
    if currency == settings.BASE_CURRENCY:
        return Decimal(1)
    rate: Decimal | None = settings.RATES.get(currency)
    return rate


def stale_rates(channel: str) -> list[int]:
    """Orders that were judged by a rate which the settings no longer give."""
    stale: list[int] = []
    rows = Order.objects.filter(channel=channel)
    for currency in rows.order_by().values_list("currency", flat=True).distinct():
        rate = rate_of(currency)
        of_currency = rows.filter(currency=currency)
        wrong = of_currency.exclude(rate=None) if rate is None else of_currency.exclude(rate=rate)
        stale += wrong.values_list("pk", flat=True)
        if rate is not None:
            stale += of_currency.filter(rate=None).values_list("pk", flat=True)
    return stale


def scaled(value: int | None) -> Scaled | None:
    """An integer of the smallest units, ready to be written."""
    return None if value is None else Scaled(value)


def judge_new(orders: Sequence[dict[str, Any]]) -> Counter[str]:
    """Judge orders that are about to be written for the first time, and so have neither lines nor refunds yet.

    Args:
        orders: values by column; those that a judgement gives are added.

    Returns:
        How many orders each rule meets.
    """
    met: Counter[str] = Counter()
    people = {customer for order in orders if (customer := order.get("customer_id"))}
    unreal = {
        pk: (is_test, is_staff)
        for pk, is_test, is_staff in Customer.objects.filter(pk__in=people, is_real=False).values_list(
            "pk", "is_test", "is_staff"
        )
    }
    for order in orders:
        by_tester, by_staff = unreal.get(order.get("customer_id") or 0, (False, False))
        judged = judge(
            Facts(
                placed_at=order["placed_at"],
                total=None if "total_from_lines" in order["flags"] else order["total"],
                shipping=order["shipping"] or 0,
                discount=order["discount"] or 0,
                tax=order["tax"] or 0,
                is_cancelled=order["is_cancelled"],
                is_refunded="marked_refunded" in order["flags"],
                is_test=order["is_test"] or by_tester,
                is_staff=by_staff,
                cancelled_at=order["cancelled_at"],
            ),
            (),
            (),
            order["rate"],
            drop_identical=False,
        )
        order.update(
            total=Scaled(judged.total),
            base_total=scaled(judged.base_total),
            counts=judged.excluded == "",
            excluded=judged.excluded,
            excluded_at=judged.excluded_at,
        )
        if judged.excluded:
            met[_rule(judged.excluded)] += 1
    return met


@atomically
def _settle(pks: Sequence[int], drop_identical: bool) -> Counter[str]:
    lines = stored_lines(pks)
    refunds = stored_refunds(pks)
    met: Counter[str] = Counter()
    changed: dict[int, tuple[Any, ...]] = {}
    lines_changed: defaultdict[tuple[bool, tuple[str, ...]], list[int]] = defaultdict(list)
    revalued: dict[int, tuple[Any, ...]] = {}
    refunds_changed: dict[int, tuple[Any, ...]] = {}
    for order in stored_orders(pks):
        stored = lines.get(order.pk, [])
        rate = rate_of(order.currency)
        given_back = refunds.get(order.pk, [])
        judged = judge(
            _facts(order),
            [item.line for item in stored],
            [(refund.occurred_at, refund.amount) for refund in given_back],
            rate,
            drop_identical=drop_identical,
        )
        met.update(_settle_order(order, judged, rate, changed))
        counts = judged.excluded == ""
        for item in stored:
            twice = item.line.pk in judged.duplicates
            flags = _marked(item.flags, "duplicate_line", twice)
            sold = counts and not twice and item.line.sells
            base = in_base(item.line.net, rate)
            if (sold, flags) != (item.counts, item.flags):
                met["duplicate_line"] += twice and "duplicate_line" not in item.flags
                lines_changed[sold, flags].append(item.line.pk)
            if base != item.base:
                revalued[item.line.pk] = (scaled(base),)
        for refund in given_back:
            # Refunds of orders that count are taken off on their own day; others have nothing to be taken off.
            base, day = in_base(refund.amount, rate), local(refund.occurred_at).date()
            if (base, counts, day) != (refund.base, refund.counts, refund.local_date):
                refunds_changed[refund.pk] = (scaled(base), counts, day)
    overwrite(Order, _JUDGED, changed)
    for (sold, flags), keys in lines_changed.items():
        OrderLine.objects.filter(pk__in=keys).update(counts=sold, flags=list(flags))
    overwrite(OrderLine, ("base_amount",), revalued)
    overwrite(Refund, ("base_amount", "counts", "local_date"), refunds_changed)
    return met


def _settle_order(
    order: StoredOrder, judged: Judgement, rate: Decimal | None, changed: dict[int, tuple[Any, ...]]
) -> Counter[str]:
    met: Counter[str] = Counter()
    flags = _marked(order.flags, "total_mismatch", judged.mismatch)
    said = (judged.total, judged.base_total, judged.excluded, judged.excluded_at, rate, flags)
    if said == order[-len(said) :]:
        return met
    if judged.excluded != order.excluded:
        for reason, change in ((judged.excluded, 1), (order.excluded, -1)):
            if reason:
                met[_rule(reason)] += change
    met["total_mismatch"] += judged.mismatch - ("total_mismatch" in order.flags)
    changed[order.pk] = (
        Scaled(judged.total),
        scaled(judged.base_total),
        rate,
        order.local_date if rate is not None else None,
        judged.excluded == "",
        judged.excluded,
        judged.excluded_at,
        list(flags),
    )
    return met


def _rule(reason: str) -> str:
    return _RULES.get(Excluded(reason), reason)


def _facts(order: StoredOrder) -> Facts:
    return Facts(
        placed_at=order.placed_at,
        total=None if "total_from_lines" in order.flags else order.total,
        shipping=order.shipping or 0,
        discount=order.discount or 0,
        tax=order.tax or 0,
        is_cancelled=order.is_cancelled,
        is_refunded="marked_refunded" in order.flags,
        is_test=order.is_test or order.by_tester,
        is_staff=order.by_staff,
        cancelled_at=order.cancelled_at,
    )


def units(value: Any) -> int:
    """Money as an integer of 1/10,000; nothing is 0."""
    if isinstance(value, Scaled):
        return int(value)
    return 0 if value is None else int(value.scaleb(4))


def local(moment: datetime) -> datetime:
    """A moment in the shop's zone."""
    return moment.astimezone(timezone.get_default_timezone())


def _marked(flags: tuple[str, ...], key: str, wanted: bool) -> tuple[str, ...]:
    if wanted == (key in flags):
        return flags
    return tuple(sorted({*flags, key} if wanted else set(flags) - {key}))
