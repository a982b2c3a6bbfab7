from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from insights import formats
from insights.models import Order, QuarantinedRow, Run, RunState
from tests.insights.panel import data
from tests.insights.panel.html import read

pytestmark = pytest.mark.django_db
URL = "/admin/insights/data/"


def test_what_waits_is_counted_and_listed(owner: Client, world: None) -> None:
    page = owner.get(URL).content.decode()
    for row in QuarantinedRow.objects.all():
        assert row.external_id in page
    assert "Last sync" in page
    counted = Order.objects.filter(counts=True).count()
    assert f"{counted} of {Order.objects.count()} orders count." in page


def test_the_orders_that_do_not_count_are_all_there(owner: Client, world: None) -> None:
    page = read(owner.get(URL).content.decode())
    section = next(node for node in page.every("section") if "Orders that do not count" in node.text)
    counts = [int(cell.text) for cell in section.every("td")]
    assert sum(counts) == Order.objects.filter(counts=False).count()


def test_a_rule_narrows_the_list_and_the_file(owner: Client, world: None) -> None:
    page = owner.get(URL, {"rule": "impossible_date"}).content.decode()
    assert ">Q0<" in page
    assert ">Q1<" not in page
    text = b"".join(owner.get(URL, {"rule": "impossible_date", "csv": 1}).streaming_content).decode("utf-8-sig")
    assert [row["external_id"] for row in csv.DictReader(io.StringIO(text))] == ["Q0"]


def test_where_there_are_many_the_page_says_how_many_it_shows(owner: Client, world: None) -> None:
    for number in range(30):
        QuarantinedRow.objects.create(channel="shop", kind="orders", external_id=f"M{number}", rule="orphan")
    assert "The latest 25 of 33; the file has all of them." in owner.get(URL).content.decode()


def test_the_row_itself_is_for_those_who_may_see_people(
    owner: Client, world: None, clerk: Callable[..., Client]
) -> None:
    def head(client: Client) -> str:
        return b"".join(client.get(URL, {"csv": 1}).streaming_content).decode("utf-8-sig").splitlines()[0]

    assert head(owner).endswith(",row")
    assert "row" not in head(clerk("view_insights")).split(",")


def test_a_failed_sync_says_why_and_keeps_the_figures_of_the_one_before(owner: Client, world: None) -> None:
    Run.objects.create(kind="sync", state=RunState.FAILED, error="No way to the shop.", started_at=timezone.now())
    page = owner.get(URL).content.decode()
    assert "No way to the shop." in page
    assert "212" in page, "rows read by the sync before"


def test_a_first_sync_that_failed_has_taken_over_nothing(owner: Client, bare: None) -> None:
    Run.objects.create(kind="sync", state=RunState.FAILED, error="No way to the shop.", started_at=timezone.now())
    page = owner.get(URL).content.decode()
    assert "Nothing has been taken over yet." in page
    assert "Nothing had changed." not in page


def test_before_the_first_sync(owner: Client, bare: None) -> None:
    page = owner.get(URL).content.decode()
    assert "manage.py insights_sync" in page
    assert "every row of the shop could be taken over" not in page


def test_numbers_have_their_thousands_marked(owner: Client, bare: None) -> None:
    run = data.synced()
    run.report["kinds"]["orders"]["read"] = 1044847
    run.save()
    assert formats.number(1044847) in owner.get(URL).content.decode()
