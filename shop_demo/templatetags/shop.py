"""How the shop writes money and stars."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import pgettext

from shop_demo.countries import COUNTRIES

register = template.Library()

SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "CNY": "¥"}
STAR = 17
"""Width from one star to the next, in the units of the drawing."""


@register.filter
def money(amount: Decimal | None, currency: str = "GBP") -> str:
    """An amount with its sign: £1,234.50, and a true minus in front where it is below zero."""
    return _written(amount, currency, 2)


@register.filter
def short_money(amount: Decimal | None, currency: str = "GBP") -> str:
    """The same without pennies where there are none: £34."""
    return _written(amount, currency, 2 if amount is not None and amount % 1 else 0)


@register.filter
def day(moment: datetime | None) -> str:
    """A date as one writes it: 4 March 2026."""
    return date_format(timezone.localtime(moment), pgettext("date format", "j F Y")) if moment else ""


@register.filter
def country(code: str) -> str:
    """The name of a country; what is no code of ours is shown as it is."""
    return str(COUNTRIES.get(code, code))


@register.inclusion_tag("shop/_stars.html")
def stars(rating: float | None, number: int | None = None) -> dict[str, Any]:
    """Five stars, of which ``rating`` are filled, and the number of reviews if given."""
    value = min(5.0, max(0.0, float(rating or 0)))
    whole = int(value)
    return {"rating": rating, "number": number, "width": round(whole * STAR + (value - whole) * 15.8, 1)}


def _written(amount: Decimal | None, currency: str, places: int) -> str:
    if amount is None:
        return ""
    digits = number_format(abs(amount), decimal_pos=places, force_grouping=True)
    minus = "\N{MINUS SIGN}" if amount < 0 else ""
    sign = SIGNS.get(currency)
    return f"{minus}{sign}{digits}" if sign else f"{minus}{digits} {currency}"
