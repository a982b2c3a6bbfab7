from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.exceptions import ImportFileError, RunError, UnknownKeyError
from insights.models import Customer, Order, OrderLine, Product, QuarantinedRow, Rating, Run, RunState
from insights.sources import KINDS, cursors
from insights.sources.files import ImportReport, import_file
from insights.sources.files_columns import match_columns, plain
from insights.sources.files_read import Torn, delimiter_of, encoding_of, format_of, open_sheet
from tests.conftest import examples
from tests.insights.sources.shop import everything

PRODUCTS = "sku,name,price\nmug,Mug,4.50\npot,Teapot,19.90\n"


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(content: str | bytes, name: str = "file.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def rows_of(path: Path, file_format: str = "csv") -> list[Any]:
    return list(open_sheet(path, file_format).rows)


def take(kind: str, path: Path, **options: Any) -> ImportReport:
    return import_file(kind, path, **options)


# Reading


@pytest.mark.parametrize(
    ("encoding", "text", "found"),
    [
        ("utf-8", "id,name\n1,Café 茶\n", "utf-8"),
        ("utf-8-sig", "id,name\n1,Café\n", "utf-8-sig"),
        ("utf-16", "id,name\n1,Café\n", "utf-16"),
        ("latin-1", "id,name\n1,Crème brûlée à l’orange\n".replace("’", "'"), "cp1252"),
        ("cp1252", "id,name\n1,“Größe” 5 €\n", "cp1252"),
        ("gb18030", "id,name\n1,茉莉花茶，买一送一\n", "gb18030"),
        ("ascii", "id,name\n1,Tea\n", "utf-8"),
    ],
)
def test_csv__encodings(write: Any, encoding: str, text: str, found: str) -> None:
    path = write(text, encoding=encoding)
    assert encoding_of(path) == found
    sheet = open_sheet(path, "csv")
    assert list(sheet.header) == ["id", "name"]
    assert [list(row) for row in sheet.rows] == [text.splitlines()[1].split(",")]


def test_encoding_of__looks_at_the_whole_file(write: Any) -> None:
    path = write(b"id,name\n" + b"1,plain\n" * 200_000 + b"2,caf\xe9\n")
    assert encoding_of(path) == "cp1252"
    assert list(rows_of(path)[-1]) == ["2", "café"]


def test_encoding_of__bytes_that_windows_does_not_know(write: Any) -> None:
    assert encoding_of(write(b"id\n\x81 \x8d\xff\n")) == "latin-1"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_csv__delimiters(write: Any, mark: str) -> None:
    path = write(f'id{mark}name{mark}price\n1{mark}"a, b; c"{mark}"1,50"\n2{mark}x{mark}3\n')
    assert [list(row) for row in rows_of(path)] == [["1", "a, b; c", "1,50"], ["2", "x", "3"]]


def test_csv__excel_may_announce_its_delimiter(write: Any) -> None:
    assert [list(row) for row in rows_of(write("sep=;\r\nid;a,b\r\n1;2,3\r\n"))] == [["1", "2,3"]]


def test_delimiter_of__one_column_has_none() -> None:
    assert delimiter_of("id\n1\n2\n") == ","


def test_csv__rows_of_another_width(write: Any) -> None:
    found = rows_of(write("id,name\n1\n\n2,b,\n3,c,extra\n , \n"))
    assert [list(row) for row in found[:2]] == [["1", ""], ["2", "b"]]
    assert isinstance(found[2], Torn)
    assert "3 cells, the header 2" in found[2].reason


def test_csv__lines_within_quotes(write: Any) -> None:
    assert [list(row) for row in rows_of(write('id,text\r\n1,"one\r\ntwo"\r\n'))] == [["1", "one\r\ntwo"]]


def test_csv__an_open_quotation_mark_is_said(write: Any) -> None:
    path = write('id,text\n1,"open\n' + "x" * 200_000 + "\n")
    with pytest.raises(ImportFileError, match="quotation mark"):
        rows_of(path)


def test_gz__whatever_the_name_says(write: Any) -> None:
    packed = gzip.compress(PRODUCTS.encode())
    for name in ("file.csv.gz", "file.csv"):
        assert len(rows_of(write(packed, name))) == 2
    with pytest.raises(ImportFileError, match="damaged or cut off"):
        rows_of(write(gzip.compress(PRODUCTS.encode() * 50)[:-30], "cut.csv.gz"))


@pytest.mark.parametrize(
    ("name", "file_format"),
    [
        ("a.csv", "csv"),
        ("a.CSV.gz", "csv"),
        ("a.tsv", "csv"),
        ("orders.2026.jsonl", "jsonl"),
        ("a.ndjson.gz", "jsonl"),
        ("a.xlsx", "xlsx"),
        ("a.parquet", "parquet"),
    ],
)
def test_format_of(name: str, file_format: str) -> None:
    assert format_of(Path(name)) == file_format


@pytest.mark.parametrize("name", ["orders", "orders.dat", "orders.gz"])
def test_format_of__unknown(name: str) -> None:
    with pytest.raises(ImportFileError, match="--format: csv, jsonl, xlsx, parquet"):
        format_of(Path(name))


def test_open_sheet__a_file_that_is_not_there_or_empty(write: Any, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="cannot be read"):
        open_sheet(tmp_path / "none.csv", "csv")
    with pytest.raises(ImportFileError, match="is empty"):
        open_sheet(write(""), "csv")
    with pytest.raises(ImportFileError, match="has no rows"):
        open_sheet(write("\n\n"), "csv")


def test_jsonl__objects_with_what_they_have(write: Any) -> None:
    path = write('{"id": 1, "name": "茶"}\n\n{"id": 2, "tags": {"a": 1}}\n[1]\nnot json\n', "file.jsonl")
    sheet = open_sheet(path, "jsonl")
    assert list(sheet.header) == ["id", "name", "tags"]
    first, second, *torn = sheet.rows
    assert (first, second) == ([1, "茶", None], [2, None, {"a": 1}])
    assert [row.reason for row in torn if isinstance(row, Torn)] == [
        "The line is no JSON object.",
        "The line is no JSON.",
    ]


def test_jsonl__an_array_is_no_lines(write: Any) -> None:
    with pytest.raises(ImportFileError, match="one object a line"):
        open_sheet(write('[{"id": 1}]', "file.json"), "jsonl")


def parquet(path: Path, **columns: str) -> Path:
    import duckdb

    with duckdb.connect() as connection:
        said = ", ".join(f"{value} AS {name}" for name, value in columns.items())
        connection.sql(f"SELECT {said}").write_parquet(str(path))
    return path


def test_parquet__types_are_kept(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "p.parquet",
        id="7",
        price="1.25::DECIMAL(8,2)",
        made="TIMESTAMPTZ '2026-01-01 10:00:00+02'",
        local="TIMESTAMP '2026-01-01 10:00:00'",
        name="'茶'",
    )
    sheet = open_sheet(path, "parquet")
    assert list(sheet.header) == ["id", "price", "made", "local", "name"]
    ((number, price, made, local, name),) = sheet.rows
    assert (number, price, name) == (7, Decimal("1.25"), "茶")
    assert datetime.fromisoformat(made) == datetime(2026, 1, 1, 8, tzinfo=UTC)
    assert local == datetime(2026, 1, 1, 10)


def test_parquet__what_is_none_is_said(write: Any) -> None:
    with pytest.raises(ImportFileError, match="cannot be read as Parquet"):
        open_sheet(write("id\n1\n", "p.parquet"), "parquet")
    with pytest.raises(ImportFileError, match="Unpack it first"):
        open_sheet(write(gzip.compress(b"x"), "p.parquet.gz"), "parquet")


def xlsx(path: Path, *sheets: list[list[Any]]) -> Path:
    """A workbook as small as Excel reads it."""
    import zipfile
    from xml.sax.saxutils import escape

    def cell(value: Any) -> str:
        if isinstance(value, (int, float)):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{links}"><sheets>'
        + "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{links}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        + "</Relationships>",
    }
    for number, rows in zip(numbers, sheets, strict=True):
        body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{number}.xml"] = f"<worksheet {main}><sheetData>{body}</sheetData></worksheet>"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def test_xlsx__sheets_of_one_header_are_one_table(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    header = ["Invoice", "Name"]
    path = xlsx(
        tmp_path / "f.xlsx", [header, [536365, "茶"], ["", ""], ["C5", "x"]], [["Notes", ""]], [header, [7, "y"]]
    )
    sheet = open_sheet(path, "xlsx")
    assert list(sheet.header) == header
    assert [list(row) for row in sheet.rows if not isinstance(row, Torn)] == [[536365, "茶"], ["C5", "x"], [7, "y"]]


