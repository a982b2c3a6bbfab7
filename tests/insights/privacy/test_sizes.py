from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from insights.models import Event, Run
from insights.privacy import sizes
from tests.insights.privacy import aged

pytestmark = pytest.mark.django_db


def test_table_bytes__the_database_knows() -> None:
    """Whichever it is: the tests run on three."""
    assert sizes.table_bytes([Event]) > 0 or connection.vendor == "sqlite"
    for _ in range(300):
        aged.an_event(3)
    assert sizes.table_bytes([Event]) >= 16_384
    assert sizes.table_bytes([Event, Run]) >= sizes.table_bytes([Event])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite")
def test_table_bytes__indexes_count() -> None:
    for _ in range(300):
        aged.an_event(3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(pgsize) FROM dbstat WHERE aggregate = TRUE AND name = %s", [Event._meta.db_table])
        alone = cursor.fetchone()[0]
    assert sizes.table_bytes([Event]) > 1.5 * alone


def test_table_bytes__a_database_that_does_not_tell_is_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "another")
    assert sizes.table_bytes([Event]) == 0
    for _ in range(50):
        aged.an_event(3, page="/tea/" * 20)
    fifty = sizes.table_bytes([Event])
    assert 50 * 200 < fifty < 50 * 1_000
    for _ in range(50):
        aged.an_event(3, page="/tea/" * 20)
    assert sizes.table_bytes([Event]) == pytest.approx(2 * fifty, rel=0.02)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite")
def test_table_bytes__sqlite_without_dbstat_is_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    aged.an_event(3)
    counted = sizes.table_bytes([Event])

    class Old:
        def cursor(self) -> Old:
            return self

        def __enter__(self) -> Old:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def execute(self, *_: object) -> None:
            raise OperationalError("no such table: dbstat")

    real = sizes._sqlite
    monkeypatch.setattr(sizes, "_sqlite", lambda _connection, table: real(Old(), table))
    assert 0 < sizes.table_bytes([Event]) < counted


def test_length__of_values() -> None:
    assert [sizes._length(value) for value in (None, b"abc", "茶", 12)] == [0, 3, 3, 2]
