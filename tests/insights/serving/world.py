"""A small shop with two tastes in it, straight in the canonical tables, and models of it as a training leaves them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils import timezone
from scipy.sparse import csr_array

from insights.learning import ImplicitALS, ItemNeighbours
from insights.models import Category, Customer, Event, ModelVersion, Order, OrderLine, Product, Run
from insights.serving import index
from insights.training.artifacts import save_artifact
from insights.training.registry import publish

N_OF_A_TASTE = 10


@dataclass
class World:
    """Tea lovers buy tea-0 … tea-9, coffee lovers coffee-0 … coffee-9; each customer some of theirs."""

    tea: list[Product] = field(default_factory=list)
    coffee: list[Product] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    now: datetime = field(default_factory=timezone.now)

    @property
    def products(self) -> list[Product]:
        return [*self.tea, *self.coffee]

    def customer(self, key: str, **fields: Any) -> Customer:
        return Customer.objects.create(external_id=key, **fields)

    def order(self, customer: Customer | None, *products: Product, days_ago: float = 40) -> Order:
        at = self.now - timedelta(days=days_ago)
        order = Order.objects.create(
            external_id=uuid.uuid4().hex,
            customer=customer,
            placed_at=at,
            currency="GBP",
            total=Decimal(10) * len(products),
            counts=True,
            excluded="",
            local_date=timezone.localdate(at),
        )
        for product in products:
            OrderLine.objects.create(
                external_id=uuid.uuid4().hex, order=order, product=product, quantity=1, unit_price=10, counts=True
            )
        return order

    def event(self, name: str, product: Product, *, days_ago: float = 1, **fields: Any) -> Event:
        at = self.now - timedelta(days=days_ago)
        return Event.objects.create(
            event_id=uuid.uuid4(),
            name=name,
            product=product,
            occurred_at=at,
            local_date=timezone.localdate(at),
            **fields,
        )


def build_world() -> World:
    world = World()
    for shelf in ("tea", "coffee"):
        category = Category.objects.create(external_id=shelf, name=shelf.title(), path=shelf.title())
        for number in range(N_OF_A_TASTE):
            product = Product.objects.create(
                external_id=f"{shelf}-{number}",
                name=f"{shelf.title()} {number}",
                category=category,
                brand=f"{shelf}-brand-{number % 4}",
                price=Decimal(5 + number),
                currency="GBP",
                stock=9,
                url=f"/p/{shelf}-{number}/",
            )
            getattr(world, shelf).append(product)
    random = np.random.default_rng(3)
    for number in range(40):
        customer = world.customer(f"c{number}")
        world.customers.append(customer)
        shelf = world.tea if number % 2 else world.coffee
        for place in random.permutation(N_OF_A_TASTE)[:5].reshape(-1, 1):
            world.order(customer, *[shelf[at] for at in place], days_ago=float(random.integers(20, 200)))
        world.order(customer, shelf[0], shelf[1], days_ago=60)
    return world


def published(slot: str, recipe: str, arrays: dict[str, Any], **parameters: float) -> ModelVersion:
    """A version as a training leaves it."""
    version = ModelVersion(
        slot=slot,
        number=ModelVersion.objects.filter(slot=slot).count() + 1,
        run=Run.objects.create(kind="training"),
        family="factorization",
        recipe=recipe,
        as_of=timezone.now() - timedelta(days=10),
        parameters=parameters,
    )
    save_artifact(version, arrays=arrays)
    version.save()
    publish(version)
    return version


def train(world: World) -> None:
    """Publish a model of taste and one of baskets."""
    index.forget()
    pairs = OrderLine.objects.values_list("order__customer_id", "product_id")
    baskets = OrderLine.objects.values_list("order_id", "product_id")
    users, taste = _matrix(pairs.exclude(order__customer=None))
    _, together = _matrix(baskets)
    items = np.array(sorted(product.pk for product in world.products))
    als = ImplicitALS(n_factors=8, random_state=0).fit(taste)
    published(
        "implicit",
        "ImplicitALS",
        {
            "item_ids": items,
            "user_ids": users,
            "item_factors": als.item_factors_,
            "user_factors": als.user_factors_,
        },
        alpha=als.alpha,
        user_ridge=als.user_ridge_,
    )
    near = ItemNeighbours(n_neighbours=10, shrinkage=1.0).fit(together)
    arrays = {"item_ids": items, "neighbours": near.neighbours_, "similarities": near.similarities_}
    published("together", "ItemNeighbours", arrays)


def _matrix(pairs: Any) -> tuple[Any, Any]:
    """Every product of the world has been sold, so the columns are all of them."""
    rows, columns = np.array(list(pairs)).T
    row_ids, row = np.unique(rows, return_inverse=True)
    column_ids, column = np.unique(columns, return_inverse=True)
    assert len(column_ids) == 2 * N_OF_A_TASTE
    matrix = csr_array((np.ones(len(row), dtype=np.float32), (row, column)))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return row_ids, matrix
