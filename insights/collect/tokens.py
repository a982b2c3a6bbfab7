"""Signed names of what a widget showed, so that nobody can invent impressions and clicks."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

_SALT = "insights.shown"
_LONGEST = 200


@dataclass(frozen=True)
class Shown:
    """One product at one place of a list.

    Attributes:
        product: primary key.
        place: 1 is the first.
    """

    list_id: str
    product: int
    place: int


def token(item: Shown) -> str:
    """The signed name, to stand in a page."""
    return Signer(salt=_SALT).sign(f"{item.list_id}|{item.product}|{item.place}")


def shown(text: object) -> Shown | None:
    """What a token names; None when it is not one of ours."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    try:
        list_id, product, place = Signer(salt=_SALT).unsign(text).rsplit("|", 2)
        return Shown(list_id, int(product), int(place))
    except (BadSignature, ValueError):
        return None
