"""Folders and snapshots for the tests of the features."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from insights.features import Snapshot, snapshot


@pytest.fixture
def take(tmp_path: Path) -> Callable[[datetime], Snapshot]:
    """Takes a snapshot into a fresh folder each time."""
    taken = iter(range(1000))

    def take_one(as_of: datetime) -> Snapshot:
        return snapshot(as_of, tmp_path / str(next(taken)))

    return take_one
