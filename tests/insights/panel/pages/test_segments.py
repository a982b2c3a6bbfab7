from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from django.test import Client

from insights.models import Customer, CustomerState
from insights.panel.groups import LEAST, groups
from tests.insights.panel.html import read

pytestmark = pytest.mark.django_db
URL = "/admin/insights/segments/"


@pytest.mark.parametrize("by", ["segment", "rfm_type", "cluster"])
def test_each_group_is_as_large_as_the_list_it_leads_to(owner: Client, world: None, by: str) -> None:
    Customer.objects.filter(external_id="1001").update(is_real=False)
    table = read(owner.get(URL, {"by": by}).content.decode()).every("table")[-1]
    links = [node for node in table.every("a") if "/customers/" in node.attributes["href"]]
    rows = {row.every("th")[0].every("a")[0].attributes["href"]: row for row in table.every("tr") if row.every("a")}
    assert len(links) == len(rows) > 1
    for address, row in rows.items():
        size = row.every("td")[0].text
        assert f"{size} found." in owner.get(address).content.decode()


def test_the_parts_add_up(owner: Client, world: None) -> None:
    table = read(owner.get(URL).content.decode()).every("table")[-1]
    sizes = [int(row.every("td")[0].text) for row in table.every("tbody")[0].every("tr")]
    total = table.every("tfoot")[0].every("td")[0].text
    assert sum(sizes) == int(total) == CustomerState.objects.current().count()


def test_the_file_is_the_table(owner: Client, world: None) -> None:
    text = b"".join(owner.get(URL, {"csv": 1}).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["Group"]: (int(row["Customers"]), Decimal(row["Spent"])) for row in rows} == {
        group.name: (group.size, group.spent) for group in groups("segment")
    }


def test_no_average_points_at_a_person(owner: Client, world: None) -> None:
    small = [group for group in groups("segment") if group.size < LEAST]
    assert small, "the shop has a small segment"
    page = owner.get(URL).content.decode()
    assert f"Below {LEAST} people no average is shown" in page
    for row in read(page).every("table")[-1].every("tr"):
        if row.every("th")[0].text.startswith(small[0].name):
            assert [cell.text for cell in row.every("td")][-3:] == ["–", "–", "–"]


def test_before_the_first_training(owner: Client, bare: None) -> None:
    page = owner.get(URL).content.decode()
    assert "No segments yet" in page
    assert "/admin/insights/training/" in page


def test_an_unknown_way_to_group_is_the_first_one(owner: Client, world: None) -> None:
    page = owner.get(URL, {"by": "nonsense"}).content.decode()
    assert re.search(r'aria-current="true">Eleven segments', page)
