from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from insights.exceptions import ImportFileError
from insights.models import Order, Product, QuarantinedRow, Run, SyncCursor
from insights.sources import cursors
from insights.sources.files import import_file

pytestmark = pytest.mark.django_db

ORDERS = "order,placed_at,total,note\nA,2026-01-02,5,x\nB,soon,6,y\nC,2026-01-03,7,z,too,many\n,2026-01-03,8,\n"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    return path


def test_rejects__each_row_with_its_reason(orders: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    report = import_file("orders", orders, rejects=rejects)
    assert (report.rows.created, report.rows.quarantined) == (1, 3)
    rows = {row["rejected_by"]: row for row in csv.DictReader(rejects.read_text().splitlines())}
    assert rows.keys() == {"unreadable_date", "unreadable_row", "missing_id"}
    assert (rows["unreadable_date"]["id"], rows["unreadable_date"]["total"]) == ("B", "6")
    assert rows["unreadable_row"]["rejected_row"] == "C | 2026-01-03 | 7 | z | too | many"
    assert all(row["rejected_because"] for row in rows.values())


def test_rejects__mended_they_are_imported_as_they_are(orders: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    import_file("orders", orders, rejects=rejects)
    mended = tmp_path / "mended.csv"
    mended.write_text(rejects.read_text().replace("soon", "2026-01-05"))
    assert import_file("orders", mended).rows.created == 1
    assert Order.objects.get(external_id="B").total == 6
    assert not QuarantinedRow.objects.filter(external_id="B", resolved_at=None).exists()


def test_rejects__as_json(orders: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.jsonl"
    import_file("orders", orders, rejects=rejects)
    rows = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [row["rejected_by"] for row in rows] == ["unreadable_date", "missing_id", "unreadable_row"]


def test_dry_run__says_all_and_writes_nothing(orders: Path, tmp_path: Path) -> None:
    report = import_file("orders", orders, dry_run=True, rejects=tmp_path / "rejects.csv")
    assert (report.rows.read, report.rows.created, report.rows.quarantined) == (4, 1, 3)
    assert report.preview[0] == {"id": "A", "placed_at": "2026-01-02", "total": "5"}
    assert report.as_dict()["dry_run"] is True
    for model in (Order, QuarantinedRow, Run, SyncCursor):
        assert not model._default_manager.exists(), model
    assert len((tmp_path / "rejects.csv").read_text().splitlines()) == 4


def test_ten_thousand_bad_rows_among_good_ones(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    with path.open("w") as file:
        file.write("id,name,price\n")
        for number in range(10_000):
            file.write(f",no key,{number}\n" if number % 2 else f"{number},a,b,c,d\n")
            if number % 1_000 == 0:
                file.write(f"good{number},Good,1.50\n")
    rejects = tmp_path / "rejects.csv"
    report = import_file("products", path, rejects=rejects)
    assert (report.rows.read, report.rows.created, report.rows.quarantined) == (10_010, 10, 10_000)
    assert QuarantinedRow.objects.exclude(reason="").count() == 10_000
    with rejects.open() as file:
        assert sum(1 for _ in csv.DictReader(file)) == 10_000
    assert Product.objects.count() == 10


def test_a_cut_file__its_whole_rows_are_stored_and_the_cut_is_said(tmp_path: Path) -> None:
    path = tmp_path / "products.csv.gz"
    rows = "".join(f"{number},Product {number * 7919 % 10_007},1.50\n" for number in range(5_000))
    path.write_bytes(gzip.compress(f"id,name,price\n{rows}".encode())[:-4_000])
    with pytest.raises(ImportFileError, match=r"cut off.*rows before were read"):
        import_file("products", path)
    stored = Product.objects.count()
    assert 1_000 < stored < 5_000
    assert QuarantinedRow.objects.get().rule == "unreadable_row"
    assert Run.objects.get().state == "failed"
    assert not cursors.is_pending("files")


def test_a_wrong_delimiter__rows_of_another_are_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_text("order,placed_at,total\nA,2026-01-02,5\nB;2026-01-02;5\n")
    rejects = tmp_path / "r.csv"
    import_file("orders", path, rejects=rejects)
    assert [row["rejected_by"] for row in csv.DictReader(rejects.read_text().splitlines())] == ["missing_value"]
    assert Order.objects.count() == 1
