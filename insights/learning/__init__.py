"""Arrays in, estimators out: the science of the app, without Django and without our tables.

Everything follows scikit-learn's conventions (``fit``, ``predict``, ``get_params``, ``random_state``, fitted
attributes end in ``_``)::

    rfm = RFM().fit(recency_days, frequency, monetary)
    rfm.segment_  # array(['champions', 'lost', …])

The names below are loaded on first use, so that importing this package costs nothing. The measures that judge
a model are in :mod:`insights.learning.evaluation`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .factorization import EASE, BiasedMF, ImplicitALS, ItemNeighbours, Popularity
    from .prediction import (
        BehaviourClassifier,
        BetaGeoFitter,
        CalibratedModel,
        Comparison,
        Explanation,
        GammaGammaFitter,
        compare,
        customer_lifetime_value,
        explain,
    )
    from .segmentation import RFM, CustomerClusters, describe_clusters
    from .trusted import TRUSTED_TYPES

_HOMES = {
    "segmentation": ("RFM", "CustomerClusters", "describe_clusters"),
    "prediction": (
        "BehaviourClassifier",
        "BetaGeoFitter",
        "CalibratedModel",
        "Comparison",
        "Explanation",
        "GammaGammaFitter",
        "compare",
        "customer_lifetime_value",
        "explain",
    ),
    "factorization": ("BiasedMF", "EASE", "ImplicitALS", "ItemNeighbours", "Popularity"),
    "trusted": ("TRUSTED_TYPES",),
}

__all__ = [
    "EASE",
    "RFM",
    "TRUSTED_TYPES",
    "BehaviourClassifier",
    "BetaGeoFitter",
    "BiasedMF",
    "CalibratedModel",
    "Comparison",
    "CustomerClusters",
    "Explanation",
    "GammaGammaFitter",
    "ImplicitALS",
    "ItemNeighbours",
    "Popularity",
    "compare",
    "customer_lifetime_value",
    "describe_clusters",
    "explain",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
