from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.exceptions import ImportFileError, UnknownKeyError
from insights.models import Customer, Order, OrderLine, Product, QuarantinedRow, Refund
from insights.sources import import_export
from insights.sources.exports.mapping import number, when
from insights.sources.exports.shopify import customer_of, order_of, product_of, refund_of
from tests.insights.sources.shop import everything

pytestmark = pytest.mark.django_db

ORDERS = """Name,Email,Financial Status,Paid at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,\
Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Billing Name,\
Billing City,Billing Province,Billing Country,Cancelled at,Refunded Amount,Id,Phone
#1001,Ada@Example.com,paid,2026-03-02 10:00:00 -0500,yes,GBP,25.00,3.00,4.00,27.00,SPRING,1.00,\
2026-03-02 10:00:00 -0500,2,Mug,5.00,mug,1.00,Ada Byron,Paris,,FR,,0.00,501,
#1001,Ada@Example.com,,,,,,,,,,,2026-03-02 10:00:00 -0500,1,Teapot - Blue,15.00,pot-b,0.00,,,,,,,,
#1002,bob@example.com,partially_refunded,2026-03-03 09:00:00 +0100,no,EUR,10.00,0.00,0.00,10.00,,0.00,\
2026-03-03 09:00:00 +0100,2,Mug,5.00,mug,0.00,Bob,Bonn,,DE,,4.00,502,
#1003,bob@example.com,voided,,no,GBP,5.00,0.00,0.00,5.00,,0.00,2026-03-04 09:00:00 +0100,1,Mug,5.00,mug,0.00,Bob,\
Bonn,,DE,2026-03-04 10:00:00 +0100,0.00,503,
#1004,,paid,,no,GBP,5.00,0.00,0.00,5.00,,0.00,yesterday,1,Mug,5.00,mug,0.00,,,,,,0.00,504,
"""
CUSTOMERS = """Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address City,\
Default Address Province Code,Default Address Country Code,Phone,Total Spent,Total Orders
'9001,Ada,Byron,ada@example.com,yes,Paris,,FR,'+33123456,27.00,1
'9002,Bob,,bob@example.com,no,Bonn,,DE,,10.00,2
"""
PRODUCTS = """Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,\
Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Cost per item,Status
mug,Mug,<p>A mug</p>,Potter,Cups,true,Title,Default Title,mug,7,5.00,6.00,https://cdn.example/mug.jpg,2.00,active
teapot,Teapot,<p>A pot</p>,Potter,Pots,true,Colour,Blue,pot-b,3,15.00,,https://cdn.example/pot.jpg,6.00,active
teapot,,,,,,,Red,,2,16.00,,,6.00,
teapot,,,,,,,,,,,,https://cdn.example/pot-2.jpg,,
"""


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str) -> Path:
        path = tmp_path / "export.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_orders__spread_over_rows(write: Any) -> None:
    import_export("shopify-products", write(PRODUCTS))
    import_export("shopify-customers", write(CUSTOMERS))
    report = import_export("shopify-orders", write(ORDERS))
    assert report.read == 5
    assert (report.kinds["orders"].created, report.kinds["orders"].quarantined) == (3, 1)
    assert QuarantinedRow.objects.get(kind="orders").rule == "unreadable_date"
    first = Order.objects.get(external_id="501")
    assert (first.channel, first.placed_at) == ("shopify", datetime(2026, 3, 2, 15, tzinfo=UTC))
    assert (first.total, first.tax, first.shipping, first.discount) == (27, 4, 3, 1)
    assert (first.currency, first.coupon, first.country, first.city) == ("GBP", "SPRING", "FR", "Paris")
    assert first.customer is not None
    assert first.customer.external_id == "9001"
    lines = {line.external_id: line for line in first.lines.all()}
    assert lines.keys() == {"501:1", "501:2"}
    assert (lines["501:1"].product.external_id, lines["501:1"].net_amount) == ("mug", 9)
    assert lines["501:2"].product.parent.external_id == "teapot"


def test_orders__refunds_and_cancellations(write: Any) -> None:
    import_export("shopify-orders", write(ORDERS))
    refund = Refund.objects.get()
    assert (refund.order.external_id, refund.amount, refund.occurred_at.day) == ("502", 4, 3)
    assert Order.objects.get(external_id="502").counts == (Order.objects.get(external_id="502").rate is not None)
    assert Order.objects.get(external_id="503").excluded == "cancelled"
    # Without a file of customers those of the orders are guests, once each.
    assert sorted(Customer.objects.values_list("email", flat=True)) == ["ada@example.com", "bob@example.com"]


