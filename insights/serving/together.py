"""Products of the same basket."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import Coalesce

from insights.models import OrderLine

from . import index
from .held import held
from .shopper import Shopper
from .types import Candidate

_DAYS = 365
_MOST_ORDERS = 2_000
_LEAST_ORDERS = 2
"""One basket is chance."""


def together(shopper: Shopper, unwanted: set[int], most: int) -> list[Candidate]:
    """What is bought with the product: by the published model, else counted in the orders of the last year."""
    seed = shopper.seed
    if seed is None:
        return []
    found = _by_model(seed) or held(f"together:{seed}", lambda: _counted(seed, shopper))
    return [Candidate(pk, score, "together", seed) for pk, score in found if pk not in unwanted and pk != seed][:most]


def _by_model(seed: int) -> list[tuple[int, float]]:
    found = index.neighbours()
    place = -1 if found is None else int(found.items.places([seed])[0])
    if found is None or place < 0:
        return []
    pairs = zip(found.neighbours[place], found.similarities[place], strict=True)
    return [(int(found.items.ids[at]), float(score)) for at, score in pairs if at >= 0 and score > 0]


def _counted(seed: int, shopper: Shopper) -> list[tuple[int, float]]:
    lines = OrderLine.objects.filter(counts=True, product__isnull=False).annotate(
        item=Coalesce("product__parent_id", "product_id")
    )
    with_it = (
        lines.filter(item=seed, order__placed_at__gte=shopper.now - timedelta(days=_DAYS))
        .order_by("-order__placed_at")
        .values_list("order_id", flat=True)
    )
    orders = set(with_it[:_MOST_ORDERS])
    beside = lines.filter(order__in=orders).exclude(item=seed).values("item")
    counted = beside.annotate(n=Count("order_id", distinct=True)).filter(n__gte=_LEAST_ORDERS).order_by("-n", "item")
    return [(row["item"], row["n"] / len(orders)) for row in counted[:200]]
