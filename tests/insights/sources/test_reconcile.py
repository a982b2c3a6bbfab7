from __future__ import annotations

import random
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import DecimalField, ExpressionWrapper, F, Sum
from django.utils import timezone

from insights.analytics import Query, run
from insights.exceptions import AdapterError
from insights.models import Order, Refund
from insights.privacy import find_subject, forget
from insights.sources import UNKNOWN, Adapter, Day, Difference, get_adapter, how_many, reconcile, sync
from shop_demo import models as shop
from shop_demo.adapter import ShopAdapter
from tests.insights.sources.shop import NOON, order, person, product

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


class Choosy(ShopAdapter):
    class Orders(ShopAdapter.Orders):
        status = {"ignore": [re.compile("pend.*")]}


def compared(adapter: Adapter | None = None, **days: date) -> tuple[list[Day], dict[tuple[str, str], Difference]]:
    """All days, and the rows by order and reason."""
    spans = list(reconcile(adapter or get_adapter("shop"), **days))
    found = [day for span in spans for day in span.days]
    rows = [row for span in spans for row in span.rows]
    for day in found:
        assert sum((gap.units for gap in day.reasons.values()), 0) == day.gap.units
        assert sum((gap.orders for gap in day.reasons.values()), 0) == day.gap.orders
        assert sum((gap.customers for gap in day.reasons.values()), 0) == day.gap.customers
    assert len({(row.order, row.reason, row.day, row.currency) for row in rows}) == len(rows)
    return found, {(row.order, row.reason): row for row in rows}


def reasons(rows: dict[tuple[str, str], Difference]) -> set[tuple[str, str]]:
    return set(rows)


def test_where_all_agrees_the_days_stand_beside_each_other() -> None:
    ada, eve, tea = person(), person(), product()
    order(ada, (tea, 2, "5"))
    order(ada, (tea, 1, "5"))
    order(eve, (tea, 1, "7.5"), days=30)
    sync()
    days, rows = compared()
    assert rows == {}
    assert [(day.day, day.currency, day.shop.orders, day.shop.revenue, day.shop.customers) for day in days] == [
        (DAY, "GBP", 2, Decimal(15), 1),
        (DAY + timedelta(days=30), "GBP", 1, Decimal("7.5"), 1),
    ]
    assert all(day.shop == day.ours for day in days)


def test_nothing_at_all_is_no_day() -> None:
    assert compared() == ([], {})


def test_each_kind_of_difference_has_its_reason(settings: Any) -> None:
    ada, boss, tea = person("ada"), person("boss", is_staff=True), product()
    order(ada, (tea, 1, "5"), number="FINE")
    order(ada, (tea, 2, "5"), number="CANCELLED", status="cancelled", cancelled_at=NOON)
    order(ada, (tea, 3, "5"), number="REFUNDED", status="refunded")
    order(boss, (tea, 4, "5"), number="STAFF")
    order(ada, (tea, 5, "5"), number="TEST", is_test=True)
    order(ada, (tea, 6, "5"), number="XQZ", currency="XQZ")
    order(ada, (tea, 7, "5"), number="YEN", currency="JPY")
    order(ada, (tea, -2, "5"), number="CREDIT", status="credit_note")
    order(ada, (tea, 1, "5"), number="OLD", placed_at=datetime(1970, 1, 1, 12, tzinfo=UTC))
    order(None, (tea, 1, "9"), number="NOBODY")
    part = order(ada, (tea, 8, "5"), number="PART")
    shop.Refund.objects.create(order=part, amount=Decimal("3"), created_at=NOON + timedelta(days=2))
    sync()

    days, rows = compared()

    assert reasons(rows) == {
        ("CANCELLED", "cancelled"), ("REFUNDED", "refunded"), ("STAFF", "staff"), ("TEST", "test"), ("XQZ", "no_rate"),
        ("YEN", "no_rate"), ("CREDIT", "empty"), ("OLD", "quarantined"), ("NOBODY", "guest"), ("PART", "part_refunded"),
    }  # fmt: skip
    assert rows["OLD", "quarantined"].detail == "impossible_date"
    assert rows["OLD", "quarantined"].day == date(1970, 1, 1)
    assert rows["XQZ", "no_rate"].detail == "XQZ"
    assert rows["CANCELLED", "cancelled"].gap.revenue == 10
    assert (rows["STAFF", "staff"].gap.orders, rows["STAFF", "staff"].gap.customers) == (1, 1)
    assert rows["PART", "part_refunded"].day == DAY + timedelta(days=2)
    assert rows["PART", "part_refunded"].gap.revenue == 3
    assert rows["NOBODY", "guest"].gap.as_dict() == {"orders": 0, "revenue": "0.0000", "customers": 1}
    valid = (
        Order.objects.valid().aggregate(sum=Sum("total"))["sum"] - Refund.objects.aggregate(sum=Sum("amount"))["sum"]
    )
    assert sum(day.ours.revenue for day in days) == valid, "and that is net revenue"
    theirs = shop.Order.objects.aggregate(sum=Sum("total"))["sum"]
    assert sum(day.shop.revenue for day in days) == theirs


