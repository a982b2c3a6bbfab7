"""What can be asked for, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from insights.models import Product


@dataclass(frozen=True)
class WidgetType:
    """One kind of list.

    Attributes:
        chain: names of strategies; the first gives what it has, the next ones fill the list up.
        title: the heading of its widget, true of products that its own strategies put forward.
        own: how many strategies of the chain are its own.
        pure: whether a widget shows those alone, if they give a few.
        leave_out_bought: how many days back what the person bought is left out; None is ever, 0 is not at all.
    """

    chain: tuple[str, ...]
    title: str | Promise
    own: int = 1
    pure: bool = False
    leave_out_bought: int | None = 0


TYPES: Mapping[str, WidgetType] = {
    "for_you": WidgetType(
        ("personal", "session", "similar", "bestsellers", "trending", "newest"),
        _("For you"),
        own=3,
        leave_out_bought=None,
    ),
    "similar": WidgetType(
        ("similar", "bestsellers", "trending", "newest"), _("Similar"), pure=True, leave_out_bought=30
    ),
    "bought_together": WidgetType(
        ("together", "similar", "bestsellers", "trending", "newest"),
        _("Often bought together"),
        pure=True,
        leave_out_bought=30,
    ),
    "trending": WidgetType(("trending", "bestsellers", "newest"), _("Popular now")),
}
"""Key to type. Every chain ends with what any shop has."""
_HEADINGS: Mapping[str, str | Promise] = {
    "bestsellers": _("Best sellers"),
    "trending": _("Popular now"),
    "newest": _("New in the shop"),
}
_A_FEW = 2


@dataclass(frozen=True)
class Candidate:
    """A product that a strategy puts forward.

    Attributes:
        product: primary key.
        score: above 0, comparable within one strategy only.
        reason: key of :mod:`insights.serving.reasons`.
        because: primary key of the product that the reason names.
        words: what else the reason names.
    """

    product: int
    score: float
    reason: str
    because: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Item:
    """One product of a list.

    Attributes:
        score: 0–1, falling from first to last; comparable within one list only.
        reason: in plain words, in the language of the request.
        source: the strategy that put it forward.
    """

    product: Product
    score: float
    reason: str
    source: str


@dataclass(frozen=True)
class Recommendations:
    """A list of products.

    Attributes:
        strategy: the one that the first item came from; empty where there is no item.
        product: what the page is about.
    """

    items: list[Item]
    strategy: str
    type: str = "for_you"
    product: Product | None = None

    @property
    def list_id(self) -> str:
        """Under this name impressions and clicks are counted."""
        return f"{self.type}:{self.strategy}" if self.strategy else self.type

    def widget(self) -> tuple[str, list[Item]]:
        """A heading that is true, and the products below it: best sellers are not headed “Often bought together”."""
        kind = TYPES[self.type]
        own = [item for item in self.items if item.source in kind.chain[: kind.own]]
        if not kind.pure:
            return str(kind.title if own else _HEADINGS.get(self.strategy, kind.title)), self.items
        if len(own) >= min(_A_FEW, len(self.items)):
            return str(kind.title), own
        return gettext("You may also like"), self.items

    def as_dict(self) -> dict[str, Any]:
        """The list as plain data, for the command."""
        return {
            "items": [
                {"product": item.product.external_id, "score": round(item.score, 6), "reason": item.reason}
                for item in self.items
            ],
            "strategy": self.strategy,
        }
