"""Why a product is shown, in plain words."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

_WORDS: dict[str, Callable[[str], str]] = {
    "bought": lambda name: _("Because you bought %(name)s") % {"name": name},
    "viewed": lambda name: _("Because you viewed %(name)s") % {"name": name},
    "similar": lambda name: _("Similar to %(name)s") % {"name": name},
    "together": lambda name: _("Often bought with %(name)s") % {"name": name},
    "taste": lambda _name: _("Suits your taste"),
    "bestseller": lambda _name: _("Best seller"),
    "bestseller_in": lambda name: _("Best seller in %(name)s") % {"name": name},
    "trending": lambda _name: _("Popular at the moment"),
    "newest": lambda _name: _("New in the shop"),
}
_WITHOUT_NAME = {
    "bestseller_in": "bestseller",
    "bought": "taste",
    "viewed": "taste",
    "similar": "bestseller",
    "together": "bestseller",
}
"""What is said where the product that a reason leans on is gone."""

REASONS = tuple(_WORDS)


def say(reason: str, name: str = "") -> str:
    """A reason in the active language.

    Args:
        reason: one of ``REASONS``.
        name: of the product or category that it names.
    """
    if not name:
        reason = _WITHOUT_NAME.get(reason, reason)
    return _WORDS[reason](name)
