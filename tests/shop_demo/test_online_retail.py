from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from shop_demo.models import Order, OrderLine, Product, Profile, Status
from shop_demo.online_retail import BooksError, Report, import_books

pytestmark = pytest.mark.django_db

NEW = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
OLD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of books and gives its path."""

    def to_file(*lines: str, header: str = NEW, name: str = "books.csv") -> Path:
        text = "\n".join([header, *lines, ""])
        path = tmp_path / name
        if path.suffix == ".gz":
            path.write_bytes(gzip.compress(text.encode()))
        else:
            path.write_text(text)
        return path

    return to_file


def test_import_books__takes_orders_people_and_goods(write: Write) -> None:
    path = write(
        '1,85123A,"HOLDER,  WHITE ",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom',
        "1,71053,LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom",
        "C2,85123A,HOLDER,-1,2010-12-03 09:00:00,2.55,17850.0,United Kingdom",
        "3,85123a,lower case,2,2010-06-05 10:00:00,1.5,,EIRE",
    )

    report = import_books(path)

    assert (report.lines, report.orders, report.customers, report.products, report.skipped) == (4, 3, 1, 3, {})
    first = Order.objects.get(number="1")
    assert (first.number, first.user_id, first.total, first.channel) == ("1", 17850, Decimal("35.64"), "online_retail")
    assert first.placed_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert Order.objects.get(number="C2").status == Status.CREDIT_NOTE
    assert Order.objects.get(number="C2").total == Decimal("-2.55")
    nobody = Order.objects.get(number="3")
    assert (nobody.user, nobody.country) == (None, "EIRE")
    assert nobody.placed_at == datetime(2010, 6, 5, 9, tzinfo=UTC), "the books go by the clock of London"
    assert Profile.objects.get(user=17850).country == "United Kingdom"
    assert Product.objects.get(sku="85123A").name == "HOLDER", "the last name is that of today"
    assert list(OrderLine.objects.order_by("pk").values_list("sku", "name", "quantity", "unit_price")) == [
        ("85123A", "HOLDER, WHITE", 6, Decimal("2.55")),
        ("71053", "LANTERN", 6, Decimal("3.39")),
        ("85123A", "HOLDER", -1, Decimal("2.55")),
        ("85123a", "lower case", 2, Decimal("1.5")),
    ]
    assert User.objects.create(username="new").pk > 17850, "new accounts come after those with a key of the books"


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (["1,A,Mug,1,12/1/2010 8:26,2,,X", "2,A,Mug,1,12/13/2010 8:26,2,,X"], datetime(2010, 12, 1, 8, 26, tzinfo=UTC)),
        (["1,A,Mug,1,12/1/2010 8:26,2,,X", "2,A,Mug,1,13/1/2010 8:26,2,,X"], datetime(2010, 1, 12, 8, 26, tzinfo=UTC)),
    ],
)
def test_import_books__reads_all_dates_of_the_older_file_in_one_way(
    write: Write, lines: list[str], first: datetime
) -> None:
    import_books(write(*lines, header=OLD))
    assert Order.objects.get(number="1").placed_at == first


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",A,Mug,1,2010-12-01 08:26:00,2,,X", "no invoice"),
        (f"{'9' * 33},A,Mug,1,2010-12-01 08:26:00,2,,X", "no invoice"),
        ("9,,Mug,1,2010-12-01 08:26:00,2,,X", "no stock code"),
        ("9,A,Mug,1.5,2010-12-01 08:26:00,2,,X", "quantity is no whole number"),
        ("9,A,Mug,,2010-12-01 08:26:00,2,,X", "quantity is no whole number"),
        ("9,A,Mug,1e99,2010-12-01 08:26:00,2,,X", "quantity is no whole number"),
        ("9,A,Mug,1,2010-12-01 08:26:00,free,,X", "price is no number"),
        ("9,A,Mug,1,2010-12-01 08:26:00,NaN,,X", "price is no number"),
        ("9,A,Mug,1,2010-02-30 08:26:00,2,,X", "no date"),
        ("9,A,Mug,1,,2,,X", "no date"),
        ("9,A", "quantity is no whole number"),
    ],
)
def test_import_books__counts_what_the_shop_cannot_hold(write: Write, line: str, reason: str) -> None:
    report = import_books(write("1,A,Mug,1,2010-12-01 08:26:00,2,,X", line, ""))
    assert (report.lines, report.orders, report.skipped) == (1, 1, {reason: 1})
    assert not Order.objects.exclude(number="1").exists()


@pytest.mark.parametrize("person", ["", "nobody", "inf", "-3", "1e300"])
def test_import_books__takes_an_unreadable_customer_for_nobody(write: Write, person: str) -> None:
    assert import_books(write(f"1,A,Mug,1,2010-12-01 08:26:00,2,{person},X")).customers == 0


def test_import_books__reads_gzip_and_the_older_names_alike(write: Write) -> None:
    line = "1,A,Mug,1,2010-12-01 08:26:00,2,17850,X"
    plain = _without_time(import_books(write(line)))
    assert _without_time(import_books(write(line, header=OLD, name="books.csv.gz"), replace=True)) == plain


def test_import_books__reads_both_sheets_of_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "books.xlsx"
    _spreadsheet(
        path,
        [NEW.split(","), ["1", "85123", "HOLDER", 6, 40513.3513888, 2.55, 17850, "United Kingdom"]],
        [NEW.split(","), [536366, 22633.0, "WARMER", -1, "2011-12-01 08:26:00", 1.85, "", "France"]],
    )
    report = import_books(path)
    assert (report.lines, report.orders, report.customers, report.skipped) == (2, 2, 1, {})
    assert Order.objects.get(number="1").placed_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert OrderLine.objects.get(order__number="536366").sku == "22633", "a spreadsheet gives whole numbers as floats"


def test_import_books__leaves_a_full_shop_alone(write: Write) -> None:
    line = "1,A,Mug,1,2010-12-01 08:26:00,2,17850,X"
    path = write(line)
    import_books(path)
    with pytest.raises(BooksError, match="--replace"):
        import_books(path)
    import_books(path, replace=True)
    assert OrderLine.objects.count() == 1


def test_import_books__writes_nothing_of_a_file_that_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "books.csv.gz"
    whole = gzip.compress("\n".join([NEW, *["1,A,Mug,1,2010-12-01 08:26:00,2,17850,X"] * 5000]).encode())
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BooksError, match="cannot be read"):
        import_books(path)
    assert not Order.objects.exists()
    assert not User.objects.exists()


def test_the_command_says_what_is_wrong(write: Write, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        call_command("shop_import_online_retail", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match=r"no column Price\. It has: Invoice"):
        call_command("shop_import_online_retail", str(write("1", header=NEW.replace(",Price", ",Cost"))))
    with pytest.raises(CommandError, match="holds no lines"):
        call_command("shop_import_online_retail", str(write()))


def _without_time(report: Report) -> dict[str, Any]:
    return report.as_dict() | {"seconds": 0}


def _spreadsheet(path: Path, *sheets: list[list[Any]]) -> None:
    """The least that is an XLSX file."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    numbers = range(1, len(sheets) + 1)
    with ZipFile(path, "w") as file:
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        listed = "".join(f'<sheet name="Year {n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
        file.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
        )
        targets = "".join(
            f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{targets}</Relationships>'
        )
        for number, rows in enumerate(sheets, 1):
            cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
            file.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
            )


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"
