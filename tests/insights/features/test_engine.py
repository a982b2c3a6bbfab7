from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pytest

from insights.features.engine import QueryMemoryError, connect, read, to_arrays


def test_to_arrays__keeps_integers_and_makes_the_missing_nan(tmp_path: Path) -> None:
    path = tmp_path / "numbers.parquet"
    with connect(tmp_path) as connection:
        connection.sql("SELECT * FROM (VALUES (1::BIGINT, NULL::BIGINT), (2, 5)) AS t(whole, gaps)").write_parquet(
            str(path)
        )
        arrays = to_arrays(read(connection, path).sort("whole"))
    assert arrays["whole"].dtype == np.int64
    assert arrays["whole"].tolist() == [1, 2]
    assert np.isnan(arrays["gaps"][0])
    assert arrays["gaps"][1] == 5


def test_connect__says_which_setting_is_too_small(settings: Any, tmp_path: Path) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "TRAINING": {"MEMORY": "64MB"}}

    def gather_too_much() -> None:
        with connect(tmp_path) as connection:
            connection.execute("SELECT len(list(number)) FROM range(30000000) AS t(number)").fetchall()

    with pytest.raises(QueryMemoryError, match=r"more than 64MB .* INSIGHTS\['TRAINING'\]\['MEMORY'\]"):
        gather_too_much()


def test_connect__is_closed_in_the_end(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        frame = nw.from_native(connection.sql("SELECT 1 AS one"))
        assert to_arrays(frame)["one"].tolist() == [1]
    with pytest.raises(duckdb.ConnectionException):
        connection.execute("SELECT 1")
