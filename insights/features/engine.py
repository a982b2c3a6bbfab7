"""DuckDB with limits set, and the one function that turns a lazy frame into arrays."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from insights.conf import settings
from insights.exceptions import InsightsError


class QueryMemoryError(InsightsError):
    """A feature query needed more memory than it may take."""


@contextmanager
def connect(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of our own in memory that spills into ``folder`` and never loads extensions.

    Raises:
        QueryMemoryError: when a query cannot go on within INSIGHTS["TRAINING"]["MEMORY"].
    """
    training = settings.TRAINING
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": training.MEMORY,
        "temp_directory": str(folder / f"spill-{os.getpid()}"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    if training.THREADS:
        config["threads"] = training.THREADS
    _exit_without_leak_report()
    connection = duckdb.connect(config=config)
    try:
        yield connection
    except duckdb.OutOfMemoryException as error:
        raise QueryMemoryError(
            f"A feature query needs more than {training.MEMORY} of memory. Raise INSIGHTS['TRAINING']['MEMORY']."
        ) from error
    finally:
        connection.close()


def read(connection: duckdb.DuckDBPyConnection, path: Path) -> nw.LazyFrame:
    """A Parquet file as a lazy frame."""
    return nw.from_native(connection.read_parquet(str(path)))


def to_arrays(frame: nw.LazyFrame) -> dict[str, NDArray]:
    """Run the query: one array a column. Integers without a missing value stay integers; else NaN is missing."""
    columns = nw.to_native(frame).fetchnumpy()
    return {
        name: np.ma.filled(column.astype(np.float64), np.nan) if np.ma.isMaskedArray(column) else column
        for name, column in columns.items()
    }


@cache
def _exit_without_leak_report() -> None:
    """Let go of DuckDB before the interpreter ends.

    DuckDB 2.0's binding prints some forty lines about leaked objects when Narwhals, which keeps its types in module
    variables, outlives it.
    """

    def let_go() -> None:
        for name, module in list(sys.modules.items()):
            if name.startswith(("duckdb", "narwhals._duckdb")):
                vars(module).clear()
        gc.collect()

    atexit.register(let_go)
