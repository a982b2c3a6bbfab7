"""Taste, baskets and ratings: refused with too little, and never served when best sellers do better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from insights.models import OrderLine, Rating
from insights.training import verdicts
from insights.training.factorization import RECIPES
from insights.training.recipe import Made, Recipe
from tests.insights.features.shop import Shop, build_shop

pytestmark = pytest.mark.django_db
Cook = Callable[[Recipe], Made]
TASTE, TOGETHER, RATINGS = RECIPES


@pytest.mark.parametrize("recipe", [TASTE, TOGETHER], ids=lambda recipe: recipe.slot)
def test_no_data_and_one_customer(cook: Cook, recipe: Recipe) -> None:
    assert [(need.key, need.have) for need in cook(recipe).needs] == [
        ("customers", 0),
        ("products", 0),
        ("order_lines", 0),
    ]
    build_shop(n_customers=1, n_days=300, seed=4)
    made = cook(recipe)
    assert made.candidate is None
    assert next(need for need in made.needs if need.key == "customers").have == 1


@pytest.mark.parametrize("recipe", [TASTE, TOGETHER, RATINGS], ids=lambda recipe: recipe.slot)
def test_one_customer_where_one_is_enough__is_no_crash(cook: Cook, recipe: Recipe, settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"TRAINING": {"MIN_CUSTOMERS": 1}}
    build_shop(n_customers=1, n_days=400, seed=4)
    made = cook(recipe)
    assert made.candidate is not None or not all(need.ok for need in made.needs)


def test_ratings__too_few_are_named(cook: Cook) -> None:
    build_shop(n_customers=30, n_days=100)
    Rating.objects.all().delete()
    assert [(need.key, need.have, need.needed) for need in cook(RATINGS).needs] == [("ratings", 0, 100)]


@pytest.fixture
def shop() -> Shop:
    return build_shop(n_customers=80, n_products=24, n_days=300)


def test_taste__finds_the_planted_tastes(shop: Shop, cook: Cook) -> None:
    candidate = cook(TASTE).candidate
    assert candidate is not None
    assert {row["model"] for row in candidate.comparison} == {"implicit_als", "neighbours", "popularity"}
    assert candidate.metrics["ndcg"] > candidate.baseline["ndcg"]
    assert candidate.verdict.publish
    arrays = candidate.arrays
    assert arrays["user_factors"].shape[0] == len(arrays["user_ids"]) <= 80
    assert arrays["item_factors"].shape[0] == len(arrays["item_ids"]) <= 24
    shelf = {product.pk: product.category_id for product in shop.products}
    units = arrays["item_factors"] / np.linalg.norm(arrays["item_factors"], axis=1, keepdims=True)
    alike = units @ units.T
    np.fill_diagonal(alike, -2)
    nearest = arrays["item_ids"][alike.argmax(axis=1)]
    same = [shelf[pk] == shelf[near] for pk, near in zip(arrays["item_ids"], nearest, strict=True)]
    assert np.mean(same) > 0.8


def test_together__neighbours_share_orders(shop: Shop, cook: Cook) -> None:
    candidate = cook(TOGETHER).candidate
    assert candidate is not None
    assert candidate.rows == OrderLine.objects.values("order").distinct().count()
    ids, neighbours = candidate.arrays["item_ids"], candidate.arrays["neighbours"]
    first = OrderLine.objects.filter(product=int(ids[0])).values("order")
    assert OrderLine.objects.filter(order__in=first, product=int(ids[neighbours[0, 0]])).exists()
    gain = candidate.metrics["ndcg"] - candidate.baseline["ndcg"]
    assert candidate.verdict.publish == (gain >= 0)


def test_ratings__are_better_than_the_mean_of_a_product(shop: Shop, cook: Cook) -> None:
    candidate = cook(RATINGS).candidate
    assert candidate is not None
    assert candidate.verdict.publish == (candidate.metrics["rmse"] <= candidate.baseline["rmse"])
    assert candidate.metrics["rmse"] < 1.5
    assert len(candidate.arrays["user_bias"]) == len(candidate.arrays["user_ids"])


@pytest.mark.parametrize(
    ("gain", "text"),
    [(-0.01, verdicts.LOST_TO_BASELINE), (float("nan"), verdicts.NOTHING_TO_JUDGE), (0.01, verdicts.FIRST)],
)
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.slot)
def test_who_is_served(shop: Shop, cook: Cook, recipe: Recipe, gain: float, text: str) -> None:
    def judged(*arguments: Any) -> Any:
        return recipe.evaluate(*arguments) | {"gain": gain}

    candidate = cook(replace(recipe, evaluate=judged)).candidate
    assert candidate is not None
    assert candidate.verdict.text == text
    assert candidate.verdict.publish == (gain > 0)
