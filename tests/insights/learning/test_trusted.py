from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import skops.io

from insights.learning import (
    RFM,
    TRUSTED_TYPES,
    BetaGeoFitter,
    CustomerClusters,
    GammaGammaFitter,
    compare,
)
from insights.learning.prediction import MODELS

from .prediction.shopper_data import shoppers

X, Y = shoppers(300, 0)
X_WHOLE = np.nan_to_num(X, nan=3.0)
ORDERS = np.array([0, 1, 2, 5, 3, 0]), np.array([0, 40, 60, 200, 90, 0]), np.array([200, 100, 90, 300, 400, 50])


@pytest.fixture(scope="module")
def fitted() -> dict[str, tuple[Any, Any]]:
    """Each estimator with a function that shows what it says."""
    models: dict[str, tuple[Any, Any]] = {
        name: (model, lambda it: it.predict_proba(X)) for name, model in compare(X, Y, X, Y).estimators.items()
    }
    rfm = X_WHOLE[:, 0], X_WHOLE[:, 2], X_WHOLE[:, 1]
    models["rfm"] = RFM().fit(*rfm), lambda it: it.predict(*rfm)
    models["clusters"] = CustomerClusters(3).fit(X_WHOLE), lambda it: it.predict(X_WHOLE)
    models["orders"] = BetaGeoFitter().fit(*ORDERS), lambda it: it.predict_purchases(30, *ORDERS)
    values = np.array([0, 20, 30, 25, 60, 0])
    models["values"] = GammaGammaFitter().fit(ORDERS[0], values), lambda it: it.expected_value(ORDERS[0], values)
    return models


@pytest.mark.parametrize("name", [*MODELS, "rfm", "clusters", "orders", "values"])
def test_trusted_types__a_stored_model_says_the_same(fitted: dict[str, tuple[Any, Any]], name: str) -> None:
    model, say = fitted[name]
    loaded = skops.io.loads(skops.io.dumps(model), trusted=list(TRUSTED_TYPES))
    np.testing.assert_array_equal(say(loaded), say(model))


def test_trusted_types__hold_nothing_that_is_not_needed(fitted: dict[str, tuple[Any, Any]]) -> None:
    needed: set[str] = set()
    for model, _ in fitted.values():
        needed |= set(skops.io.get_untrusted_types(data=skops.io.dumps(model)))
    assert needed == set(TRUSTED_TYPES)
