"""What a widget shows of each product, ready for a template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from insights import formats
from insights.collect import Shown, token
from insights.models import Product

from .look import freshen
from .rules import prices_of_variants
from .stars import Stars, stars_of
from .types import Item

SET = 3
"""The most products of a set, that of the page among them."""


@dataclass(frozen=True)
class Card:
    """A product in a list.

    Attributes:
        letter: stands where a picture is missing.
        price: as it is written; empty where there is none.
        was: the price before, where it was higher.
        starting: whether the price is that of the cheapest variant.
        stars: what customers think of it; None where nobody said.
        token: says on a click which list showed it; empty where nothing may be recorded.
    """

    product: Product
    name: str
    letter: str
    url: str
    image: str
    price: str
    was: str
    starting: bool
    reason: str
    stars: Stars | None
    token: str


def cards_of(items: Iterable[Item], list_id: str, *, recorded: bool) -> list[Card]:
    """The cards of a list, in its order.

    Args:
        list_id: of the list, for impressions and clicks.
        recorded: whether those may be counted.
    """
    items = list(items)
    products = [item.product for item in items]
    variants, stars = prices_of_variants(products), stars_of(products)
    return [
        _card(
            item.product,
            item.reason,
            variants.get(item.product.pk),
            stars.get(item.product.pk),
            token(Shown(list_id, item.product.pk, place)) if recorded else "",
        )
        for place, item in enumerate(items, start=1)
    ]


@dataclass(frozen=True)
class Bundle:
    """Products to be bought together.

    Attributes:
        cards: the product of the page first.
        total: what they cost together, as it is written.
    """

    cards: list[Card]
    total: str


def bundle_of(product: Product, cards: Iterable[Card], reason: str) -> Bundle | None:
    """The product of a page with those that are bought with it; None where they cannot be bought as they stand.

    What has sizes or colours to choose from is left out, and what is sold for another currency.

    Args:
        cards: of what is bought with it.
        reason: what stands below the product of the page.
    """
    cards = list(cards)
    freshen("products", [product])
    pks = {product.pk, *(card.product.pk for card in cards)}
    to_choose = set(Product.objects.filter(parent__in=pks).values_list("parent", flat=True))
    fitting = [card for card in cards if card.product.pk not in to_choose and card.product.price is not None]
    fitting = [card for card in fitting if card.product.currency == product.currency][: SET - 1]
    is_there = product.is_active and (product.stock is None or product.stock > 0)
    if not is_there or product.pk in to_choose or product.price is None or not fitting:
        return None
    total = product.price + sum(card.product.price or 0 for card in fitting)
    first = _card(product, reason, None, stars_of([product]).get(product.pk), "")
    return Bundle([first, *fitting], formats.price(total, product.currency))


def _card(product: Product, reason: str, variant: Product | None, stars: Stars | None, shown: str) -> Card:
    priced = variant or product
    saving = priced.price is not None and priced.was_price is not None and priced.was_price > priced.price
    return Card(
        product=product,
        name=str(product),
        letter=str(product)[:1].upper(),
        url=product.url,
        image=product.image_url,
        price="" if priced.price is None else formats.price(priced.price, priced.currency),
        was=formats.price(priced.was_price, priced.currency) if saving and priced.was_price is not None else "",
        starting=variant is not None,
        reason=reason,
        stars=stars,
        token=shown,
    )
