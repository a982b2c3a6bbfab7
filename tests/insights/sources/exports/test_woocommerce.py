from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.models import Customer, Order, OrderLine, Product, Refund
from insights.sources import import_export
from insights.sources.exports.woocommerce import customer_of, order_of, product_of
from tests.insights.sources.exports.test_shopify import json_values
from tests.insights.sources.shop import everything

pytestmark = pytest.mark.django_db

HEAD = (
    "order_id,order_number,date,status,shipping_total,tax_total,discount_total,order_total,refunded_total,"
    "order_currency,customer_id,billing_first_name,billing_last_name,billing_company,billing_email,billing_phone,"
    "billing_city,billing_state,billing_country,coupon_items,"
)
ADA = "11,11,2026-03-02 10:00:00,completed,3.00,0.00,1.00,27.00,5.00,GBP,7,Ada,Byron,,ada@example.com,,Paris,,FR,code:SPRING|amount:1.00,"
GUEST = "12,12,2026-03-03 10:00:00,cancelled,0,0,0,5.00,0,GBP,0,Bob,,,bob@example.com,,Bonn,,DE,,"
UNPAID = "13,13,2026-03-03 10:00:00,pending,0,0,0,5.00,0,GBP,0,Eve,,,eve@example.com,,Bonn,,DE,,"
BY_ITEM = (
    f"{HEAD}item_id,item_product_id,item_name,item_sku,item_quantity,item_subtotal,item_total\n"
    f"{ADA}91,5,Mug,mug,2,10.00,9.00\n{ADA}92,6,Teapot,pot,1,15.00,15.00\n{GUEST}93,5,Mug,mug,1,5.00,5.00\n"
    f"{UNPAID}94,5,Mug,mug,1,5.00,5.00\n"
)
BY_ORDER = (
    f"{HEAD}line_items\n"
    f"{ADA}id:91|name:Mug|product_id:5|sku:mug|quantity:2|subtotal:10.00|total:9.00;"
    "id:92|name:Teapot|product_id:6|sku:pot|quantity:1|subtotal:15.00|total:15.00\n"
    f"{GUEST}id:93|name:Mug|product_id:5|sku:mug|quantity:1|subtotal:5.00|total:5.00\n"
    f"{UNPAID}id:94|name:Mug|product_id:5|sku:mug|quantity:1|subtotal:5.00|total:5.00\n"
)
CUSTOMERS = "customer_id,first_name,last_name,email,date_registered,billing_city,billing_country\n7,Ada,Byron,ada@example.com,2025-01-01 08:00:00,Paris,FR\n"
PRODUCTS = (
    "ID,Type,SKU,Name,Published,Description,Stock,Regular price,Sale price,Categories,Images,Parent\n"
    '5,simple,mug,Mug,1,A mug,7,6.00,5.00,"Tea > Cups, Gifts",https://x.example/mug.jpg,\n'
    "6,variable,pot,Teapot,1,,,15.00,,Pots,,\n8,variation,pot-r,Teapot red,1,,2,16.00,,,,id:6\n"
)


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str) -> Path:
        path = tmp_path / "export.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("text", [BY_ITEM, BY_ORDER], ids=["one row an item", "one row an order"])
def test_orders__both_manners_say_the_same(write: Any, text: str) -> None:
    import_export("woocommerce-products", write(PRODUCTS), currency="GBP")
    import_export("woocommerce-customers", write(CUSTOMERS))
    report = import_export("woocommerce-orders", write(text))
    assert (report.kinds["orders"].created, report.kinds["orders"].quarantined) == (2, 0)
    assert report.kinds["order_lines"].quarantined == 0
    first = Order.objects.get(external_id="11")
    assert (first.total, first.shipping, first.discount, first.coupon) == (27, 3, 1, "SPRING")
    assert (first.customer.external_id, first.country) == ("7", "FR")  # type: ignore[union-attr]
    mug = OrderLine.objects.get(external_id="91")
    assert (mug.product.external_id, mug.unit_price, mug.discount, mug.net_amount) == ("5", 5, 1, 9)
    refund = Refund.objects.get()
    assert (refund.order_id, refund.amount) == (first.pk, 5)
    assert Order.objects.get(external_id="12").excluded == "cancelled"
    assert Order.objects.get(external_id="12").customer.is_guest  # type: ignore[union-attr]
    before = everything()
    import_export("woocommerce-orders", write(text))
    assert everything() == before


def test_products__sale_prices_categories_and_variations(write: Any) -> None:
    import_export("woocommerce-products", write(PRODUCTS), currency="GBP")
    mug = Product.objects.get(external_id="5")
    assert (mug.price, mug.was_price, mug.stock, mug.category.name) == (5, 6, 7, "Cups")
    assert Product.objects.get(external_id="8").parent.external_id == "6"
    assert Product.objects.get(external_id="6").was_price is None


def test_customers(write: Any) -> None:
    import_export("woocommerce-customers", write(CUSTOMERS))
    ada = Customer.objects.get()
    assert (ada.external_id, ada.name, ada.city) == ("7", "Ada Byron", "Paris")
    assert ada.joined_at is not None
    assert ada.joined_at <= datetime(2025, 1, 1, 9, tzinfo=UTC)


@given(
    body=st.dictionaries(
        st.sampled_from("id billing line_items refunds total status coupon_lines images".split()), json_values
    )
)
def test_messages__whatever_they_hold_nothing_breaks(body: dict[str, Any]) -> None:
    for split in (order_of, customer_of, product_of):
        for _, row in split(body):
            assert "id" in row