def test_all__a_second_time_changes_nothing(write: Any) -> None:
    for name, text in (("products", PRODUCTS), ("customers", CUSTOMERS), ("orders", ORDERS)):
        import_export(f"shopify-{name}", write(text))
    before = everything()
    for name, text in (("products", PRODUCTS), ("customers", CUSTOMERS), ("orders", ORDERS)):
        report = import_export(f"shopify-{name}", write(text))
        changed = {kind: (r.created, r.updated, r.deleted, r.quarantined) for kind, r in report.kinds.items()}
        assert changed == dict.fromkeys(changed, (0, 0, 0, 0))
    assert everything() == before


def test_orders__a_line_that_is_gone_goes(write: Any) -> None:
    import_export("shopify-orders", write(ORDERS))
    rows = ORDERS.splitlines(keepends=True)
    import_export("shopify-orders", write("".join(row for row in rows if "Teapot" not in row)))
    assert set(OrderLine.objects.filter(order__external_id="501").values_list("external_id", flat=True)) == {"501:1"}


def test_products__alone_and_with_variants(write: Any) -> None:
    import_export("shopify-products", write(PRODUCTS), currency="GBP")
    mug = Product.objects.get(external_id="mug")
    assert (mug.price, mug.was_price, mug.unit_cost, mug.stock, mug.brand) == (5, 6, 2, 7, "Potter")
    assert (mug.category.name, mug.url, mug.parent) == ("Cups", "/products/mug", None)
    assert set(Product.objects.values_list("external_id", flat=True)) == {"mug", "teapot", "pot-b", "teapot/Red"}
    red = Product.objects.get(external_id="teapot/Red")
    assert (red.name, red.price, red.parent.external_id) == ("Teapot – Red", 16, "teapot")


def test_customers__and_what_excel_would_spoil(write: Any) -> None:
    import_export("shopify-customers", write(CUSTOMERS))
    ada = Customer.objects.get(external_id="9001")
    assert (ada.name, ada.phone, ada.country, ada.accepts_marketing) == ("Ada Byron", "+33123456", "FR", True)
    assert Customer.objects.get(external_id="9002").accepts_marketing is False


def test_export__dry_and_with_rejects(write: Any, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    report = import_export("shopify-orders", write(ORDERS), dry_run=True, rejects=rejects)
    assert report.preview[0][0] == "orders"
    assert not Order.objects.exists()
    assert not QuarantinedRow.objects.exists()
    said = {row["rejected_by"]: row["id"] for row in csv.DictReader(rejects.read_text().splitlines())}
    assert said == {"unreadable_date": "504", "orphan": "504:1"}


def test_export__what_does_not_fit_is_said(write: Any) -> None:
    with pytest.raises(ImportFileError, match="no file for shopify-orders: it has no column name, financial_status"):
        import_export("shopify-orders", write("id,total\n1,2\n"))
    with pytest.raises(UnknownKeyError, match="Did you mean “shopify-orders”"):
        import_export("shopify-order", write(ORDERS))
    with pytest.raises(ImportFileError, match="channel of an adapter"):
        import_export("shopify-orders", write(ORDERS), channel="shop")


KEYS = (
    "id customer line_items refunds transactions discount_allocations amount kind status email variants handle title "
    "created_at billing_address default_address name total_price_set image src order_id refund_line_items subtotal"
).split()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(body=st.dictionaries(st.sampled_from(KEYS), json_values, max_size=10))
def test_messages__whatever_they_hold_nothing_breaks(body: dict[str, Any]) -> None:
    for split in (order_of, refund_of, customer_of, product_of):
        rows: Iterable[Any] = split(body)
        for _, row in rows:
            assert "id" in row


@given(st.text(max_size=12))
def test_number__reads_or_gives_none(said: str) -> None:
    found = number(said)
    assert found is None or isinstance(found, Decimal)


@pytest.mark.parametrize(
    ("said", "iso"),
    [
        ("2026-03-02 10:00:00 -0500", "2026-03-02T10:00:00-05:00"),
        ("2026-03-02T10:00:00+01:00", "2026-03-02T10:00:00+01:00"),
        ("2026-03-02 10:00:00", "2026-03-02 10:00:00"),
        (None, ""),
    ],
)
def test_when(said: str | None, iso: str) -> None:
    assert when(said) == iso
