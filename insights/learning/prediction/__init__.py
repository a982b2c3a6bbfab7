"""What a customer will do: the classifiers side by side, behaviour, lifetime value, and the reasons for a score."""

from __future__ import annotations

from .behaviour import BehaviourClassifier
from .calibrated import CalibratedModel
from .classifiers import BASELINE, MODELS, Comparison, compare, make_model
from .explain import Explanation, explain
from .lifetime import BetaGeoFitter, GammaGammaFitter, customer_lifetime_value

__all__ = [
    "BASELINE",
    "MODELS",
    "BehaviourClassifier",
    "BetaGeoFitter",
    "CalibratedModel",
    "Comparison",
    "Explanation",
    "GammaGammaFitter",
    "compare",
    "customer_lifetime_value",
    "explain",
    "make_model",
]
