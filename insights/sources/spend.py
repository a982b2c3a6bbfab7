"""What advertising cost, in the base currency, under the same rates as orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from insights.batches import batches
from insights.cleaning import in_base
from insights.models import AdSpend, overwrite
from insights.sources.settle import rate_of, scaled
from insights.sources.stored import whole

_BATCH = 2_000


def value_spend(rows: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Add the rate and the cost in the base currency to rows about to be written; gives the names of the columns."""
    for row in rows:
        row["rate"] = rate_of(row["currency"])
        row["base_cost"] = scaled(in_base(int(row["cost"]), row["rate"]))
    return "rate", "base_cost"


def revalue_spend(channel: str) -> None:
    """Put the cost of rows right whose rate is no longer what the settings say."""
    spent = AdSpend.objects.filter(channel=channel)
    for currency in spent.order_by().values_list("currency", flat=True).distinct():
        rate = rate_of(currency)
        of_currency = spent.filter(currency=currency)
        wrong = of_currency.exclude(rate=None) if rate is None else of_currency.exclude(rate=rate)
        stale = [*wrong.values_list("pk", whole("cost"))]
        if rate is not None:
            stale += of_currency.filter(rate=None).values_list("pk", whole("cost"))
        for some in batches(stale, _BATCH):
            overwrite(AdSpend, ("rate", "base_cost"), {pk: (rate, scaled(in_base(cost, rate))) for pk, cost in some})
