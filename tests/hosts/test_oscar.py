"""A real site of django-oscar, with a forked app: from installing to taking out again."""

from __future__ import annotations

import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.hosts.site import Site, cents

pytestmark = pytest.mark.hosts


def host_books(site: Site) -> dict[str, Decimal]:
    """Net revenue by currency by Oscar's own tables: cancelled, refunded and staff's orders left out."""
    books: defaultdict[str, Decimal] = defaultdict(Decimal)
    orders = """
        SELECT o.id, o.currency, o.total_incl_tax FROM order_order o LEFT JOIN auth_user u ON u.id = o.user_id
        WHERE o.status NOT IN ('Cancelled', 'Refunded') AND coalesce(u.is_staff, 0) = 0
    """
    back: defaultdict[int, Decimal] = defaultdict(Decimal)
    for order, amount in site.rows("SELECT order_id, amount_refunded FROM payment_source"):
        back[order] += cents(amount)
    for order, currency, total in site.rows(orders):
        books[currency] += max(cents(total) - back[order], Decimal(0))
    return {currency: total.quantize(Decimal("0.0001")) for currency, total in books.items()}


def test_oscar__from_installing_to_taking_out(tmp_path: Path) -> None:
    site = Site("oscar", tmp_path, "oscar")
    for command in ("migrate", "fill"):
        site.manage(command, HOST_INSIGHTS="off")
    before, indexes = site.tables(), site.indexes()

    site.manage("migrate")
    assert "no issues" in site.manage("check")
    _syncs_and_agrees(site)
    _says_what_a_fork_lacks(site)
    _trains_and_answers(site)
    _shows_and_listens(Site("oscar", Path(shutil.copytree(tmp_path, tmp_path / "visited")), "oscar"))

    site.manage("migrate", "insights", "zero")
    for command in ("remove_stale_contenttypes", "check"):
        more = ["--include-stale-apps", "--no-input"] if command != "check" else []
        site.manage(command, *more, HOST_INSIGHTS="off")
    assert site.tables() == before
    assert site.indexes() == indexes
    assert not site.rows("SELECT * FROM django_migrations WHERE app LIKE 'insights%'")
    assert not site.rows("SELECT * FROM django_content_type WHERE app_label LIKE 'insights%'")


def _syncs_and_agrees(site: Site) -> None:
    synced = site.told("insights_sync", "--json")["kinds"]
    assert synced["orders"]["created"] == 900
    assert synced["events"]["created"] > 1500
    assert not any(kind["quarantined"] for kind in synced.values()), synced
    for more in ([], ["--full"]):
        again = site.told("insights_sync", "--json", *more)["kinds"]
        assert not any(kind["created"] + kind["updated"] + kind["deleted"] for kind in again.values()), again
    assert site.told("insights_doctor", "--json")["ok"]

    assert site.our_books() == host_books(site)
    assert set(site.our_books()) == {"EUR", "GBP"}
    (refunds,) = site.rows("SELECT count(*) FROM insights_refund WHERE counts")[0]
    assert refunds > 50

    # Guests are people by e-mail; one who wrote an account's address is that account; deleted people are nobody.
    guests = site.rows("SELECT email FROM insights_customer WHERE is_guest AND merged_into_id IS NULL")
    addresses = {email for (email,) in site.rows("SELECT lower(guest_email) FROM order_order WHERE guest_email <> ''")}
    accounts = {email for (email,) in site.rows("SELECT lower(email) FROM auth_user")}
    assert {email for (email,) in guests} == addresses - accounts
    nobody = site.rows("SELECT count(*) FROM insights_order WHERE customer_id IS NULL")
    assert nobody == site.rows("SELECT count(*) FROM order_order WHERE user_id IS NULL AND guest_email = ''")
    assert nobody[0][0] > 0

    # A child has its parent's name and shelf, and its own price and stock.
    children = site.rows("""
        SELECT p.name, m.name, c.path, p.price, p.currency, p.stock, m.price FROM insights_product p
        JOIN insights_product m ON m.id = p.parent_id JOIN insights_category c ON c.id = p.category_id
    """)
    assert len(children) == 20
    assert all(name in (above, "Large") for name, above, *_ in children)
    assert all(" / " in path and price > 0 and stock == 2 * 995_000 for _, _, path, price, _, stock, _ in children)
    assert {(currency, dear) for *_, currency, _, dear in children} == {("GBP", None)}
    assert site.rows("SELECT stock FROM insights_product WHERE name = 'Thing 39'") == [(None,)]

    stars = site.rows("SELECT min(value), max(value), count(*) FROM insights_rating")
    (approved,) = site.rows("SELECT count(*) FROM reviews_productreview WHERE status = 1")[0]
    assert stars == [(1.0, 5.0, approved)]
    named = dict(site.rows("SELECT name, count(*) FROM insights_event GROUP BY name"))
    assert set(named) == {"view_item", "search", "add_to_cart"}
    assert named["add_to_cart"] == site.rows("SELECT count(*) FROM basket_line")[0][0]
    assert not site.rows("SELECT * FROM insights_event WHERE name = 'search' AND query = ''")


def _says_what_a_fork_lacks(site: Site) -> None:
    said = site.manage("check", fails=True, HOST_FORK="slim")
    assert "OscarAdapter.Orders.email = “guest_email”: order.Order has no “guest_email”" in said


def _trains_and_answers(site: Site) -> None:
    trained = site.told("insights_train", "all", "--json")
    assert {"segmentation", "prediction"} <= {run["family"] for run in trained["runs"] if run["published"]}
    answer = site.told("insights_ask", "How many orders in total?", "--json")
    assert answer["rows"][0][-1] == site.rows("SELECT count(*) FROM insights_order WHERE counts")[0][0]


def _shows_and_listens(site: Site) -> None:
    seen = site.told("visit")
    assert seen["lists"] >= 1
    assert seen["child_lists"] >= 1
    assert seen["basket_lists"] == 1
    assert seen["beacon"]
    assert (seen["entry"], seen["entry_once"], seen["panel"]) == (True, 1, 200)
    assert seen["card"]
    assert seen["taxed"] == [seen["stocked"], None, None], "the price of the shop's own strategy"
    # Staff without our permission see Oscar's pages as they were; with it they see the entry.
    assert (seen["clerk"], seen["clerk_page"]) == (200, 200)
    assert (seen["clerk_entry"], seen["clerk_card"], seen["clerk_allowed"]) == (False, False, True)

    assert (seen["live"], seen["live_lines"], seen["live_cancelled"]) == (True, 3, True)
    assert Decimal(seen["live_refund"]) == Decimal("1.50")
    assert seen["shop_goes_on"], "whatever goes wrong with us, the shop sells on"
    assert seen["milliseconds"]["median"] < 2, seen["milliseconds"]