def test_what_came_since_the_sync_is_late() -> None:
    ada, tea = person(), product()
    changed = order(ada, (tea, 1, "5"), number="CHANGED")
    moved = order(ada, (tea, 1, "6"), number="MOVED")
    sync()
    order(ada, (tea, 2, "5"), number="NEW")
    changed.total = Decimal(8)
    changed.save()
    moved.placed_at = NOON + timedelta(days=40)
    moved.save()
    days, rows = compared()
    assert reasons(rows) == {("NEW", "late"), ("CHANGED", "late"), ("MOVED", "late")}
    assert rows["CHANGED", "late"].gap.revenue == 3
    assert [day.gap.orders for day in days] == [0, 1], "one more that is new, one less that moved away"
    sync()
    assert compared()[1] == {}


def test_what_the_shop_has_no_more_is_deleted() -> None:
    ada, tea = person(), product()
    order(ada, (tea, 1, "5"), number="GONE")
    sync()
    shop.Order.objects.all().delete()
    days, rows = compared()
    assert reasons(rows) == {("GONE", "deleted")}
    assert (days[0].shop.orders, days[0].ours.orders, rows["GONE", "deleted"].gap.customers) == (0, 1, -1)


def test_a_change_without_a_sign_is_not_explained_away() -> None:
    ada, tea = person(), product()
    made = order(ada, (tea, 1, "5"), number="SILENT")
    sync()
    shop.Order.objects.filter(pk=made.pk).update(total=Decimal(50))
    days, rows = compared()
    assert reasons(rows) == {("SILENT", UNKNOWN)}
    assert days[0].unexplained


def test_a_guest_who_is_an_account_is_one_person() -> None:
    ada, tea = person("ada"), product()
    order(ada, (tea, 1, "5"), number="A")
    order(None, (tea, 1, "5"), number="G", email=" ADA@example.com")
    sync()
    days, rows = compared()
    assert reasons(rows) == {("G", "same_person")}
    assert (days[0].shop.customers, days[0].ours.customers) == (2, 1)


def test_a_forgotten_persons_orders_count_for_nobody() -> None:
    ada, tea = person("ada"), product()
    order(ada, (tea, 1, "5"), number="A")
    sync()
    forget(find_subject(str(ada.pk)))
    sync(full=True)
    days, rows = compared()
    assert reasons(rows) == {("A", "forgotten")}
    assert days[0].gap.as_dict() == {"orders": 0, "revenue": "0.0000", "customers": 1}


def test_lines_explain_totals_that_are_made_of_them() -> None:
    ada, tea, fee = person(), product("T1"), product("AMAZONFEE")
    made = order(ada, (tea, 2, "5"), (tea, 2, "5"), (fee, 1, "3"), number="BOOK", channel="online_retail")
    order(ada, (tea, -1, "5"), days=1, number="BACK", status="credit_note", channel="online_retail")
    sync()
    days, rows = compared()
    assert reasons(rows) == {
        ("BOOK", "duplicate_line"), ("BOOK", "not_a_product"), ("BACK", "empty"), ("BOOK", "part_refunded"),
    }  # fmt: skip
    assert rows["BOOK", "duplicate_line"].gap.revenue == 10
    assert rows["BOOK", "not_a_product"].gap.revenue == 3
    assert [day.shop.revenue for day in days] == [23, -5]
    assert [day.ours.revenue for day in days] == [10, -5], "the return is taken off on its own day"
    assert made.number == "BOOK"


