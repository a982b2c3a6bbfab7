"""The whole file of Online Retail II: what the overview shows is what pandas computes from the file."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.analytics import Query, run
from insights.models import OrderLine, QuarantinedRow
from insights.sources import sync
from tests.insights.sources import retail


def _import(path: Path) -> None:
    call_command("shop_import_online_retail", str(path), "--json", "--replace", stdout=StringIO())
    sync()


def _assert_agree(books: retail.Books) -> None:
    """What our tables say is what the oracle says, to the last unit of 1/10,000."""
    ((revenue, orders, customers),) = run(Query(metrics=["revenue", "orders", "buyers"])).rows
    assert (Decimal(str(revenue)), orders, customers) == (books.revenue, books.orders, books.customers)
    by_month = run(Query(metrics=["revenue"], grain="month")).rows
    months = {str(month)[:7]: Decimal(str(value)) for month, value in by_month if value}
    assert months == {month: value for month, value in books.months.items() if value}
    aside = QuarantinedRow.objects.filter(rule="return_without_sale", resolved_at=None)
    assert aside.count() == books.quarantined
    flags = OrderLine.objects.exclude(flags=[]).values_list("flags", flat=True)
    assert sum("duplicate_line" in said for said in flags) == books.duplicates


@pytest.mark.django_db
def test_a_small_file_is_counted_by_the_rules(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text(
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
        "1,A,Mug,3,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
        "1,A,Mug,3,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
        "1,POST,POSTAGE,1,2010-12-01 08:26:00,1.95,17850.0,United Kingdom\n"
        "2,A,Mug,2,2010-12-02 08:26:00,2.55,,France\n"
        "2,b,found,1,2010-12-02 08:26:00,0.0,,France\n"
        "2,AMAZONFEE,fee,1,2010-12-02 08:26:00,99.0,,France\n"
        "C3,A,Mug,-1,2010-12-03 08:26:00,2.55,17850.0,United Kingdom\n"
        "C4,A,Mug,-9,2010-12-04 08:26:00,2.55,17850.0,United Kingdom\n"
        "5,B,Bowl,1,2010-12-05 08:26:00,7.0,12345.0,EIRE\n"
        "C6,B,Bowl,-1,2010-12-06 08:26:00,7.0,12345.0,EIRE\n"
    )
    _import(path)
    books = retail.read(path)
    assert (books.revenue, books.orders, books.customers, books.quarantined) == (Decimal("12.15"), 2, 1, 1)
    _assert_agree(books)
    assert QuarantinedRow.objects.get().rule == "return_without_sale"


_LINES = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "4", "C5", "C6", "C7"]),
        st.sampled_from(["A", "A ", "a", "b", "B", "POST", "D", "M", "gift_0001_10", "ADJUST2"]),
        st.sampled_from(["Mug", " Mug  big", ""]),
        st.integers(-4, 6),
        st.integers(0, 60),
        st.sampled_from(["2.55", "2.5", "0", "0.0001", "-7.5", "1.2345"]),
        st.sampled_from(["17850.0", "12346.0", ""]),
    ),
    min_size=1,
    max_size=25,
)


@pytest.mark.django_db
@given(lines=_LINES)
@hypothesis_settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_books_are_counted_by_the_rules(tmp_path: Path, lines: list[tuple[Any, ...]]) -> None:
    """Each example takes the place of the one before, so that what is deleted must leave nothing behind either."""
    path = tmp_path / "any.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow("Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country".split(","))
        for invoice, code, name, quantity, days, price, customer in lines:
            moment = datetime(2010, 12, 1, 8, 26) + timedelta(days=days)
            writer.writerow([invoice, code, name, quantity, moment, price, customer, "X"])
    _import(path)
    _assert_agree(retail.read(path))
    assert sync(full=True).changed == 0


@pytest.mark.slow
@pytest.mark.django_db
def test_the_whole_file_is_counted_to_the_cent(real_data: Path) -> None:
    path = real_data / "online_retail_ii.csv.gz"
    if not path.exists():
        pytest.skip(f"no {path.name}")
    _import(path)
    assert OrderLine.objects.count() == 1_044_847
    _assert_agree(retail.read(path))
    assert [sync(full=full).changed for full in (False, True)] == [0, 0]