def test_xlsx__without_its_package_it_says_what_to_install(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(ImportFileError, match=r"django-shop-insights\[excel\]"):
        open_sheet(write("PK", "f.xlsx"), "xlsx")


def test_xlsx__what_is_none_is_said(write: Any) -> None:
    pytest.importorskip("python_calamine")
    with pytest.raises(ImportFileError, match="cannot be read as an Excel file"):
        open_sheet(write("id\n1\n", "f.xlsx"), "xlsx")


def test_csv__memory_stays_small(write: Any) -> None:
    path = write("id,name\n" + "".join(f"{number},{'x' * 40}\n" for number in range(100_000)))
    tracemalloc.start()
    rows = sum(1 for _ in open_sheet(path, "csv").rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 100_000
    assert peak < path.stat().st_size


# Columns


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("InvoiceNo", "invoice_no"),
        ("Invoice No.", "invoice_no"),
        (" invoice-no ", "invoice_no"),
        ("Customer ID", "customer_id"),
        ("SKU", "sku"),
        ("ＳＫＵ", "sku"),
        ("单价", "单价"),
    ],
)
def test_plain(name: str, said: str) -> None:
    assert plain(name) == said


def test_match_columns__own_names_before_others() -> None:
    header = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "Customer ID"]
    assert match_columns(KINDS["order_lines"], header, {}) == {
        "order": 0,
        "product": 1,
        "product_name": 2,
        "quantity": 3,
        "unit_price": 5,
    }
    assert match_columns(KINDS["orders"], header, {}) == {"id": 0, "placed_at": 4, "customer": 6}
    assert match_columns(KINDS["products"], ["title", "name", "id"], {}) == {"id": 2, "name": 1}


