from __future__ import annotations

import gzip
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from shop_demo.models import Order, OrderLine, Product
from shop_demo.online_retail import BooksError, import_books
from tests.insights.sources.test_files import xlsx

pytestmark = pytest.mark.django_db

HEADER = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
OLD_HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
LINES = (
    "489434,85048,CHRISTMAS  BALL,12,2009-12-01 07:45:00,6.95,13085.0,United Kingdom",
    "489434,85048b,christmas ball,1,2009-12-01 07:45:00,1.95,13085.0,United Kingdom",
    "489435,85048,CHRISTMAS BALL,2,2009-12-02 10:00:00,7.25,,France",
    "C489436,85048,CHRISTMAS BALL,-1,2009-12-03 09:00:00,6.95,13085.0,United Kingdom",
)


def books(path: Path, *lines: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_gzip_and_workbook_say_the_same_as_the_plain_file(tmp_path: Path) -> None:
    plain = import_books(books(tmp_path / "b.csv", *LINES))
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress((tmp_path / "b.csv").read_bytes()))
    columns = HEADER.split(",")
    rows = [line.split(",") for line in LINES]
    cells = [[float(cell) if at in (3, 5) else cell for at, cell in enumerate(row)] for row in rows]
    book = xlsx(tmp_path / "b.xlsx", [columns, *cells[:2]], [columns, *cells[2:]])
    for path in (packed, book):
        report = import_books(path, replace=True)
        assert (report.lines, report.orders, report.products) == (plain.lines, plain.orders, plain.products), path
        assert sum(Order.objects.values_list("total", flat=True)) == Decimal("92.90")


def test_files_that_are_none_say_so_and_leave_the_shop_alone(tmp_path: Path) -> None:
    empty, short, cut, bent, sheet = (tmp_path / name for name in ("e.csv", "s.csv", "c.csv.gz", "b.csv.gz", "x.xlsx"))
    empty.touch()
    books(short)
    whole = gzip.compress((HEADER + "\n" + "\n".join(LINES * 500)).encode())
    cut.write_bytes(whole[: len(whole) // 2])
    bent.write_bytes(whole[:40] + bytes(200) + whole[240:])
    sheet.write_bytes(b"no workbook")
    Product.objects.create(sku="MINE", name="Mine")
    for path, said in (
        (tmp_path / "nowhere.csv", "There is no file"),
        (empty, "It has: none"),
        (short, "holds no lines"),
        (cut, "cannot be read"),
        (bent, "cannot be read"),
        (sheet, "cannot be read as a workbook"),
    ):
        with pytest.raises(BooksError, match=said):
            import_books(path, replace=True)
        assert Product.objects.get().sku == "MINE", path
    assert not Order.objects.exists()


def test_a_second_import_needs_replace_and_staff_stays(tmp_path: Path) -> None:
    path = books(tmp_path / "b.csv", *LINES)
    User.objects.create(username="boss", is_staff=True)
    import_books(path)
    with pytest.raises(BooksError, match="--replace"):
        import_books(path)
    assert import_books(path, replace=True).lines == OrderLine.objects.count() == 4
    assert User.objects.filter(username="boss").exists()
    assert User.objects.create(username="next").pk > 13085, "new accounts come after those of the books"


def test_the_command_prints_one_object_and_mistakes_in_words(tmp_path: Path) -> None:
    out = StringIO()
    call_command("shop_import_online_retail", str(books(tmp_path / "b.csv", *LINES)), "--json", stdout=out)
    assert json.loads(out.getvalue())["lines"] == 4
    with pytest.raises(CommandError, match="--replace"):
        call_command("shop_import_online_retail", str(tmp_path / "b.csv"))
