"""Which products to show, and why, whoever asks and however little is known.

``recommend`` is the one verb; widgets, the panel, the API, the assistant and the command all call it::

    found = recommend(customer="1042", type="for_you", limit=4)
    found.strategy  # "personal"
    [(item.product.name, item.reason) for item in found.items]

NumPy and the arrays of the published model are loaded when the first list is made, not before.
"""

from __future__ import annotations

from .cards import Bundle, Card, bundle_of, cards_of
from .recommend import recommend
from .types import TYPES, Item, Recommendations, WidgetType

__all__ = [
    "TYPES",
    "Bundle",
    "Card",
    "Item",
    "Recommendations",
    "WidgetType",
    "bundle_of",
    "cards_of",
    "recommend",
]