def test_match_columns__the_users_word_counts_most() -> None:
    header = ["id", "name", "Bezeichnung", "price"]
    found = match_columns(KINDS["products"], header, {"name": "bezeichnung", "price": ""})
    assert found == {"id": 0, "name": 2}


@pytest.mark.parametrize(
    ("kind", "header", "chosen", "said"),
    [
        ("orders", ["id", "when"], {}, "“placed_at” (when it was placed)"),
        ("orders", ["id", "placed"], {}, "Is it “placed”? Say so by --map placed_at='placed'"),
        ("orders", ["id", ""], {}, "The file has: id, (no name)."),
        ("order_lines", ["order", "quantity"], {}, "“unit_price” or for “amount”"),
        ("products", ["id"], {"name": "titel"}, "no column “titel”"),
        ("products", ["id", "title_en"], {"name": "titleen"}, "Did you mean “title_en”?"),
        ("customers", ["id"], {"emial": "x"}, "Did you mean “email”?"),
    ],
)
def test_match_columns__what_is_missing_is_said_with_what_is_there(
    kind: str, header: list[str], chosen: dict[str, str], said: str
) -> None:
    with pytest.raises((ImportFileError, UnknownKeyError)) as caught:
        match_columns(KINDS[kind], header, chosen)
    assert said in str(caught.value)


# Importing

pytest_db = pytest.mark.django_db


@pytest_db
def test_import__takes_over_and_a_second_time_changes_nothing(write: Any) -> None:
    path = write("SKU;Title;Price;Colour\nmug;Mug;4,50;red\n pot ;Teapot;19,90;blue\n")
    report = take("products", path)
    assert report.columns == {"id": "SKU", "name": "Title", "price": "Price"}
    assert report.unused == ["Colour"]
    assert (report.rows.read, report.rows.created) == (2, 2)
    mug = Product.objects.get(external_id="mug")
    assert (mug.channel, mug.name, mug.price, mug.currency) == ("files", "Mug", Decimal("4.5"), "GBP")
    before = everything()
    again = take("products", path)
    assert (again.rows.created, again.rows.updated, again.rows.unchanged) == (0, 0, 2)
    assert everything() == before


@pytest_db
def test_import__a_changed_row_is_updated(write: Any) -> None:
    take("products", write(PRODUCTS))
    report = take("products", write(PRODUCTS.replace("4.50", "5")))
    assert (report.rows.updated, report.rows.unchanged) == (1, 1)
    assert Product.objects.get(external_id="mug").price == 5


@pytest_db
def test_import__bad_rows_are_kept_aside_and_the_rest_goes_on(write: Any) -> None:
    path = write("order,placed_at,total\nA,2026-01-02,5\nB,soon,5\nC,2026-01-03,5,,x\n,2026-01-03,5\nD,2026-01-04,x\n")
    report = take("orders", path)
    assert (report.rows.read, report.rows.created, report.rows.quarantined) == (5, 1, 4)
    assert dict(QuarantinedRow.objects.values_list("rule", "reason")).keys() == {
        "unreadable_date",
        "unreadable_number",
        "unreadable_row",
        "missing_id",
    }
    assert QuarantinedRow.objects.get(rule="unreadable_row").row["row"].startswith("C | 2026")
    again = take("orders", path)
    assert (again.rows.created, again.rows.quarantined) == (0, 0)
    assert QuarantinedRow.objects.filter(resolved_at=None).count() == 4
    take("orders", write("order,placed_at,total\nB,2026-01-02,5\n"))
    assert QuarantinedRow.objects.filter(resolved_at=None).count() == 3


