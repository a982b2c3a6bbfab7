"""Segments: refused with too few customers, and of every customer with an order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from insights.learning.segmentation.rfm import SEGMENTS, TYPES
from insights.training.recipe import Made, Recipe
from insights.training.segmentation import CLUSTERED, RECIPES
from tests.insights.features.shop import build_shop, make_order, on

pytestmark = pytest.mark.django_db
Cook = Callable[[Recipe], Made]
(SEGMENTATION,) = RECIPES


def test_no_data__is_refused_with_exact_counts(cook: Cook) -> None:
    made = cook(SEGMENTATION)
    assert made.candidate is None
    assert [(need.key, need.have, need.needed) for need in made.needs] == [("customers", 0, 20)]


def test_one_customer_only(cook: Cook, settings: Any) -> None:
    shop = build_shop(n_customers=1, n_days=60)
    assert cook(SEGMENTATION).needs[0].have == 1
    settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"MIN_CUSTOMERS": 1}}
    made = cook(SEGMENTATION)
    assert made.candidate is not None
    assert made.candidate.scores is not None
    assert made.candidate.scores.ids.tolist() == [shop.customers[0].pk]
    assert np.isnan(made.candidate.metrics["silhouette"])


def test_customers_that_are_all_alike(cook: Cook) -> None:
    shop = build_shop(n_customers=25, n_products=3, n_days=1, views=False, ratings=False)
    for customer in shop.customers:
        customer.orders.all().delete()
        make_order(customer, on("2023-02-01"), [(shop.products[0], 1, "5")])
    made = cook(SEGMENTATION)
    assert made.candidate is not None
    assert made.candidate.scores is not None
    assert len(set(made.candidate.scores.columns["segment"])) == 1


def test_every_customer_with_an_order_gets_a_segment(cook: Cook) -> None:
    build_shop(n_customers=60, n_days=200)
    made = cook(SEGMENTATION)
    assert made.candidate is not None
    candidate = made.candidate
    assert candidate.verdict.publish
    assert candidate.scores is not None
    columns = candidate.scores.columns
    assert len(candidate.scores.ids) == candidate.rows == 60
    assert set(columns["segment"]) <= set(SEGMENTS)
    assert set(columns["rfm_type"]) <= set(TYPES)
    for score in "rfm":
        assert columns[score].min() >= 1
        assert columns[score].max() <= 5
    # Whoever bought later is scored at least as high.
    order = np.argsort(columns["recency_days"], kind="stable")
    assert (np.diff(columns["r"][order]) <= 0).all()
    assert set(candidate.estimators) == {"rfm", "clusters"}
    assert len(CLUSTERED) == candidate.estimators["clusters"].n_features_in_
