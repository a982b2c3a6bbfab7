from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from insights.management import base

pytestmark = pytest.mark.django_db

COMMANDS = [
    ("insights_ask", "How many orders?"),
    ("insights_sync",),
    ("insights_train",),
    ("insights_recommend",),
    ("insights_export_person", "1"),
    ("insights_forget", "1", "--yes"),
]


def forget_migrations() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'insights'")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_commands__without_our_tables_say_what_to_do(command: tuple[str, ...]) -> None:
    forget_migrations()
    with pytest.raises(CommandError, match=r"Run manage\.py migrate"):
        call_command(*command, stdout=StringIO(), stderr=StringIO())


def test_told__a_table_of_the_shop() -> None:
    assert "no such table: shop_order" in base._told(DatabaseError("no such table: shop_order\nmore"))
    forget_migrations()
    assert "Run manage.py migrate" in base._told(DatabaseError("x"))


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "9999-12-31", ""])
def test_end_of_day__a_word_that_is_no_day(day: str) -> None:
    with pytest.raises(CommandError, match="YYYY-MM-DD"):
        call_command("insights_train", f"--as-of={day}")
