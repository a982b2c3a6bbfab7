"""Negative lines become refunds of the sales that they take back; those without a sale go into quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from insights.batches import batches
from insights.cleaning import BadRow, Part, Return, Sale, Why, match_returns, quarantine, resolve
from insights.models import LineKind, Order, OrderLine, QuarantinedRow, Refund, Scaled, atomic
from insights.sources.report import KindReport
from insights.sources.settle import settle_orders, units
from insights.sources.stored import marks, read_marks, whole

_OURS = "return:"
"""Refunds that were made from a line carry its key after this."""
_RULE = "return_without_sale"
_BATCH = 200
_SAID = (
    *("pk", "order_id", "product_id", "product_name", "kind"),
    *(whole(column) for column in ("quantity", "unit_price", "discount", "net_amount")),
)


def settle_returns(
    channel: str, *, drop_identical: bool, people: Iterable[int] | None, orders: Iterable[int] | None
) -> KindReport:
    """Match returns to sales.

    Args:
        people: customers whose orders changed; None looks at everybody.
        orders: orders that changed, for those of nobody; None looks at all.

    Returns:
        Refunds made, changed and taken back; lines put into quarantine.
    """
    if people is None or orders is None:
        anonymous, who = _all_returns(channel)
    else:
        anonymous, who = _some_returns(channel, people, orders)
    total = KindReport()
    for pks in batches(anonymous, _BATCH * 10):
        with atomic():
            total += _record(channel, pks, {}, drop_identical)
    for some in batches(sorted(who), _BATCH):
        with atomic():
            total += _settle(channel, some, drop_identical)
    return total


def _all_returns(channel: str) -> tuple[list[int], set[int]]:
    """Return lines of nobody, and the customers who gave something back.

    Orders are looked up by key, not joined: right after the first sync a database has no statistics of its tables
    yet, and may plan a join of all of them that takes hours.
    """
    lines = list(_returns(channel).values_list("pk", "order_id", marks()))
    customers: dict[int, int | None] = {}
    for pks in batches(sorted({order for _, order, _ in lines}), 2000):
        customers.update(Order.objects.filter(pk__in=pks).values_list("pk", "customer"))
    anonymous = [pk for pk, order, flags in lines if customers[order] is None and not _is_double(flags)]
    return anonymous, {customer for customer in customers.values() if customer is not None}


def _some_returns(channel: str, people: Iterable[int], orders: Iterable[int]) -> tuple[list[int], set[int]]:
    """The same of certain people and orders.

    The channel is compared here: without statistics SQLite would look for it first, and so read all of the lines.
    """
    returns = OrderLine.objects.filter(kind=LineKind.RETURN).order_by()
    anonymous: list[int] = []
    for pks in batches(sorted(orders), 2000):
        found = returns.filter(order__in=pks, order__customer=None).values_list("channel", "pk", marks())
        anonymous += [pk for of, pk, flags in found if of == channel and not _is_double(flags)]
    who: set[int] = set()
    for pks in batches(sorted(people), 2000):
        told = returns.filter(order__customer__in=pks).values_list("channel", "order__customer")
        who |= {customer for of, customer in told.distinct() if of == channel}
    return anonymous, who


def _returns(channel: str) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(channel=channel, kind=LineKind.RETURN).order_by()


def _is_double(flags: str) -> bool:
    return "duplicate_line" in read_marks(flags)


def take_back(channel: str, lines: QuerySet[OrderLine]) -> set[int]:
    """Undo what was made of these lines, since they go or change: refunds and quarantine; gives the orders refunded."""
    backs = list(lines.filter(kind=LineKind.RETURN).only("external_id"))
    resolve(channel, "order_lines", [line.external_id for line in backs], rule=_RULE)
    refunds = _there(channel, backs).values()
    Refund.objects.filter(pk__in=[refund.pk for refund in refunds]).delete()
    return {refund.order_id for refund in refunds}


def _settle(channel: str, people: Sequence[int], drop_identical: bool) -> KindReport:
    bought: dict[int, tuple[int, datetime]] = {}
    cancelled: list[int] = []
    told = Order.objects.filter(customer__in=people).values_list(
        "pk", "customer", "placed_at", "is_cancelled", "channel"
    )
    for order, customer, placed_at, is_cancelled, of in told:
        if of == channel and is_cancelled:
            cancelled.append(order)
        elif of == channel:
            bought[order] = (customer, placed_at)
    unmatched: list[int] = []
    wanted: set[tuple[int, int]] = set()
    for pk, order, product in _lines(bought, ("pk", "order_id", "product_id"), LineKind.RETURN):
        if product is None:
            unmatched.append(pk)
        else:
            wanted.add((bought[order][0], product))
    sales: defaultdict[tuple[int, int], list[Sale]] = defaultdict(list)
    backs: defaultdict[tuple[int, int], list[Return]] = defaultdict(list)
    seen: set[tuple[Any, ...]] = set()
    left_over: list[int] = []
    for pk, *said in _lines(bought, _SAID, LineKind.RETURN, LineKind.PRODUCT) if wanted else ():
        order, product, _, kind, quantity, price, _, net = said
        customer, placed_at = bought[order]
        if (customer, product) not in wanted:
            continue
        if drop_identical and tuple(said) in seen:
            if kind == LineKind.RETURN:
                left_over.append(pk)
            continue
        seen.add(tuple(said))
        if kind == LineKind.RETURN:
            backs[customer, product].append(Return(pk, placed_at, -quantity, -net))
        elif quantity > 0 and price > 0:
            sales[customer, product].append(Sale(pk, order, placed_at, quantity))
    left_over += [pk for (pk,) in _lines(cancelled, ("pk",), LineKind.RETURN)]
    parts: dict[int, list[Part]] = {}
    for key, back in backs.items():
        matched = match_returns(sales[key], back)
        parts |= matched.parts
        unmatched += matched.unmatched
    total = _record(channel, unmatched, parts, drop_identical)
    return total + _record(channel, left_over, {}, drop_identical, told=False)


def _lines(orders: Iterable[int], columns: Sequence[Any], *kinds: LineKind) -> Iterator[tuple[Any, ...]]:
    """Lines of orders, those of an order oldest first; the orders of a channel have lines of that channel alone."""
    for pks in batches(sorted(orders), 2000):
        yield from OrderLine.objects.filter(order__in=pks, kind__in=kinds).order_by("pk").values_list(*columns)


def _record(
    channel: str, unmatched: Sequence[int], parts: dict[int, list[Part]], drop_identical: bool, *, told: bool = True
) -> KindReport:
    """Write the refunds of matched lines, take back those of unmatched ones, and keep the latter aside."""
    lines = {line.pk: line for line in OrderLine.objects.filter(pk__in=[*unmatched, *parts]).select_related("order")}
    wanted: dict[str, Refund] = {}
    for pk, shares in parts.items():
        line = lines[pk]
        for number, part in enumerate(shares, 1):
            wanted[f"{_OURS}{line.external_id}:{number}"] = Refund(
                channel=channel,
                external_id=f"{_OURS}{line.external_id}:{number}",
                order_id=part.sale.order,
                line_id=part.sale.line,
                amount=Scaled(part.amount),
                occurred_at=line.order.placed_at,
                reason=line.order.external_id[:200],
            )
    there = _there(channel, lines.values())
    stale = [refund for key, refund in there.items() if key not in wanted]
    new = [refund for key, refund in wanted.items() if key not in there]
    moved = [refund for key, refund in wanted.items() if key in there and _said(refund) != _said(there[key])]
    touched = {refund.order_id for refund in (*stale, *new, *moved)}
    touched |= {there[refund.external_id].order_id for refund in moved}
    for refund in moved:
        there[refund.external_id].delete()
    Refund.objects.filter(pk__in=[refund.pk for refund in stale]).delete()
    Refund.objects.bulk_create([*new, *moved], batch_size=50)
    counts = settle_orders(touched, drop_identical=drop_identical)
    put_aside = 0
    if told:
        put_aside = quarantine(channel, "order_lines", [_bad(lines[pk]) for pk in unmatched])
        counts[_RULE] += put_aside
    mended = _lying(channel, [lines[pk].external_id for pk in (*parts, *(() if told else unmatched))])
    if mended:
        resolve(channel, "order_lines", mended, rule=_RULE)
    return KindReport(0, len(new), len(moved), 0, len(stale), put_aside, dict(counts))


def _there(channel: str, lines: Iterable[OrderLine]) -> dict[str, Refund]:
    """The refunds that were made from these lines; a line is seldom spread over more than a few sales."""
    numbered = [f"{_OURS}{line.external_id}:{number}" for line in lines for number in range(1, 6)]
    found: dict[str, Refund] = {}
    for keys in batches(numbered, 1000):
        found |= {refund.external_id: refund for refund in Refund.objects.filter(channel=channel, external_id__in=keys)}
    last = 5
    while more := [key for key in found if key.endswith(f":{last}")]:
        following = [f"{key.rpartition(':')[0]}:{number}" for key in more for number in range(last + 1, last + 21)]
        found |= {
            refund.external_id: refund for refund in Refund.objects.filter(channel=channel, external_id__in=following)
        }
        last += 20
    return found


def _said(refund: Refund) -> tuple[Any, ...]:
    return refund.order_id, refund.line_id, units(refund.amount), refund.occurred_at


def _lying(channel: str, keys: Sequence[str]) -> set[str]:
    rows = QuarantinedRow.objects.filter(channel=channel, kind="order_lines", rule=_RULE, resolved_at=None)
    return set(rows.filter(external_id__in=keys).values_list("external_id", flat=True)) if keys else set()


def _bad(line: OrderLine) -> BadRow:
    row = {
        "id": line.external_id,
        "order": line.order.external_id,
        "product_name": line.product_name,
        "quantity": f"{line.quantity:f}",
        "unit_price": f"{line.unit_price:f}",
        "amount": f"{line.net_amount:f}",
    }
    reason = Why.NO_SALE if line.order.customer_id else Why.NOBODY
    return BadRow(line.external_id, _RULE, reason, row)
