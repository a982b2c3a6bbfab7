"""A real site of django-salesman, with an order model of its own: from installing to taking out again."""

from __future__ import annotations

import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.hosts.site import Site, cents

pytestmark = pytest.mark.hosts


def host_books(site: Site) -> dict[str, Decimal]:
    """Net revenue by currency by Salesman's own tables, of orders that were paid or will be, without staff's."""
    books: defaultdict[str, Decimal] = defaultdict(Decimal)
    back: defaultdict[int, Decimal] = defaultdict(Decimal)
    for order, amount in site.rows("SELECT order_id, amount FROM salesmanorders_orderpayment WHERE amount < 0"):
        back[order] -= cents(amount)
    orders = """
        SELECT o.id, o.currency, o.total FROM merchant_order o LEFT JOIN auth_user u ON u.id = o.user_id
        WHERE o.status IN ('HOLD', 'PROCESSING', 'SHIPPED', 'COMPLETED') AND coalesce(u.is_staff, 0) = 0
    """
    for order, currency, total in site.rows(orders):
        books[currency] += max(cents(total) - back[order], Decimal(0))
    return {currency: total.quantize(Decimal("0.0001")) for currency, total in books.items()}


def test_salesman__from_installing_to_taking_out(tmp_path: Path) -> None:
    site = Site("salesman", tmp_path, "salesman")
    for command in ("migrate", "fill"):
        site.manage(command, HOST_INSIGHTS="off")
    before, indexes = site.tables(), site.indexes()

    site.manage("migrate")
    assert "no issues" in site.manage("check")
    _syncs_and_agrees(site)
    trained = site.told("insights_train", "all", "--json")
    assert "segmentation" in {run["family"] for run in trained["runs"] if run["published"]}
    answer = site.told("insights_ask", "How many orders in total?", "--json")
    assert answer["rows"][0][-1] == site.rows("SELECT count(*) FROM insights_order WHERE counts")[0][0]
    _shows_and_listens(Site("salesman", Path(shutil.copytree(tmp_path, tmp_path / "visited")), "salesman"))

    site.manage("migrate", "insights", "zero")
    site.manage("remove_stale_contenttypes", "--include-stale-apps", "--no-input", HOST_INSIGHTS="off")
    site.manage("check", HOST_INSIGHTS="off")
    assert site.tables() == before
    assert site.indexes() == indexes
    assert not site.rows("SELECT * FROM django_migrations WHERE app = 'insights'")
    assert not site.rows("SELECT * FROM django_content_type WHERE app_label = 'insights'")


def _syncs_and_agrees(site: Site) -> None:
    synced = site.told("insights_sync", "--json")
    assert not any(kind["quarantined"] for kind in synced["kinds"].values()), synced
    assert "total_mismatch" not in synced["cleaning"]
    for more in ([], ["--full"]):
        again = site.told("insights_sync", "--json", *more)["kinds"]
        assert not any(kind["created"] + kind["updated"] + kind["deleted"] for kind in again.values()), again
    assert site.told("insights_doctor", "--json")["ok"]

    assert site.our_books() == host_books(site)
    assert set(site.our_books()) == {"EUR", "USD"}

    # Orders that were never paid for are none; of the others each is there.
    unfinished = "status IN ('NEW', 'CREATED')"
    (kept,) = site.rows("SELECT count(*) FROM insights_order")[0]
    assert [(kept,)] == site.rows(f"SELECT count(*) FROM merchant_order WHERE NOT {unfinished}")
    assert site.rows(f"SELECT count(*) FROM merchant_order WHERE {unfinished}")[0][0] > 0

    # Two types of products stand side by side; of one that is gone the name remains with its sales.
    products = site.rows("SELECT external_id, brand, price FROM insights_product")
    assert {key.split(":")[0] for key, *_ in products} == {"merchant.book", "merchant.lamp"}
    assert all(brand.startswith("House") is key.startswith("merchant.book:") for key, brand, _ in products)
    lamps = {key: price for key, _, price in products if key.startswith("merchant.lamp:")}
    watts = {
        f"merchant.lamp:{pk}": 10_000 * (watts + 1) for pk, watts in site.rows("SELECT id, watts FROM merchant_lamp")
    }
    assert lamps == watts, "a price that is a method, as a stranger pays it"
    lost = site.rows("SELECT DISTINCT product_name FROM insights_orderline WHERE product_id IS NULL")
    assert lost == [("Book 5",)]
    added = site.rows(
        "SELECT count(*), count(product_id), count(customer_id) FROM insights_event WHERE name = 'add_to_cart'"
    )
    assert added == site.rows("""
        SELECT count(*), count(*), count(b.user_id) FROM salesmanbasket_basketitem i
        JOIN salesmanbasket_basket b ON b.id = i.basket_id
    """)


def _shows_and_listens(site: Site) -> None:
    seen = site.told("visit")
    assert (seen["lists"], seen["beacon"]) == (1, True)
    assert (seen["entry"], seen["panel"]) == (True, 200)
    assert seen["key"][1].startswith("merchant.lamp:")

    assert not seen["live_unpaid"]
    assert (seen["live"], seen["live_lines"], seen["live_cancelled"]) == (True, 3, True)
    assert seen["shop_goes_on"], "whatever goes wrong with us, the shop sells on"
    assert seen["milliseconds"]["median"] < 2, seen["milliseconds"]
