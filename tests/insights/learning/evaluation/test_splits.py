from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from insights.learning.evaluation import temporal_split

DAYS = np.array(["2025-03-01", "2025-01-01", "2025-02-01"], dtype="datetime64[D]")


@pytest.mark.parametrize(
    ("times", "cutoff"),
    [
        (DAYS, np.datetime64("2025-02-01")),
        (DAYS, date(2025, 2, 1)),
        ([datetime(2025, month, 1, tzinfo=UTC) for month in (3, 1, 2)], datetime(2025, 2, 1, tzinfo=UTC)),
        ([3, 1, 2], 2),
    ],
)
def test_temporal_split__the_cutoff_itself_is_later(times: Any, cutoff: Any) -> None:
    split = temporal_split(times, cutoff)
    assert split.train.tolist() == [1]
    assert split.test.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("times", "cutoff", "message"),
    [
        ([], 1, "non-empty"),
        ([[1]], 1, "one-dimensional"),
        ([1.0, np.nan], 1, "missing"),
        (np.array(["2025-01-01", "NaT"], dtype="datetime64[D]"), date(2025, 1, 1), "missing"),
        ([1, 2], 0, "No row lies before 0; the rows reach from 1 to 2"),
        ([1, 2], 3, "No row lies at or after 3"),
        (DAYS, "February", "cannot be compared with the cut-off 'February'"),
        ([date(2025, 1, 1), None], date(2025, 1, 2), "cannot be compared"),
    ],
)
def test_temporal_split__says_what_is_wrong(times: Any, cutoff: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        temporal_split(times, cutoff)