LINES = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,mug,Mug,2,2026-01-02 10:00,5,7,France
1,mug,Mug,2,2026-01-02 10:00,5,7,France
1,pot,Pot,1,2026-01-02 10:00,20,7,France
2,mug,Mug,1,2026-01-05 10:00,5,,France
C3,mug,Mug,-1,2026-01-09 10:00,5,7,France
"""


@pytest_db
def test_import__a_file_of_lines_gives_orders_products_and_lines(write: Any) -> None:
    path = write(LINES)
    take("customers", path, columns={"id": "CustomerID"})
    take("products", path)
    orders = take("orders", path)
    assert orders.rows.counts["repeated_key"] == 2
    lines = take("order_lines", path)
    assert lines.rows.created == 5
    assert set(OrderLine.objects.exclude(kind="return").values_list("external_id", flat=True)) == {
        "1:mug:1",
        "1:mug:2",
        "1:pot:1",
        "2:mug:1",
    }
    assert "empty" not in lines.cleaning
    first = Order.objects.get(external_id="1")
    assert (first.total, first.counts, first.customer.external_id) == (40, True, "7")
    assert lines.others["refunds"].created == 1
    before = everything()
    for kind in ("products", "orders", "order_lines"):
        again = take(kind, path)
        assert (again.rows.created, again.rows.updated, again.rows.deleted, again.rows.quarantined) == (0, 0, 0, 0)
    assert everything() == before


@pytest_db
def test_import__a_line_put_right_stays_one_line(write: Any) -> None:
    take("orders", write(LINES))
    take("order_lines", write(LINES))
    report = take("order_lines", write(LINES.replace("1,pot,Pot,1,", "1,pot,Pot,3,")))
    assert (report.rows.created, report.rows.updated) == (0, 1)
    assert Order.objects.get(external_id="1").total == 80


@pytest_db
def test_import__an_orphan_comes_in_when_its_parent_is_there(write: Any) -> None:
    report = take("order_lines", write(LINES))
    assert (report.rows.created, report.rows.quarantined) == (0, 5)
    take("orders", write(LINES))
    assert take("order_lines", write(LINES)).rows.created == 5
    assert not QuarantinedRow.objects.filter(rule="orphan", resolved_at=None).exists()


@pytest_db
def test_import__our_own_words_stand_for_themselves(write: Any) -> None:
    take("orders", write("id,placed_at,total,status\n1,2026-01-02,5,Cancelled\n2,2026-01-02,5,paid\n"))
    assert Order.objects.get(external_id="1").excluded == "cancelled"
    assert Order.objects.get(external_id="2").counts
    take("order_lines", write("order,sku,quantity,price,kind\n2,mug,1,5,product\n2,post,1,3,Shipping\n"))
    assert OrderLine.objects.get(external_id="2:post:1").kind == "shipping"


@pytest_db
def test_import__ratings_without_keys_of_their_own(write: Any) -> None:
    take("products", write(PRODUCTS))
    path = write("user_id,product_id,rating,timestamp\n1,mug,5,1700000000\n2,mug,3,1700000001\n1,none,3,1700000001\n")
    report = take("ratings", path)
    assert (report.rows.created, report.rows.quarantined) == (2, 1)
    assert take("ratings", path).rows.created == 0
    assert Rating.objects.count() == 2


@pytest_db
@pytest.mark.parametrize("ending", ["jsonl", "parquet", "csv.gz"])
def test_import__all_formats_say_the_same(write: Any, tmp_path: Path, ending: str) -> None:
    take("products", write("sku,name,price,active\nmug,Mug,4.5,true\n"))
    before = everything()
    Product.objects.all().delete()
    if ending == "jsonl":
        path = write(json.dumps({"sku": "mug", "name": "Mug", "price": 4.5, "active": True}), "f.jsonl")
    elif ending == "parquet":
        path = parquet(tmp_path / "f.parquet", sku="'mug'", name="'Mug'", price="4.5::DECIMAL(6,2)", active="true")
    else:
        path = write(gzip.compress(b"sku,name,price,active\nmug,Mug,4.5,true\n"), "f.csv.gz")
    take("products", path)
    assert everything() == before


@pytest_db
def test_import__a_way_of_writing_dates(write: Any) -> None:
    path = write("order,date,total\n1,01/12/2025 07:45,5\n")
    assert take("orders", path).rows.counts == {"unreadable_date": 1}
    assert take("orders", path, date_format="%d/%m/%Y %H:%M").rows.created == 1
    assert Order.objects.get().placed_at == datetime(2025, 12, 1, 7, 45, tzinfo=UTC)


@pytest_db
def test_import__an_adapters_own_rows_are_not_mixed_with_a_files(write: Any) -> None:
    with pytest.raises(ImportFileError, match="maps products itself"):
        take("products", write(PRODUCTS), channel="shop")
    with pytest.raises(ImportFileError, match="cannot be a channel"):
        take("products", write(PRODUCTS), channel="two words")
    take("products", write(PRODUCTS), channel="market")
    assert set(Product.objects.values_list("channel", flat=True)) == {"market"}


@pytest_db
def test_import__unknown_words_are_named_with_the_nearest(write: Any) -> None:
    with pytest.raises(UnknownKeyError, match="Did you mean “products”"):
        take("product", write(PRODUCTS))
    with pytest.raises(UnknownKeyError, match="Did you mean “jsonl”"):
        take("products", write(PRODUCTS), file_format="json")


@pytest_db
def test_import__is_a_run_that_shows_how_it_ended(write: Any) -> None:
    take("products", write(PRODUCTS))
    run = Run.objects.get()
    assert (run.kind, run.state, run.report["created"]) == ("import", RunState.DONE, 2)
    with pytest.raises(ImportFileError):
        take("products", write(PRODUCTS + '3,"open' + "x" * 200_000))
    assert Run.objects.latest("pk").state == RunState.FAILED
    assert "quotation mark" in Run.objects.latest("pk").error


@pytest_db
def test_import__two_of_a_channel_exclude_each_other(write: Any) -> None:
    with cursors.lease("files", "import"), pytest.raises(RunError, match="An import into “files” is running"):
        take("products", write(PRODUCTS))


@pytest_db
def test_import__one_that_was_cut_off_is_compared_by_the_next(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("customers", "products", "orders"):
        take(kind, write(LINES), columns={"id": "CustomerID"} if kind == "customers" else None)

    def fail(*args: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("insights.sources.files.settle_together", fail)
        with pytest.raises(KeyboardInterrupt):
            take("order_lines", write(LINES))
    assert cursors.is_pending("files")
    report = take("order_lines", write(LINES))
    assert (report.rows.created, report.others["refunds"].created) == (0, 1)
    assert not cursors.is_pending("files")


@pytest_db
def test_import__more_orders_than_are_remembered(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insights.sources.files._MOST_TOUCHED", 1)
    monkeypatch.setattr("insights.sources.files._CHUNK", 2)
    take("customers", write("id,email\n7,a@example.com\n"))
    take("orders", write(LINES))
    take("products", write(LINES))
    take("order_lines", write(LINES))
    assert Customer.objects.get(external_id="7").first_order_date is not None
    assert Order.objects.get(external_id="1").total == 40


cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
prices = st.none() | st.decimals(min_value=0, max_value=10**9, places=4)
tables = st.dictionaries(
    st.text("abcXYZ0189-_.茶é", min_size=1, max_size=10), st.tuples(cells, prices, st.booleans()), max_size=8
)


@pytest_db
@hypothesis_settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=tables, mark=st.sampled_from(",;\t|"), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_import__round_trip(write: Any, table: dict[str, Any], mark: str, encoding: str) -> None:
    Product.objects.all().delete()
    QuarantinedRow.objects.all().delete()
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark)
    writer.writerow(["id", "name", "price", "is_active"])
    writer.writerows(
        [key, name, "" if price is None else price, active] for key, (name, price, active) in table.items()
    )
    path = write(text.getvalue(), encoding=encoding)
    report = take("products", path)
    found = {row.external_id: (row.name, row.price, row.is_active) for row in Product.objects.all()}
    expected = {key: (" ".join(name.split()), price, active) for key, (name, price, active) in table.items()}
    clean = {key: value for key, value in expected.items() if value[0].isprintable()}
    assert {key: found[key] for key in clean} == clean
    assert found.keys() == table.keys()
    assert report.rows.created == len(table)
    again = take("products", path)
    assert (again.rows.created, again.rows.updated, again.rows.quarantined) == (0, 0, 0)
