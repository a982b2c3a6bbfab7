"""What makes the writing of many rows fast, beside the statements themselves."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, router

from insights.models.results import SyncCursor

_SELDOM = 50_000
"""New objects after which Python looks for cycles; usually after 700 or so."""
_CACHE = -64 * 1024
"""KiB of pages that SQLite holds, with its sign for KiB; usually 2 MB."""


@contextmanager
def many_rows() -> Iterator[None]:
    """Let many rows pass through.

    Rows are made of much that is in no cycle: to look for some among them takes a quarter of the time. And SQLite has
    to write a page of an index anew for every few rows where it cannot hold all that a chunk of rows touches.
    """
    with _few_collections(), _large_cache():
        yield


@contextmanager
def _few_collections() -> Iterator[None]:
    usual = gc.get_threshold()
    # Whoever comes second in another thread, or has switched it off, changes nothing.
    if not 0 < usual[0] < _SELDOM:
        yield
        return
    gc.set_threshold(_SELDOM, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def _large_cache() -> Iterator[None]:
    connection = connections[router.db_for_write(SyncCursor)]
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size = {_CACHE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {usual}")
