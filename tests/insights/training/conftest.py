"""Storage and cache of a test's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from insights.features import snapshot
from insights.models import Order
from insights.training.recipe import Context, Made, Recipe, make


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> Path:
    """Models are stored in ``media`` and cached in ``data``."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.INSIGHTS = settings.INSIGHTS | {"DATA_DIR": tmp_path / "data"}
    return tmp_path


@pytest.fixture
def cook(tmp_path: Path) -> Callable[[Recipe], Made]:
    """Makes a recipe of what is in the tables, as of the day after the last order."""
    taken = iter(range(100))

    def cook(recipe: Recipe, as_of: datetime | None = None) -> Made:
        folder = tmp_path / "work" / str(next(taken))
        last = Order.objects.order_by("-placed_at").first()
        as_of = as_of or (last.placed_at + timedelta(days=1) if last else datetime.now().astimezone())
        return make(recipe, Context(snapshot(as_of, folder), lambda *_: None, folder))

    return cook