def test_statuses_and_rows_that_the_adapter_leaves_out(settings: Any) -> None:
    ada, tea = person(), product()
    order(ada, (tea, 1, "5"), number="PENDING")
    paid = order(ada, (tea, 1, "5"), number="PAID", status="paid")
    settings.INSIGHTS = {**settings.INSIGHTS, "ADAPTERS": [f"{__name__}.Choosy"]}
    sync()
    assert reasons(compared(Choosy())[1]) == {("PENDING", "ignored")}

    class Choosier(ShopAdapter):
        class Orders(ShopAdapter.Orders):
            exclude = {"number": "PAID"}

    assert ("PAID", "left_out") in reasons(compared(Choosier())[1])
    assert paid.number == "PAID"


def test_days_narrow_both_sides_in_the_shops_zone() -> None:
    ada, tea = person(), product()
    for day in range(20):
        order(ada, (tea, 1, "5"), days=day, placed_at=NOON.replace(hour=23, minute=59) + timedelta(days=day))
    sync()
    days, rows = compared(first=DAY + timedelta(days=3), last=DAY + timedelta(days=12))
    assert rows == {}
    assert [day.day for day in days] == [DAY + timedelta(days=n) for n in range(3, 13)]
    assert how_many(get_adapter("shop"), DAY, DAY) == 1


def test_a_date_that_only_the_row_knows_is_read_with_the_row() -> None:
    class Computed(ShopAdapter):
        class Orders(ShopAdapter.Orders):
            placed_at = staticmethod(lambda row: row.placed_at)

    ada, tea = person(), product()
    order(ada, (tea, 1, "5"), number="A")
    order(ada, (tea, 1, "5"), days=9, number="B", status="cancelled")
    sync()
    days, rows = compared(Computed())
    assert reasons(rows) == {("B", "cancelled")}
    assert len(days) == 2
    assert reasons(compared(Computed(), first=DAY, last=DAY)[1]) == set()


def test_before_the_first_sync_everything_is_late() -> None:
    order(person(), (product(), 1, "5"), number="A")
    assert reasons(compared()[1]) == {("A", "late")}


def test_an_adapter_without_orders_says_so() -> None:
    class People(Adapter):
        class Customers:
            model = "auth.User"

    with pytest.raises(AdapterError, match="maps no orders"):
        list(reconcile(People()))


def test_memory_holds_a_week_at_a_time() -> None:
    ada, tea = person(), product()
    for day in (0, 6, 7, 400):
        order(ada, (tea, 1, "5"), days=day)
    sync()
    spans = list(reconcile(get_adapter("shop")))
    assert [len(span.days) for span in spans] == [2, 1, 1], "and weeks without anything are skipped"
    assert timezone.now() > NOON
    assert Counter(day.shop.orders for span in spans for day in span.days) == {1: 4}


@pytest.mark.parametrize("seed", range(4))
def test_books_made_of_lines__every_difference_is_explained(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    lines = ["Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"]
    for _ in range(160):
        number, code = dice.randrange(1, 40), dice.choice(["A", "B", "b", "POST", "D", "M", "gift_0001_10", "ADJUST2"])
        sign, price = ("C" if number % 5 == 0 else ""), dice.choice(["2.55", "0.0", "7.1234", "-3.5", "12"])
        quantity = dice.choice([1, 1, 2, 3, 12, 0, -1]) * (-1 if sign else 1)
        customer = "" if number % 7 == 0 else f"{17000 + number % 4}.0"
        lines.append(
            f"{sign}{number},{code},Mug,{quantity},2010-12-{1 + number % 28:02} 08:26:00,{price},{customer},UK"
        )
    path = tmp_path / "books.csv"
    path.write_text("\n".join(lines) + "\n")
    call_command("shop_import_online_retail", str(path), "--json", "--replace", stdout=StringIO())
    sync()
    days, rows = compared()
    assert UNKNOWN not in {reason for _, reason in rows}
    assert {"duplicate_line", "not_a_product", "guest", "empty"} & {reason for _, reason in rows}
    ((revenue,),) = run(Query(metrics=["revenue"])).rows
    assert sum(day.ours.revenue for day in days) == Decimal(str(revenue or 0))
    units = ExpressionWrapper(
        F("quantity") * F("unit_price") - F("discount"), DecimalField(max_digits=20, decimal_places=4)
    )
    theirs = sum(amount for (amount,) in shop.OrderLine.objects.values_list(units))
    assert sum(day.shop.revenue for day in days) == theirs, "all that the books hold"
