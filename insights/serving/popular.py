"""What everybody takes to: best sellers, what is popular now, and what is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, FloatField, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from insights.conf import settings
from insights.models import Category, Event, OrderLine, Product

from .held import held
from .look import freshen
from .rules import on_sale
from .shopper import Shopper
from .types import Candidate

_DAYS = 365
_HALF_LIVES = 4
"""Interest older than this many half-lives is under 7% and is left out."""
_STEPS = 4
"""Steps in which interest fades within one half-life."""
_MOST = 300

Counted = list[tuple[int, float]]


def bestsellers(shopper: Shopper, unwanted: set[int], most: int) -> list[Candidate]:
    """What was in most orders of a year: of the shelf first, then of the whole shop."""
    found: list[Candidate] = []
    if shopper.shelf is not None:
        rows = list(Category.objects.filter(pk=shopper.shelf))
        freshen("categories", rows)
        shelf = rows[0].name if rows else ""
        reason = "bestseller_in" if shelf else "bestseller"
        found += _candidates(_sold(shopper, shopper.shelf), unwanted, reason, shelf)
    taken = unwanted | {candidate.product for candidate in found}
    return [*found, *_candidates(_sold(shopper, None), taken, "bestseller")][:most]


def trending(shopper: Shopper, unwanted: set[int], most: int) -> list[Candidate]:
    """What was bought, put into baskets and looked at most, the latest counting most."""
    today = timezone.localdate(shopper.now)
    found = held(f"trending:{shopper.channel}:{today}", lambda: _interest(shopper.channel, today))
    return _candidates(found, unwanted, "trending")[:most]


def newest(shopper: Shopper, unwanted: set[int], most: int) -> list[Candidate]:
    """The latest products that can be bought; the last resort of a shop that has sold nothing yet."""
    products = on_sale(Product.objects.exclude(pk__in=unwanted))
    if shopper.channel is not None:
        products = products.filter(channel=shopper.channel)
    order = (F("published_at").desc(nulls_last=True), "-recorded_at", "-pk")
    keys = products.order_by(*order).values_list("pk", flat=True)[:most]
    return [Candidate(pk, 1 / (place + 1), "newest") for place, pk in enumerate(keys)]


def _candidates(counted: Counted, unwanted: set[int], reason: str, words: str = "") -> list[Candidate]:
    return [Candidate(pk, score, reason, words=words) for pk, score in counted if pk not in unwanted]


def _sold(shopper: Shopper, shelf: int | None) -> Counted:
    since = timezone.localdate(shopper.now) - timedelta(days=_DAYS)
    return held(f"sold:{shopper.channel}:{shelf}:{since}", lambda: _orders(shopper.channel, shelf, since))


def _orders(channel: str | None, shelf: int | None, since: date) -> Counted:
    """Orders that held each product, as a share of those of the first; of all time where the year has none."""
    lines = _of_channel(OrderLine.objects.filter(counts=True), channel)
    if shelf is not None:
        lines = lines.filter(product__category__in=_branch(shelf))
    for within in (lines.filter(order__local_date__gte=since), lines):
        found = within.annotate(item=_item()).values("item").annotate(n=Count("order_id", distinct=True))
        rows = list(found.order_by("-n", "item").values_list("item", "n")[:_MOST])
        if rows:
            return [(pk, n / rows[0][1]) for pk, n in rows]
    return []


def _branch(shelf: int) -> list[int]:
    """A category and all below it."""
    found = level = {shelf}
    while level:
        level = set(Category.objects.filter(parent__in=level).values_list("pk", flat=True)) - found
        found = found | level
    return sorted(found)


def _interest(channel: str | None, today: date) -> Counted:
    weights = settings.EVENT_WEIGHTS
    interest: defaultdict[int, float] = defaultdict(float)
    lines = _of_channel(OrderLine.objects.filter(counts=True), channel)
    parts: list[tuple[Iterable[tuple[int, float]], float]] = [
        (_faded(lines, "order__local_date", today), weights.purchase)
    ]
    for name in ("add_to_cart", "view_item"):
        events = _of_channel(Event.objects.filter(name=name, counts=True), channel)
        parts.append((_faded(events, "local_date", today), getattr(weights, name)))
    for rows, weight in parts:
        for pk, amount in rows:
            interest[pk] += weight * amount
    best = sorted(interest.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]
    return [(pk, amount / best[0][1]) for pk, amount in best]


def _faded(rows: QuerySet[Any], day: str, today: date) -> Iterable[tuple[int, float]]:
    """For each product the number of rows, each halved for every half-life gone by, in steps of some days."""
    half_life = settings.RECOMMENDATIONS.TRENDING_DAYS
    ages = [round(half_life * step / _STEPS) for step in range(1, _HALF_LIVES * _STEPS + 1)]
    steps = [When(**{f"{day}__gt": today - timedelta(days=age)}, then=Value(0.5 ** (age / half_life))) for age in ages]
    within = rows.filter(**{f"{day}__gt": today - timedelta(days=ages[-1]), f"{day}__lte": today})
    faded = Sum(Case(*steps, default=Value(0.0), output_field=FloatField()))
    found = within.annotate(item=_item()).values("item").annotate(amount=faded)
    return found.order_by("-amount", "item").values_list("item", "amount")[: _MOST * 2]


def _of_channel(rows: QuerySet[Any], channel: str | None) -> QuerySet[Any]:
    rows = rows.filter(product__isnull=False)
    return rows if channel is None else rows.filter(product__channel=channel)


def _item() -> Coalesce:
    return Coalesce("product__parent_id", "product_id")
