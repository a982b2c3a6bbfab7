"""Taste from behaviour: matrix factorisation, and the simpler recommenders that it has to beat.

``BiasedMF`` predicts ratings; all others rank items from a sparse matrix of users × items::

    als = ImplicitALS(n_factors=64, random_state=7).fit(interactions)
    items, scores = als.recommend([0, 1, 2], k=10)

The names below are loaded on first use: the estimators bring scikit-learn, while ``solve_rows`` and ``top_k``,
which the web process needs to serve a fitted model, bring NumPy alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .biased_mf import BiasedMF
    from .ease import EASE
    from .implicit_als import ImplicitALS
    from .least_squares import solve_rows
    from .neighbours import ItemNeighbours
    from .popularity import Popularity
    from .top import top_k

_HOMES = {
    "EASE": "ease",
    "BiasedMF": "biased_mf",
    "ImplicitALS": "implicit_als",
    "ItemNeighbours": "neighbours",
    "Popularity": "popularity",
    "solve_rows": "least_squares",
    "top_k": "top",
}

__all__ = ["EASE", "BiasedMF", "ImplicitALS", "ItemNeighbours", "Popularity", "solve_rows", "top_k"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
