from __future__ import annotations

import csv
import io
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from insights.sources import sync
from shop_demo import models as shop
from tests.insights.panel.html import read
from tests.insights.sources.shop import order, person, product

pytestmark = pytest.mark.django_db
URL = "/admin/insights/data/reconciliation/"
module = import_module("insights.panel.pages.reconciliation")
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture
def books(bare: None) -> None:
    ada, tea = person(), product()
    order(ada, (tea, 1, "5"), number="FINE", days=1)
    order(ada, (tea, 3, "5"), number="CALLED-OFF", status="cancelled")
    order(ada, (tea, 2, "5"), number="KEPT")
    sync()


def rows(client: Client, which: str) -> list[dict[str, str]]:
    text = b"".join(client.get(URL, MARCH | {"csv": which}).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_way_from_the_shops_figures_to_ours_adds_up(owner: Client, books: None) -> None:
    page = read(owner.get(URL, MARCH).content.decode())
    bridge = page.every("table")[0]
    cells = [[cell.text for cell in row.every("td")] for row in bridge.every("tr")[1:]]
    assert cells == [["3", "£30.00", "2"], ["−1", "−£15.00", "–"], ["2", "£15.00", "2"]]
    assert "1 of 2 days agree in everything." in page.text


def test_a_day_opens_its_rows(owner: Client, books: None) -> None:
    page = owner.get(URL, MARCH | {"day": "2026-03-02"}).content.decode()
    assert "CALLED-OFF" in page
    assert "KEPT" not in page
    assert "#rows" in owner.get(URL, MARCH).content.decode()
    assert "Nothing: the shop and we agree" in owner.get(URL, MARCH | {"day": "2026-03-03"}).content.decode()
    assert owner.get(URL, MARCH | {"day": "2026-99-99"}).status_code == 200


def test_the_files_have_every_row_and_every_day(owner: Client, books: None) -> None:
    assert [(row["order"], row["reason"], row["revenue"]) for row in rows(owner, "rows")] == [
        ("CALLED-OFF", "cancelled", "15.0000")
    ]
    assert [(row["day"], row["shop orders"], row["our orders"], row["reasons"]) for row in rows(owner, "days")] == [
        ("2026-03-02", "2", "1", "cancelled"),
        ("2026-03-03", "1", "1", ""),
    ]


def test_where_all_agrees_it_says_so(owner: Client, books: None) -> None:
    shop.Order.objects.filter(number="CALLED-OFF").delete()
    sync()
    page = owner.get(URL, MARCH).content.decode()
    assert "All figures agree" in page
    assert "There is no day with a difference." in page


def test_what_is_not_explained_is_told_aloud(owner: Client, books: None) -> None:
    shop.Order.objects.filter(number="KEPT").update(total=1)
    page = owner.get(URL, MARCH).content.decode()
    assert "a part of the difference is not explained: 1." in page


def test_days_without_orders(owner: Client, books: None) -> None:
    assert "No orders on these days" in owner.get(URL, {"from": "2020-01-01", "to": "2020-01-02"}).content.decode()


def test_too_many_orders_are_left_to_the_command(owner: Client, books: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    page = owner.get(URL, MARCH).content.decode()
    assert "insights_reconcile --from 2026-03-01 --to 2026-03-31" in page


def test_a_shop_that_cannot_be_read_is_an_error_and_no_crash(
    owner: Client, books: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def broken(*args: object) -> int:
        raise DatabaseError("server closed the connection, password=x")

    monkeypatch.setattr(module, "how_many", broken)
    answer = owner.get(URL, MARCH)
    assert answer.status_code == 200
    assert "could not be read: DatabaseError" in answer.content.decode()
    assert "password" not in answer.content.decode()
    settings.INSIGHTS = {**settings.INSIGHTS, "ADAPTERS": ["nowhere.Nothing"]}
    assert "cannot be imported" in owner.get(URL).content.decode()
    settings.INSIGHTS = {**settings.INSIGHTS, "ADAPTERS": []}
    assert "There is no shop to compare with" in owner.get(URL).content.decode()


def test_only_those_who_may_see_the_panel(clerk: Callable[..., Client], client: Client) -> None:
    assert clerk("see_personal_data", name="other").get(URL).status_code == 403
    assert clerk("view_insights").get(URL).status_code == 200
    assert client.get(URL).status_code == 302


def test_the_page_of_the_data_leads_here(owner: Client, bare: None) -> None:
    assert URL in owner.get("/admin/insights/data/").content.decode()
