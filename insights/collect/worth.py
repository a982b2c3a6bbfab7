"""What amounts of other currencies are worth."""

from __future__ import annotations

from decimal import Decimal

from insights.conf import settings


def in_base(value: Decimal | None, currency: str) -> Decimal | None:
    """In the base currency; without a rate nothing is known of its worth."""
    if value is None or not currency or currency == settings.BASE_CURRENCY:
        return value
    rate = settings.RATES.get(currency)
    return None if rate is None else value * rate
