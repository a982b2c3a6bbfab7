"""Transactions of our own database: who writes does so beside others, and an erasure alone.

So nobody is forgotten between what a transaction has read and what it writes of it, and whoever asks in a transaction
who was forgotten may rely on the answer until it ends. A turn is taken before anything else, so that nobody waits for
somebody while holding what that one needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connections, router, transaction

from insights.models.results import SyncCursor

_KIND = "erasure"
_LOCK = 7_308_620_263
"""Names the lock within a database of PostgreSQL: any number that nobody else takes."""

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


@contextmanager
def atomic(*, alone: bool = False) -> Iterator[None]:
    """A transaction of the database that holds our tables, wherever the host's routers put them.

    Args:
        alone: whether it waits for all others, and they for it, as an erasure does.
    """
    using = router.db_for_write(SyncCursor)
    with transaction.atomic(using=using):
        _take_turn(using, alone)
        yield


def atomically(act: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Let a function run within such a transaction."""

    @wraps(act)
    def run(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        with atomic():
            return act(*args, **kwargs)

    return run


def _take_turn(using: str, alone: bool) -> None:
    """Wait for one's turn, and keep it until the transaction ends.

    The next statement sees what was committed during the wait: by default these databases isolate statements, not
    transactions. SQLite needs no turns: it refuses to write after somebody else has written what was read.
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}(%s)", [_LOCK])
    elif connection.vendor == "mysql" and not _lock_row(using, alone):
        # Only ever once, and then the others wait for it.
        SyncCursor.objects.using(using).get_or_create(channel="", kind=_KIND)
        _lock_row(using, alone)


def _lock_row(using: str, alone: bool) -> bool:
    """Lock the row that stands for the turns; False where it is not there yet."""
    quoted = connections[using].ops.quote_name
    how = "FOR UPDATE" if alone else "LOCK IN SHARE MODE"
    statement = f"SELECT 1 FROM {quoted(SyncCursor._meta.db_table)} WHERE channel = '' AND kind = %s {how}"  # noqa: S608 - a name of our own
    with connections[using].cursor() as cursor:
        cursor.execute(statement, [_KIND])
        return cursor.fetchone() is not None
