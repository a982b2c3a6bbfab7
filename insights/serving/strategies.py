"""Ways to find products: one function each, from a shopper to candidates, best first.

A strategy says nothing of what may be shown; :mod:`insights.serving.rules` does. It gives no more than ``most``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from . import index
from .popular import bestsellers, newest, trending
from .shopper import Interest, Shopper
from .together import together
from .types import Candidate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

Strategy = Callable[[Shopper, set[int], int], list[Candidate]]
"""Called with the shopper, primary keys that are not wanted, and the most candidates."""

_LEAST_LIKENESS = 0.2
"""A cosine below this is no reason to name a product."""
_MOST_SEEDS = 50


def personal(shopper: Shopper, unwanted: set[int], most: int) -> list[Candidate]:
    """By the customer's taste: the factors of the training, or those of what was done since then."""
    found = index.factors()
    if found is None or shopper.customer is None:
        return []
    return _by_taste(found, shopper.interests, _vector(found, shopper), unwanted, most)


def session(shopper: Shopper, unwanted: set[int], most: int) -> list[Candidate]:
    """By what the visitor has looked at of late, without knowing who it is."""
    found = index.factors()
    if found is None or not shopper.looked:
        return []
    return _by_taste(found, shopper.looked, _folded(found, shopper.looked), unwanted, most)


def similar(shopper: Shopper, unwanted: set[int], most: int) -> list[Candidate]:
    """Products like the one on the page, or like the last one of interest."""
    from .alike import alike

    seed = shopper.seed
    return [] if seed is None else alike(seed, unwanted | {seed}, most, named=shopper.product is not None)


STRATEGIES: Mapping[str, Strategy] = {
    "personal": personal,
    "session": session,
    "similar": similar,
    "together": together,
    "bestsellers": bestsellers,
    "trending": trending,
    "newest": newest,
}


def _vector(found: index.Factors, shopper: Shopper) -> Vector | None:
    """The stored vector, unless the customer did something since, or was not known then."""
    assert shopper.customer is not None
    fresh = any(interest.at >= found.version.as_of for interest in shopper.interests)
    if fresh and (folded := _folded(found, shopper.interests)) is not None:
        return folded
    row = int(found.users.places([shopper.customer.pk])[0])
    return found.user_factors[row] if row >= 0 else _folded(found, shopper.interests)


def _folded(found: index.Factors, interests: list[Interest]) -> Vector | None:
    import numpy as np

    places = found.items.places([interest.product for interest in interests])
    weights = np.array([interest.weight for interest in interests], dtype=np.float32)
    known = places >= 0
    return found.fold_in(places[known], weights[known]) if known.any() else None


def _by_taste(
    found: index.Factors, interests: list[Interest], vector: Vector | None, unwanted: set[int], most: int
) -> list[Candidate]:
    import numpy as np

    from insights.learning.factorization import top_k

    if vector is None:
        return []
    scores = np.array(found.scores(vector), dtype=np.float32)
    out = found.items.places(sorted(unwanted))
    scores[out[out >= 0]] = -np.inf
    places, values = (row[0] for row in top_k(scores[None], most))
    good = (places >= 0) & (values > 0)
    places, values = places[good], values[good]
    because = _because(found, places, interests)
    ids = np.asarray(found.items.ids)[places]
    return [
        Candidate(int(pk), float(value), *because.get(int(place), ("taste", None)))
        for pk, value, place in zip(ids, values, places, strict=True)
    ]


def _because(
    found: index.Factors, places: NDArray[np.int64], interests: list[Interest]
) -> dict[int, tuple[str, int | None]]:
    """For each item the product of the person's own that is most like it, where one is like it at all."""
    import numpy as np

    heaviest = sorted(interests, key=lambda interest: -interest.weight)[:_MOST_SEEDS]
    seeds = found.items.places([interest.product for interest in heaviest])
    known = [interest for interest, place in zip(heaviest, seeds, strict=True) if place >= 0]
    seeds = seeds[seeds >= 0]
    if not len(seeds) or not len(places):
        return {}
    likeness = found.units[places] @ found.units[seeds].T
    likeness[places[:, None] == seeds[None, :]] = -1
    best = np.argmax(likeness, axis=1)
    return {
        int(place): ("bought" if known[at].bought else "viewed", known[at].product)
        for place, at, row in zip(places, best, likeness, strict=True)
        if row[at] >= _LEAST_LIKENESS
    }
