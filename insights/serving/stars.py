"""What customers think of products, for the cards of a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Avg, Count, Q
from django.db.models.functions import Coalesce

from insights.models import Product, Rating

from .held import SECONDS

_NAME = "insights:serving:stars:{}"


class Stars(NamedTuple):
    """The ratings of a product.

    Attributes:
        mean: from 1 to 5.
        number: of the ratings.
    """

    mean: float
    number: int


def stars_of(products: Iterable[Product]) -> dict[int, Stars]:
    """Ratings by the primary key of the product, its variants' among them; without those that nobody rated.

    Kept for a few minutes, so that the thousand ratings of a best seller are not added up for each page.
    """
    wanted = {product.pk for product in products}
    kept = cache.get_many([_NAME.format(pk) for pk in wanted])
    found = {pk: Stars(*kept[_NAME.format(pk)]) for pk in wanted if _NAME.format(pk) in kept}
    missing = wanted - found.keys()
    if missing:
        read = _read(missing)
        new = {pk: read.get(pk, Stars(0.0, 0)) for pk in missing}
        cache.set_many({_NAME.format(pk): tuple(stars) for pk, stars in new.items()}, SECONDS)
        found |= new
    return {pk: stars for pk, stars in found.items() if stars.number}


def _read(products: set[int]) -> dict[int, Stars]:
    theirs = Q(product__in=products) | Q(product__parent__in=products)
    of = Coalesce("product__parent", "product")
    rows = Rating.objects.filter(theirs, counts=True).annotate(of=of).values("of").annotate(Avg("value"), Count("pk"))
    return {row["of"]: Stars(row["value__avg"], row["pk__count"]) for row in rows}
