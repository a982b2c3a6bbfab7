from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from insights.exceptions import RunError
from insights.features import Snapshot, open_snapshot, snapshot, snapshots
from insights.features.engine import connect, to_arrays
from insights.features.known import valid_orders
from insights.features.moments import Moment
from insights.models import Customer, Order, Product, Rating

from .shop import START, build_shop, cancel, make_order, on, refund

pytestmark = pytest.mark.django_db

Take = Callable[[datetime], Snapshot]


def test_snapshot__holds_every_known_row(take: Take) -> None:
    shop = build_shop(n_customers=20)
    taken = take(shop.end)
    assert taken.rows["orders"] == Order.objects.filter(placed_at__lt=shop.end).count()
    assert taken.rows["ratings"] == Rating.objects.filter(occurred_at__lt=shop.end).count()
    assert taken.rows["customers"] == 20
    assert not list(taken.folder.glob("*.csv"))
    assert not list(taken.folder.glob("*.part"))


def test_snapshot__is_taken_once(tmp_path: Path) -> None:
    build_shop(n_customers=3)
    first = snapshot(START + timedelta(days=100, microseconds=5), tmp_path)
    Order.objects.all().delete()
    again = snapshot(START + timedelta(days=100), tmp_path)
    assert again == first
    assert open_snapshot(tmp_path) == first
    assert snapshot(START + timedelta(days=101), tmp_path).rows["orders"] == 0


def test_open_snapshot__is_none_without_one(tmp_path: Path) -> None:
    assert open_snapshot(tmp_path / "nowhere") is None


def test_snapshot__sees_each_order_as_it_was_known(take: Take) -> None:
    """The snapshot and ``Order.objects.valid`` answer alike for every day, whenever the snapshot was taken."""
    shop = build_shop(n_customers=8, n_days=120)
    for number, order in enumerate(Order.objects.order_by("pk")):
        if number % 3 == 0:
            cancel(order, order.placed_at + timedelta(days=20))
    taken = take(shop.end)
    with connect(taken.folder) as connection:
        for day in range(0, 121, 10):
            as_of = START + timedelta(days=day)
            rows = to_arrays(valid_orders(taken.tables(connection), Moment.of(as_of)).select("order").sort("order"))
            expected = Order.objects.valid(as_of).order_by("pk").values_list("pk", flat=True)
            assert rows["order"].tolist() == list(expected)


def test_snapshot__hides_what_came_later(take: Take) -> None:
    customer = Customer.objects.create(external_id="1")
    product = Product.objects.create(external_id="1")
    order = make_order(customer, on("2023-03-01"), [(product, 1, "10")])
    cancel(order, on("2023-03-20"))
    refund(order, "4", on("2023-03-10"))
    before, after = take(on("2023-03-05")), take(on("2023-03-25"))
    assert (before.rows["orders"], before.rows["refunds"]) == (1, 0)
    for taken, known_until in ((before, 2**62), (after, int(on("2023-03-20").timestamp()))):
        with connect(taken.folder) as connection:
            assert to_arrays(taken.tables(connection)["orders"])["valid_until"].tolist() == [known_until]


def test_snapshot__leaves_out_people_who_must_not_be_known(take: Take) -> None:
    Customer.objects.create(external_id="staff", is_real=False)
    Customer.objects.create(external_id="objects", objects_to_profiling=True)
    kept = Customer.objects.create(external_id="kept")
    Customer.objects.create(external_id="merged", merged_into=kept)
    other = Customer.objects.create(external_id="objects by another name")
    Customer.objects.create(external_id="merged too", merged_into=other, objects_to_profiling=True)
    assert take(START).rows["customers"] == 1


def test_snapshot__names_a_table_that_keeps_changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_shop(n_customers=3)
    write = snapshots._write

    def cut(table: Any, as_of: datetime, path: Path) -> int:
        written = write(table, as_of, path)
        if table.name == "orders":
            path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
        return written

    monkeypatch.setattr(snapshots, "_write", cut)
    with pytest.raises(RunError, match="orders"):
        snapshot(START + timedelta(days=400), tmp_path)
    assert open_snapshot(tmp_path) is None
