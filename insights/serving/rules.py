"""What may be shown, whoever put it forward."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from insights.models import Product

from .look import freshen
from .types import Candidate

_COMMA = re.compile("[,，、]")
_INITIALS = 2
"""So few letters before a comma name no thing."""
_IN_STOCK = Q(stock=None) | Q(stock__gt=0)


def on_sale(products: QuerySet[Product]) -> QuerySet[Product]:
    """Those that can be bought now: active, real and in stock; of variants the parent, while one of them can."""
    variants = Product.objects.filter(parent=OuterRef("pk"))
    there = Exists(variants.filter(_IN_STOCK, is_active=True, is_real=True))
    single = ~Exists(variants) & _IN_STOCK
    return products.filter(is_active=True, is_real=True, parent=None).filter(Q(there) | Q(single))


class Allowed(NamedTuple):
    """A candidate that may be shown, its row, and what thing it is a size or a colour of."""

    candidate: Candidate
    product: Product
    thing: str


def allowed(candidates: Sequence[Candidate], channel: str | None) -> list[Allowed]:
    """The candidates that may be shown, in their order, with their rows as the shop says that they look now."""
    products = on_sale(Product.objects.filter(pk__in=[candidate.product for candidate in candidates]))
    if channel is not None:
        products = products.filter(channel=channel)
    rows = products.select_related("category").in_bulk()
    known = {pk: row.stock for pk, row in rows.items()}
    # Sizes of a thing are told by the names of the sync: those of the page may be in any language.
    things = {pk: thing_of(row) for pk, row in rows.items()}
    freshen("products", rows.values())
    # The shop may have sold the last one since the sync. A parent of variants has no stock of its own to lose.
    gone = {
        pk
        for pk, row in rows.items()
        if not row.is_active or (row.stock != known[pk] and row.stock is not None and row.stock <= 0)
    }
    there = [candidate for candidate in candidates if candidate.product in rows.keys() - gone]
    return [Allowed(candidate, rows[candidate.product], things[candidate.product]) for candidate in there]


class Variety:
    """Keeps a list from being filled by one brand, or by the sizes and colours of one thing.

    Args:
        most: of one brand. Products without a brand are not counted.
        had: primary keys of products whose other sizes and colours are not wanted either.
    """

    def __init__(self, most: int, had: Collection[int] = ()) -> None:
        self._most = most
        self._brands: Counter[str] = Counter()
        products = Product.objects.filter(pk__in=had).only("name") if had else ()
        self._things = {thing for product in products if (thing := thing_of(product))}

    def objection(self, product: Product, thing: str | None = None) -> str:
        """Why there is no room for a product: ``brand`` or ``thing``; empty when it was taken.

        Args:
            thing: what it is a size or a colour of; by default as its name says.
        """
        if product.brand and self._brands[product.brand] >= self._most:
            return "brand"
        thing = thing_of(product) if thing is None else thing
        if thing in self._things:
            return "thing"
        self._brands[product.brand] += 1
        if thing:
            self._things.add(thing)
        return ""


def thing_of(product: Product) -> str:
    """What shops write before the comma: “Earl Grey”, “Earl Grey, 50 g” and “Earl Grey, 100 g” are one thing."""
    name = _COMMA.split(product.name, maxsplit=1)[0].strip().casefold()
    return name if len(name) > _INITIALS or not name.isascii() else ""


def prices_of_variants(products: Iterable[Product]) -> dict[int, Product]:
    """For parents without a price of their own: the cheapest variant that can be bought."""
    bare = [product.pk for product in products if product.price is None]
    if not bare:
        return {}
    variants = Product.objects.filter(_IN_STOCK, parent__in=bare, is_active=True, price__isnull=False)
    cheapest = variants.values("parent").annotate(least=Min("price")).values_list("parent", "least")
    wanted = dict(cheapest)
    return {
        variant.parent_id: variant
        for variant in variants.filter(parent__in=wanted)
        if variant.parent_id is not None and variant.price == wanted[variant.parent_id]
    }
