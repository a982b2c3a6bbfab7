"""What costs a query over many rows is kept for a few minutes, in the host's cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

SECONDS = 300
T = TypeVar("T")


def held(key: str, make: Callable[[], list[T]]) -> list[T]:
    """A list from the cache, or made and put there. An empty one is made anew each time.

    Args:
        key: what it is of; everything that it depends on must be in it.
    """
    name = f"insights:serving:{key}"
    kept = cache.get(name)
    if isinstance(kept, list) and kept:
        return kept
    made = make()
    if made:
        cache.set(name, made, SECONDS)
    return made
