"""Products that are like another: taken to by the same people, of the same shelf and brand, near in price."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, log
from typing import NamedTuple

from insights.models import Product

from . import index
from .types import Candidate

_TASTE, _SHELF, _BRAND, _PRICE = 0.5, 0.25, 0.1, 0.15
"""Weights of the cosine, the category, the brand and the price; they add up to 1."""
_MOST_OF_A_SHELF = 300


class _Sketch(NamedTuple):
    pk: int
    shelf: int | None
    brand: str
    price: float | None


def alike(seed: int, unwanted: set[int], most: int, *, named: bool) -> list[Candidate]:
    """Candidates like a product, best first.

    Args:
        seed: its primary key.
        named: whether the page is about it; otherwise the shopper looked at it before.
    """
    cosines = _cosines(seed, most * 2)
    columns = ("pk", "category_id", "brand", "price")
    own = next((_sketch(row) for row in Product.objects.filter(pk=seed).values_list(*columns)), None)
    if own is None:
        return []
    wanted = set(cosines)
    if own.shelf is not None:
        shelf = Product.objects.filter(category_id=own.shelf, parent=None, is_active=True, is_real=True)
        # The newest of a shelf that is larger than can be compared.
        wanted |= set(shelf.order_by("-pk").values_list("pk", flat=True)[:_MOST_OF_A_SHELF])
    others = Product.objects.filter(pk__in=wanted - unwanted).values_list(*columns)
    reason = "similar" if named else "viewed"
    found = [
        Candidate(other.pk, score, reason, seed)
        for other in map(_sketch, others)
        if (score := _score(own, other, cosines.get(other.pk, 0.0))) > 0
    ]
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.product))[:most]


def _score(own: _Sketch, other: _Sketch, cosine: float) -> float:
    """Near in price alone is not alike: something else has to be."""
    shelf = own.shelf is not None and own.shelf == other.shelf
    brand = bool(own.brand) and own.brand == other.brand
    if not (shelf or brand or cosine > 0):
        return 0.0
    return _TASTE * max(cosine, 0.0) + _SHELF * shelf + _BRAND * brand + _PRICE * _nearness(own.price, other.price)


def _nearness(one: float | None, other: float | None) -> float:
    """1 at the same price, about a third at e times it or an e-th of it."""
    if not one or not other or one < 0 or other < 0:
        return 0.0
    return exp(-abs(log(one / other)))


def _sketch(row: tuple[object, ...]) -> _Sketch:
    pk, shelf, brand, price = row
    assert isinstance(pk, int)
    return _Sketch(
        pk, shelf if isinstance(shelf, int) else None, str(brand), None if price is None else float(str(price))
    )


def _cosines(seed: int, most: int) -> dict[int, float]:
    found = index.factors()
    if found is None:
        return {}
    place = int(found.items.places([seed])[0])
    if place < 0:
        return {}
    import numpy as np

    from insights.learning.factorization import top_k

    values = np.array(found.cosines(place), dtype=np.float32)
    values[place] = -np.inf
    places, best = (row[0] for row in top_k(values[None], most))
    good: Iterable[bool] = (places >= 0) & (best > 0)
    ids = np.asarray(found.items.ids)
    return {int(ids[at]): float(value) for at, value, keep in zip(places, best, good, strict=True) if keep}
