"""What our receivers take of a host's checkout. Runs within the host."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from django.db.models.signals import post_delete, post_save

from insights import receivers
from insights.sources import get_adapters, mapped

CHECKOUTS = 25


def of_checkouts(buy: Callable[[str], Any]) -> dict[str, float]:
    """Milliseconds a checkout, as a clock around each of our receivers and around what follows the commit says.

    Args:
        buy: places an order of this number.
    """
    spent = [0.0]

    def timed(act: Callable[..., None]) -> Callable[..., None]:
        def run(*args: Any, **kwargs: Any) -> None:
            started = perf_counter()
            try:
                act(*args, **kwargs)
            finally:
                spent[-1] += 1000 * (perf_counter() - started)

        return run

    receivers._heard, receivers._tell = timed(receivers._heard), timed(receivers._tell)  # type: ignore[assignment]
    for adapter in get_adapters():
        for name in adapter.declarations:
            table = mapped(adapter, name)
            assert table is not None
            for signal, word in ((post_save, "saved"), (post_delete, "deleted")):
                signal.disconnect(sender=table.model, dispatch_uid=f"insights.{adapter.name}.{name}.{word}")
    receivers.connect()
    for number in range(CHECKOUTS):
        buy(f"COST-{number}")
        spent.append(0.0)
    counted = spent[1:-1]  # the first one imports what it needs
    assert all(counted), "the clock stood still"
    return {"median": median(counted), "worst": max(counted)}
