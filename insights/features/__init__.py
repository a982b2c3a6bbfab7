"""What is known of customers and products as of a date, as plain arrays.

``snapshot`` copies the canonical tables into columnar files once; everything else is computed from these files and
hides what was not yet known at ``as_of``::

    taken = snapshot(as_of, folder)
    customer_features(taken, as_of).matrix  # float64 (n, d), one row for each id in .ids

The names below are loaded on first use, since a web process may ask for ``readiness`` and needs no DuckDB for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .customers import customer_features as customer_features
    from .data_needs import FEWEST_RATINGS as FEWEST_RATINGS
    from .data_needs import SHORTEST_PAST as SHORTEST_PAST
    from .data_needs import need as need
    from .data_needs import needs as needs
    from .data_needs import readiness as readiness
    from .frame import Frame as Frame
    from .history import Histories as Histories
    from .history import Outcomes as Outcomes
    from .history import first_day as first_day
    from .history import histories as histories
    from .history import order_gaps as order_gaps
    from .history import outcomes as outcomes
    from .moments import Moment as Moment
    from .moments import day_to_date as day_to_date
    from .moments import end_of_day as end_of_day
    from .products import product_features as product_features
    from .snapshots import Snapshot as Snapshot
    from .snapshots import open_snapshot as open_snapshot
    from .snapshots import snapshot as snapshot
    from .taste import Interactions as Interactions
    from .taste import Ratings as Ratings
    from .taste import baskets as baskets
    from .taste import interactions as interactions
    from .taste import purchases as purchases
    from .taste import ratings as ratings

_HOMES = {
    "customers": ("customer_features",),
    "frame": ("Frame",),
    "history": ("Histories", "Outcomes", "first_day", "histories", "order_gaps", "outcomes"),
    "taste": ("Interactions", "Ratings", "baskets", "interactions", "purchases", "ratings"),
    "moments": ("Moment", "day_to_date", "end_of_day"),
    "products": ("product_features",),
    "data_needs": ("FEWEST_RATINGS", "SHORTEST_PAST", "need", "needs", "readiness"),
    "snapshots": ("Snapshot", "open_snapshot", "snapshot"),
}

__all__ = [
    "FEWEST_RATINGS",
    "SHORTEST_PAST",
    "Frame",
    "Histories",
    "Interactions",
    "Moment",
    "Outcomes",
    "Ratings",
    "Snapshot",
    "baskets",
    "customer_features",
    "day_to_date",
    "end_of_day",
    "first_day",
    "histories",
    "interactions",
    "need",
    "needs",
    "open_snapshot",
    "order_gaps",
    "outcomes",
    "product_features",
    "purchases",
    "ratings",
    "readiness",
    "snapshot",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
