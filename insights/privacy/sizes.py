"""How much room tables take, as the database itself tells it, with their indexes.

PostgreSQL knows it to the byte. MariaDB and MySQL keep an estimate that follows changes after a while. SQLite counts
its pages where it was built with ``dbstat``; elsewhere, and for any other database, the mean length of some rows is
taken, which knows nothing of indexes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import OperationalError, connections, router
from django.db.models import Model

_SAMPLE = 200
_HEAD = 24
"""Bytes that a row takes beside its values, about."""


def table_bytes(models: Iterable[type[Model]]) -> int:
    """What the tables of some models take together, in bytes."""
    return sum(_bytes(model) for model in models)


def _bytes(model: type[Model]) -> int:
    connection = connections[router.db_for_read(model)]
    ask = {"postgresql": _postgresql, "mysql": _mysql, "sqlite": _sqlite}.get(connection.vendor)
    found = ask(connection, model._meta.db_table) if ask else None
    return _sampled(model) if found is None else found


def _postgresql(connection: Any, table: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(to_regclass(%s))", [connection.ops.quote_name(table)])
        found = cursor.fetchone()[0]
    return None if found is None else int(found)


def _mysql(connection: Any, table: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_length + index_length FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = %s",
            [table],
        )
        found = cursor.fetchone()
    return None if found is None or found[0] is None else int(found[0])


def _sqlite(connection: Any, table: str) -> int | None:
    """Pages of the table and of its indexes; None where this build of SQLite does not count them."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(
                "SELECT SUM(pgsize) FROM dbstat WHERE aggregate = TRUE "
                "AND name IN (SELECT name FROM sqlite_schema WHERE tbl_name = %s)",
                [table],
            )
        except OperationalError:
            return None
        found = cursor.fetchone()[0]
    return None if found is None else int(found)


def _sampled(model: type[Model]) -> int:
    rows = model._default_manager.order_by("-pk")
    sample = list(rows.values_list()[:_SAMPLE])
    if not sample:
        return 0
    long = sum(_HEAD + sum(_length(value) for value in row) for row in sample)
    return round(long / len(sample) * rows.count())


def _length(value: object) -> int:
    if value is None:
        return 0
    return len(value) if isinstance(value, (bytes, memoryview)) else len(str(value).encode())
