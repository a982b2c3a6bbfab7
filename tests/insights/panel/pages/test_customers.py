from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client

from insights.models import Customer, CustomerState
from tests.insights.panel import data
from tests.insights.panel.html import read

pytestmark = pytest.mark.django_db
URL = "/admin/insights/customers/"


def names(page: str) -> list[str]:
    table = read(page).every("table")
    return [row.every("th")[0].text for row in table[0].every("tbody")[0].every("tr")] if table else []


def test_the_list_is_sorted_by_spend_and_can_be_turned_round(owner: Client, world: None) -> None:
    spent = dict(CustomerState.objects.current().values_list("customer__external_id", "monetary"))

    def amounts(page: str) -> list[Decimal]:
        return [spent[number] for name in names(page) if (number := name.split()[-1]) in spent]

    falling = amounts(owner.get(URL).content.decode())
    assert falling == sorted(spent.values(), reverse=True)
    page = owner.get(URL, {"sort": "spent"}).content.decode()
    assert amounts(page) == sorted(spent.values())
    assert 'aria-sort="ascending"' in page


def test_good_customers_are_those_of_the_two_best_bands(owner: Client, world: None) -> None:
    states = CustomerState.objects.current()
    states.filter(value_band="middle").first().delete()
    for band in ("high", "low"):
        CustomerState.objects.filter(pk=states.filter(value_band="middle").first().pk).update(value_band=band)
    wanted = states.filter(value_band__in=["top", "high"]).count()
    assert wanted > states.filter(value_band="top").count()
    page = owner.get(URL, {"value_band": "good"}).content.decode()
    assert f"{wanted} found." in page
    assert "top or high" in page


def test_where_nobody_matches_the_way_back_is_shown(owner: Client, world: None) -> None:
    champions = CustomerState.objects.current().filter(segment="champions").count()
    page = owner.get(URL, {"segment": "champions", "q": "nobody at all"}).content.decode()
    assert "Nobody matches" in page
    assert f"Without “Search”: {champions}" in page
    assert "Without “Segment”" not in page, "that would leave nobody either"


def test_the_file_has_everybody_of_the_filter(owner: Client, world: None) -> None:
    answer = owner.get(URL, {"segment": "champions", "csv": 1})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    states = CustomerState.objects.current().filter(segment="champions")
    assert {row["customer"] for row in rows} == set(states.values_list("customer__external_id", flat=True))
    assert all(row["name"] and row["email"] for row in rows)


def test_pages_have_all_customers_once(owner: Client, bare: None) -> None:
    for number in range(120):
        Customer.objects.create(external_id=f"c{number:03}")
    seen = [name for page in (1, 2, 3) for name in names(owner.get(URL, {"page": page}).content.decode())]
    assert len(seen) == len(set(seen)) == 120
    assert "101 to 120 of 120" in owner.get(URL, {"page": 99}).content.decode()


def test_before_a_training_orders_are_counted_on_the_spot(owner: Client, bare: None) -> None:
    data.shop(3)
    page = owner.get(URL).content.decode()
    assert "No training has run yet" in page
    assert "May not come back" not in page, "a column of dashes tells nothing"
    assert "£" in page


def test_a_score_that_nobody_has_is_no_column(owner: Client, world: None) -> None:
    page = owner.get(URL).content.decode()
    assert "Worth, 12 months" in page
    assert "is within 60 days of then" in page
    CustomerState.objects.update(value_365=None, value_band="")
    page = owner.get(URL).content.decode()
    assert "Worth, 12 months" not in page
    assert 'name="value_band"' not in page


def test_what_a_spreadsheet_would_run_is_a_text(owner: Client, bare: None) -> None:
    Customer.objects.create(external_id="1", name='=HYPERLINK("http://evil")', email="@x")
    text = b"".join(owner.get(URL, {"csv": 1}).streaming_content).decode("utf-8-sig")
    row = next(iter(csv.DictReader(io.StringIO(text))))
    assert row["name"] == '\'=HYPERLINK("http://evil")'
    assert row["email"] == "'@x"


def test_those_who_may_not_see_people_do_not_find_them_by_name(owner: Client, world: None, clerk) -> None:  # type: ignore[no-untyped-def]
    someone = Customer.objects.order_by("pk")[0]
    assert "Nobody matches" in clerk("view_insights").get(URL, {"q": someone.email}).content.decode()
    assert "1 found." in owner.get(URL, {"q": someone.email}).content.decode()
