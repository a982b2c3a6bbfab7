"""The public verb: asks one strategy after the other, until the list is full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext

from insights.conf import settings
from insights.exceptions import InsightsError, UnknownKeyError
from insights.models import Customer, Product

from .look import freshen
from .lookup import find_customer, find_product
from .reasons import say
from .rules import Variety, allowed
from .shopper import Shopper, shopper_of
from .strategies import STRATEGIES
from .types import TYPES, Candidate, Item, Recommendations

_SPARE = 4
"""How many times as many candidates are looked at in one go as places are free: some will not be on sale."""


def recommend(
    customer: Customer | Model | str | int | None = None,
    product: Product | Model | str | int | None = None,
    type: str = "for_you",  # noqa: A002 - the word that everybody uses
    limit: int | None = None,
    request: HttpRequest | None = None,
    shown: Collection[int] = (),
) -> Recommendations:
    """Products for a person, or beside a product; as long as anything is on sale, something is shown.

    Args:
        customer: whom it is for; by default who is signed in to the request.
        product: what the page is about.
        type: one of ``TYPES``.
        limit: the most products; by default INSIGHTS["RECOMMENDATIONS"]["LIMIT"].
        request: of the page that shows the list. It says who is there, and whether they may be profiled.
        shown: primary keys of products that the page shows already; they come last.

    Raises:
        UnknownKeyError: there is no such type.
        InsightsError: customer or product are not known, or the limit is below 1.
    """
    if type not in TYPES:
        raise UnknownKeyError("type of recommendation", type, TYPES)
    places = settings.RECOMMENDATIONS.LIMIT if limit is None else limit
    if places < 1:
        raise InsightsError(gettext("The limit is %(limit)s; ask for at least 1 product.") % {"limit": places})
    shopper = shopper_of(find_customer(customer), find_product(product), request)
    chosen = _choose(shopper, type, places, set(shown))
    items = _items(chosen)
    return Recommendations(items, items[0].source if items else "", type, shopper.product)


_Chosen = list[tuple[Candidate, Product, str]]


def _choose(shopper: Shopper, kind: str, places: int, shown: set[int]) -> _Chosen:
    chosen: _Chosen = []
    held_back: dict[str, _Chosen] = {"brand": [], "thing": [], "shown": []}
    unwanted = shopper.left_out(TYPES[kind].leave_out_bought) | shopper.basket
    # Beside a red pot, or with one in the basket, a blue one makes no sense; it is similar to it, though. Other sizes of
    # what was bought in earlier orders stay: leaving them out costs two fifths of NDCG@10 in the simulated shop.
    page = {shopper.product.pk} if shopper.product and kind != "similar" else set()
    variety = Variety(settings.RECOMMENDATIONS.MAX_PER_BRAND, shopper.basket | page)
    for source in TYPES[kind].chain:
        free = places - len(chosen)
        if free <= 0:
            break
        candidates = STRATEGIES[source](shopper, unwanted, free * _SPARE + len(unwanted | shown))
        for start in range(0, len(candidates), free * _SPARE):
            if len(chosen) >= places:
                break
            for candidate, product, thing in allowed(candidates[start : start + free * _SPARE], shopper.channel):
                unwanted.add(candidate.product)
                objection = "shown" if candidate.product in shown else variety.objection(product, thing)
                kept = held_back[objection] if objection else chosen
                kept.append((candidate, product, source))
    # Where all that is on sale bears one brand, there is nothing to mix; rather another size, or a product once more,
    # than an empty place.
    if len({product.brand for part in (chosen, *held_back.values()) for _, product, _ in part}) == 1:
        chosen += [*held_back["brand"], *held_back["thing"], *held_back["shown"]]
    else:
        chosen += _within([*held_back["thing"], *held_back["shown"]], chosen)
    return chosen[:places]


def _within(spare: _Chosen, chosen: _Chosen) -> _Chosen:
    """Those of the spare ones that do not make a brand too many."""
    counted = Counter(product.brand for _, product, _ in chosen)
    found: _Chosen = []
    for entry in spare:
        brand = entry[1].brand
        if not brand or counted[brand] < settings.RECOMMENDATIONS.MAX_PER_BRAND:
            counted[brand] += 1
            found.append(entry)
    return found


def _items(chosen: _Chosen) -> list[Item]:
    """Scores of each strategy are brought to 0–1 and set below those of the one before."""
    wanted = {candidate.because for candidate, _, _ in chosen if candidate.because}
    named = list(Product.objects.filter(pk__in=wanted)) if wanted else []
    freshen("products", named)
    names = {product.pk: str(product) for product in named}
    items: list[Item] = []
    ceiling = 1.0
    scale, source_before = 1.0, ""
    for candidate, product, source in chosen:
        if source != source_before:
            source_before = source
            scale = min(1.0, ceiling / candidate.score)
        score = min(candidate.score * scale, ceiling)
        ceiling = score
        name = candidate.words or names.get(candidate.because or 0, "")
        items.append(Item(product, score, say(candidate.reason, name), source))
    return items
