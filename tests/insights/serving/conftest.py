from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from insights.serving import index
from tests.insights.serving.world import World, build_world, train


@pytest.fixture(autouse=True)
def nothing_held() -> Iterator[None]:
    """Lists and models of another test's shop are none of this one's."""
    cache.clear()
    index.forget()
    yield
    cache.clear()
    index.forget()


@pytest.fixture
def world(db: None) -> World:
    """The shop, before any training."""
    return build_world()


@pytest.fixture
def trained(world: World) -> World:
    """The shop with its models."""
    train(world)
    return world
