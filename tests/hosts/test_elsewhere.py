"""The shop in a database that can only be read, and ours in one of its own."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from tests.hosts.site import Site, cents

pytestmark = pytest.mark.hosts

TABLES = """
    CREATE TABLE kunden (nr TEXT PRIMARY KEY, mail TEXT, seit DATE);
    CREATE TABLE artikel (nr TEXT PRIMARY KEY, bezeichnung TEXT, preis NUMERIC);
    CREATE TABLE auftraege (nr INTEGER PRIMARY KEY, kunde TEXT, datum DATE, bezahlt BOOL);
    CREATE TABLE positionen (id INTEGER PRIMARY KEY, auftrag INTEGER, artikel TEXT, menge NUMERIC, preis NUMERIC);
"""


def fill(path: Path) -> None:
    dice, first = Random(3), date(2024, 1, 8)
    with sqlite3.connect(path) as shop:
        shop.executescript(TABLES)
        for n in range(60):
            shop.execute("INSERT INTO kunden VALUES (?, ?, ?)", (f"K{n}", f"k{n}@example.de", first.isoformat()))
        for n in range(20):
            shop.execute("INSERT INTO artikel VALUES (?, ?, ?)", (f"A{n}", f"Ding {n}", 3 + n / 10))
        for n in range(300):
            day = first + timedelta(days=dice.randint(0, 600))
            order = (1000 + n, f"K{dice.randint(0, 59)}", day.isoformat(), n % 9 != 0)
            shop.execute("INSERT INTO auftraege VALUES (?, ?, ?, ?)", order)
            for article in dice.sample(range(20), 2):
                line = (1000 + n, f"A{article}", 1.5 if n % 4 else 2, 3 + article / 10)
                shop.execute("INSERT INTO positionen (auftrag, artikel, menge, preis) VALUES (?, ?, ?, ?)", line)


def test_elsewhere__reads_there_and_writes_here(tmp_path: Path) -> None:
    fill(tmp_path / "shop.sqlite3")
    before = (tmp_path / "shop.sqlite3").read_bytes()
    site = Site("elsewhere", tmp_path)
    site.manage("migrate")
    site.manage("migrate", "--database", "insights")
    assert "no issues" in site.manage("check")

    synced = site.told("insights_sync", "--json")["kinds"]
    assert not any(kind["quarantined"] for kind in synced.values()), synced
    again = site.told("insights_sync", "--json")["kinds"]
    assert not any(kind["created"] + kind["updated"] + kind["deleted"] for kind in again.values()), again
    assert site.told("insights_doctor", "--json")["ok"]

    lines = """SELECT p.menge, p.preis FROM positionen p JOIN auftraege a ON a.nr = p.auftrag WHERE a.bezahlt"""
    paid = sum(
        ((Decimal(str(number)) * cents(price)) for number, price in site.rows(lines, "shop.sqlite3")), Decimal(0)
    )
    ((total,),) = site.rows("SELECT sum(total) FROM insights_order WHERE counts", "insights.sqlite3")
    assert Decimal(total) / 10_000 == paid
    days = "SELECT min({0}), max({0}) FROM {1}"
    ours = site.rows(days.format("local_date", "insights_order"), "insights.sqlite3")
    assert ours == site.rows(days.format("datum", "auftraege") + " WHERE bezahlt", "shop.sqlite3")

    trained = site.told("insights_train", "segmentation", "--json")
    assert trained["runs"][0]["published"]
    answer = site.told("insights_ask", "How many orders in total?", "--json")
    assert answer["rows"][0][-1] == site.rows("SELECT count(*) FROM auftraege WHERE bezahlt", "shop.sqlite3")[0][0]

    # Each database has its own tables and no others; permissions are where the accounts are.
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'"
    assert not [name for (name,) in site.rows(tables) if name.startswith("insights_")]
    theirs = {name for (name,) in site.rows(tables, "insights.sqlite3")}
    assert {name for name in theirs if not name.startswith("insights_")} == {"django_migrations"}
    granted = {code for (code,) in site.rows("SELECT codename FROM auth_permission")}
    assert {"view_insights", "see_personal_data", "train_models", "ask_insights", "view_order"} <= granted
    assert (tmp_path / "shop.sqlite3").read_bytes() == before

    page = "from django.contrib.auth.models import User; from django.test import Client; c = Client(); "
    page += "c.force_login(User.objects.create_superuser('boss')); print(c.get('/admin/insights/').status_code)"
    assert site.manage("shell", "-v", "0", "-c", page).strip() == "200"
    site.manage("migrate", "--database", "insights", "insights", "zero")
