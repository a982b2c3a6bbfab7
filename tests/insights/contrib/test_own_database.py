"""The router by itself; ``tests/hosts/test_elsewhere.py`` runs a site with it."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User

from insights.contrib.own_database import Router
from insights.models import Customer, Order, atomic, turns

ROOT = Path(__file__).resolve().parents[3]


def test_router__ours_there_and_nobody_else() -> None:
    router = Router()
    assert (router.db_for_read(Order), router.db_for_write(Order)) == ("insights", "insights")
    assert (router.db_for_read(User), router.db_for_write(User)) == (None, None)
    assert router.allow_relation(Customer(), Order()) is True
    assert router.allow_relation(Customer(), User()) is False
    assert router.allow_relation(User(), User()) is None
    said = [router.allow_migrate(db, app) for db in ("default", "insights") for app in ("insights", "auth")]
    assert said == [False, None, True, False]


def test_atomic__is_of_the_database_of_our_tables(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(turns, "transaction", SimpleNamespace(atomic=lambda using: nullcontext(begun.append(using))))
    monkeypatch.setattr(turns, "_take_turn", lambda using, alone: None)
    with atomic():
        settings.DATABASE_ROUTERS = ["insights.contrib.own_database.Router"]
        with atomic():
            pass
    assert begun == ["default", "insights"]


def test_atomic__is_what_our_code_uses() -> None:
    """A transaction of the default database would hold nothing together where the tables are elsewhere."""
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "insights").rglob("*.py")
        if re.search(r"transaction\.atomic(\(\)|$)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert found == []
