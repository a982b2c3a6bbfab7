"""A real shop in a folder of its own: run by its own ``manage.py``, looked at by the database's own eyes."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[2]
_PASSING = ("django_migrations", "django_content_type", "auth_permission", "sqlite_sequence")
"""Tables of Django's own in which the rows of an app are taken out by commands of Django's own."""


class Site:
    """One shop.

    Args:
        name: its folder beside this file.
        var: where its database and files go.
        package: what it cannot be without; empty for nothing but Django.
    """

    def __init__(self, name: str, var: Path, package: str = "") -> None:
        if package and find_spec(package) is None:
            missing(f"{package} is not installed; make test installs the group “hosts”")
        self.folder = Path(__file__).parent / name
        self.var = var

    def manage(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """What ``manage.py`` says; the site is without insights with ``HOST_INSIGHTS="off"``."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "INSIGHTS_", "COV_"))}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", *arguments],
            cwd=self.folder,
            env=kept | {"HOST_VAR": str(self.var), "PYTHONPATH": str(ROOT)} | environment,
            capture_output=True,
            text=True,
            timeout=280,
        )
        assert (done.returncode != 0) is fails, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stderr if fails else done.stdout

    def told(self, *arguments: str, **environment: str) -> Any:
        """The JSON object that a command prints last."""
        return json.loads(self.manage(*arguments, **environment).strip().splitlines()[-1])

    def rows(self, query: str, file: str = "db.sqlite3") -> list[tuple[Any, ...]]:
        """What a database says, asked without Django."""
        with sqlite3.connect(self.var / file) as connection:
            return connection.execute(query).fetchall()

    def tables(self) -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
        """Each table of the shop's own, with its definition and all its rows."""
        found = self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return {
            name: (sql, sorted(self.rows(f'SELECT * FROM "{name}"'), key=repr))
            for name, sql in found
            if name not in _PASSING
        }

    def indexes(self) -> list[tuple[Any, ...]]:
        """All indexes, with their definitions."""
        return self.rows("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")

    def our_books(self) -> dict[str, Decimal]:
        """Net revenue by currency, as our tables have it: what counts, less what was given back of it."""
        books: defaultdict[str, Decimal] = defaultdict(Decimal)
        for currency, total in self.rows("SELECT currency, total FROM insights_order WHERE counts"):
            books[currency] += Decimal(total) / 10_000
        refunds = """SELECT o.currency, r.amount FROM insights_refund r JOIN insights_order o ON o.id = r.order_id
                     WHERE r.counts"""
        for currency, amount in self.rows(refunds):
            books[currency] -= Decimal(amount) / 10_000
        return {currency: total.quantize(Decimal("0.0001")) for currency, total in books.items()}


def cents(value: Any) -> Decimal:
    """A number as SQLite keeps the host's decimals, exact again."""
    return Decimal(str(value)).quantize(Decimal("0.01"))
