from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from insights import formats
from insights.models import CustomerState, Order, Refund
from tests.insights.panel import data
from tests.insights.panel.html import read

pytestmark = pytest.mark.django_db
URL = "/admin/insights/"


def revenue(first: int, last: int) -> tuple[Decimal, int]:
    """Net revenue and valid orders from so many days ago to so many days ago, from the tables alone."""
    today = timezone.localdate()
    days = (today - timedelta(days=first), today - timedelta(days=last))
    orders = Order.objects.filter(counts=True, local_date__range=days)
    back = Refund.objects.filter(counts=True, local_date__range=days).aggregate(sum=Sum("base_amount"))["sum"]
    return (orders.aggregate(sum=Sum("base_total"))["sum"] or Decimal()) - (back or Decimal()), orders.count()


def figures(page: str) -> dict[str, str]:
    """What each headline figure says."""
    found = {}
    for node in read(page).every("div"):
        if "ins-kpi" in node.classes():
            words = " ".join(node.text.split())
            found[words.split(" ?")[0]] = words
    return found


def test_revenue_and_orders_are_those_of_the_tables(owner: Client, world: None) -> None:
    shown = figures(owner.get(URL).content.decode())
    (now, orders), (before, orders_before) = revenue(30, 1), revenue(60, 31)
    assert formats.money(now) in shown["Revenue"]
    assert f"from {formats.money(before)}" in shown["Revenue"]
    assert formats.number(orders) in shown["Orders"]
    assert formats.money(now / orders) in shown["Average order"]
    assert f"from {formats.number(orders_before)}" in shown["Orders"] or orders == orders_before


@pytest.mark.parametrize("days", [7, 30, 90])
def test_the_file_has_what_the_page_sums(owner: Client, world: None, days: int) -> None:
    text = b"".join(owner.get(URL, {"days": days, "csv": 1}).streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["Day", "Revenue", "Day before", "Before"]
    assert len(rows) == days
    assert sum(Decimal(row[1] or 0) for row in rows) == revenue(days, 1)[0]


def test_what_changed_adds_up_to_the_penny(owner: Client, world: None) -> None:
    page = owner.get(URL).content.decode()
    sums = re.search(r"(£[\d,.]+ [+−] £[\d,.]+ [+−] £[\d,.]+) = <span[^>]*>(£[\d,.]+)", page)
    assert sums, "the sum is written under what changed"
    parts = [Decimal(part.replace("£", "").replace(",", "").replace("−", "-").replace(" ", ""))
             for part in re.findall(r"[+−]? ?£[\d,.]+", sums[1])]  # fmt: skip
    assert sum(parts) == Decimal(sums[2].replace("£", "").replace(",", "")) == revenue(30, 1)[0]


def test_new_and_returning_are_all_who_bought(owner: Client, world: None) -> None:
    today = timezone.localdate()
    days = (today - timedelta(days=30), today - timedelta(days=1))
    buyers = Order.objects.filter(counts=True, local_date__range=days).values("customer").distinct().count()
    shown = figures(owner.get(URL).content.decode())["Customers"]
    numbers = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) (?:new|returning)", shown)]
    assert sum(numbers[:2]) == buyers
    assert f"of {buyers} customers" in figures(owner.get(URL).content.decode())["Repeat rate"]


def test_the_segments_hold_all_spend(owner: Client, world: None) -> None:
    spent = CustomerState.objects.current().aggregate(sum=Sum("monetary"))["sum"]
    assert formats.money(spent) in owner.get(URL).content.decode()


def test_today_is_left_out_and_said_so(owner: Client, world: None) -> None:
    page = owner.get(URL).content.decode()
    assert f"Today so far, {formats.money(revenue(0, 0)[0])}, is not included." in page


def test_an_old_shop_is_shown_to_its_last_order(owner: Client, bare: None) -> None:
    data.shop(6, today=timezone.localdate() - timedelta(days=400))
    page = owner.get(URL).content.decode()
    assert "the period ends with it" in page
    assert "£0<" not in figures(page)["Revenue"]


def test_without_earlier_orders_nothing_is_compared(owner: Client, bare: None) -> None:
    data.shop(1)
    assert "There are no orders in the period before to compare with." in owner.get(URL).content.decode()


def test_an_empty_shop_says_what_to_do(owner: Client, bare: None) -> None:
    page = owner.get(URL).content.decode()
    assert "No orders yet" in page
    assert "/admin/insights/data/" in page


def test_the_horizon_of_the_chance_is_said(owner: Client, world: None) -> None:
    assert "Chance to buy within 30 days" in owner.get(URL).content.decode()
