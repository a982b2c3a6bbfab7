from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client, override_settings
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.conf import settings
from insights.models import Customer, Order, OrderLine, Product, QuarantinedRow, Refund, Suppression
from insights.sources.exports import sign
from tests.conftest import examples
from tests.insights.sources.exports.test_shopify import KEYS, json_values
from tests.insights.sources.shop import everything

pytestmark = pytest.mark.django_db

SECRETS = {"SHOPIFY": ["hush"], "WOOCOMMERCE": ["old", "new"]}
SHOPIFY_ORDER = {
    "id": 501,
    "name": "#1001",
    "email": "ada@example.com",
    "created_at": "2026-03-02T10:00:00-05:00",
    "updated_at": "2026-03-02T10:00:05-05:00",
    "financial_status": "paid",
    "currency": "GBP",
    "total_price": "27.00",
    "total_tax": "4.00",
    "total_discounts": "1.00",
    "total_shipping_price_set": {"shop_money": {"amount": "3.00", "currency_code": "GBP"}},
    "discount_codes": [{"code": "SPRING", "amount": "1.00"}],
    "billing_address": {"name": "Ada Byron", "city": "Paris", "country_code": "FR"},
    "customer": {"id": 9001, "email": "ada@example.com", "first_name": "Ada", "last_name": "Byron"},
    "line_items": [
        {
            "id": 1,
            "sku": "mug",
            "name": "Mug",
            "quantity": 2,
            "price": "5.00",
            "discount_allocations": [{"amount": "1.00"}],
        },
        {"id": 2, "sku": "pot-b", "name": "Teapot - Blue", "quantity": 1, "price": "15.00"},
    ],
}
SHOPIFY_REFUND = {
    "id": 77,
    "order_id": 501,
    "created_at": "2026-03-05T10:00:00-05:00",
    "note": "broken",
    "transactions": [{"kind": "refund", "status": "success", "amount": "5.00"}],
}
WOO_ORDER = {
    "id": 11,
    "status": "completed",
    "currency": "GBP",
    "date_created_gmt": "2026-03-02T10:00:00",
    "date_modified_gmt": "2026-03-02T11:00:00",
    "total": "24.00",
    "customer_id": 0,
    "billing": {"first_name": "Bob", "email": "bob@example.com", "country": "DE"},
    "line_items": [
        {
            "id": 91,
            "product_id": 5,
            "variation_id": 0,
            "name": "Mug",
            "quantity": 2,
            "subtotal": "25.00",
            "total": "24.00",
        }
    ],
    "refunds": [{"id": 3, "reason": "late", "total": "-4.00"}],
}


@pytest.fixture(autouse=True)
def secrets() -> Any:
    from django.core.cache import cache

    cache.clear()
    with override_settings(INSIGHTS={"WEBHOOKS": SECRETS, "BASE_CURRENCY": "GBP"}):
        assert settings.WEBHOOKS.SHOPIFY == ["hush"]
        yield
    cache.clear()


def send(platform: str, topic: str, body: Any, *, secret: str = "", signature: str | None = None) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    secret = secret or {"shopify": "hush", "woocommerce": "new"}[platform]
    said = sign(data, secret).decode() if signature is None else signature
    names = {
        "shopify": ("X-Shopify-Topic", "X-Shopify-Hmac-Sha256"),
        "woocommerce": ("X-WC-Webhook-Topic", "X-WC-Webhook-Signature"),
    }[platform]
    response = Client().post(
        reverse("insights:api_hook", args=[platform]),
        data,
        content_type="application/json",
        headers=dict(zip(names, (topic, said), strict=True)),
    )
    return response.status_code


def test_sign__as_the_platforms_do() -> None:
    # By: printf '{"id":1}' | openssl dgst -sha256 -hmac hush -binary | base64
    assert sign(b'{"id":1}', "hush") == b"VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY="


def test_shopify__an_order_with_its_customer_and_lines() -> None:
    assert send("shopify", "orders/create", SHOPIFY_ORDER) == 200
    order = Order.objects.get()
    assert (order.channel, order.external_id, order.total, order.shipping, order.coupon) == (
        "shopify",
        "501",
        27,
        3,
        "SPRING",
    )
    assert (order.counts, order.country) == (True, "FR")
    assert order.customer is not None
    assert (order.customer.external_id, order.customer.name) == ("9001", "Ada Byron")
    lines = dict(OrderLine.objects.values_list("external_id", "net_amount"))
    assert lines == {"501:1": 9, "501:2": 15}
    assert send("shopify", "refunds/create", SHOPIFY_REFUND) == 200
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.occurred_at.day) == (5, "broken", 5)


def test_shopify__twice_changes_nothing() -> None:
    for _ in range(2):
        send("shopify", "orders/create", SHOPIFY_ORDER)
        send("shopify", "refunds/create", SHOPIFY_REFUND)
    once = everything()
    assert send("shopify", "orders/updated", SHOPIFY_ORDER) == 200
    assert everything() == once
    assert Order.objects.count() == Customer.objects.count() == Refund.objects.count() == 1


def test_shopify__a_cancellation_and_an_older_message_that_comes_late() -> None:
    send("shopify", "orders/create", SHOPIFY_ORDER)
    later = {**SHOPIFY_ORDER, "cancelled_at": "2026-03-03T09:00:00Z", "updated_at": "2026-03-03T09:00:00Z"}
    assert send("shopify", "orders/cancelled", later) == 200
    assert Order.objects.get().excluded == "cancelled"
    assert send("shopify", "orders/updated", SHOPIFY_ORDER) == 200
    assert Order.objects.get().excluded == "cancelled"
    assert send("shopify", "orders/delete", {"id": 501}) == 200
    assert not Order.objects.exists()


def test_shopify__an_orders_customer_does_not_undo_what_is_known() -> None:
    body = {"id": 9001, "email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace", "phone": "+331"}
    send("shopify", "customers/update", {**body, "updated_at": "2026-03-01T00:00:00Z"})
    send("shopify", "orders/create", SHOPIFY_ORDER)
    ada = Customer.objects.get()
    assert (ada.name, ada.phone) == ("Ada Lovelace", "+331")


def test_shopify__products_and_their_end() -> None:
    body = {
        "id": 31, "handle": "teapot", "title": "Teapot", "status": "active",
        "variants": [{"sku": "pot-b", "option1": "Blue", "price": "15.00"}, {"option1": "Red", "price": "16.00"}],
    }  # fmt: skip
    assert send("shopify", "products/create", body) == 200
    assert set(Product.objects.values_list("external_id", flat=True)) == {"teapot", "pot-b", "teapot/Red"}
    assert send("shopify", "products/delete", {"id": 31}) == 200
    assert not Product.objects.filter(is_active=True).exists()


def test_shopify__a_person_who_wants_to_be_forgotten() -> None:
    send("shopify", "orders/create", SHOPIFY_ORDER)
    redact = {"shop_id": 1, "customer": {"id": 9001, "email": "ada@example.com"}, "orders_to_redact": [501]}
    assert send("shopify", "customers/redact", redact) == 200
    assert not Customer.objects.exists()
    assert Suppression.objects.exists()
    assert send("shopify", "customers/redact", redact) == 200
    send("shopify", "orders/updated", {**SHOPIFY_ORDER, "updated_at": "2026-03-09T00:00:00Z"})
    assert not Customer.objects.exists()
    assert Order.objects.get().total == 27


def test_woocommerce__an_order_of_a_guest_with_a_refund() -> None:
    assert send("woocommerce", "order.created", WOO_ORDER, secret="old") == 200
    assert send("woocommerce", "order.updated", WOO_ORDER, secret="new") == 200
    order = Order.objects.get()
    assert (order.channel, order.total, order.customer.is_guest) == ("woocommerce", 24, True)  # type: ignore[union-attr]
    line = OrderLine.objects.get()
    assert (line.unit_price, line.discount, line.net_amount) == (12.5, 1, 24)
    assert Refund.objects.get().amount == 4


def test_woocommerce__the_trial_is_answered() -> None:
    assert send("woocommerce", "", b"webhook_id=17", signature="") == 200
    assert send("shopify", "", b"webhook_id=17", signature="") == 401


@pytest.mark.parametrize("signature", ["", "nonsense", "é", sign(b"{}", "hush").decode()])
def test_without_a_valid_signature_nothing_is_taken(signature: str) -> None:
    assert send("shopify", "orders/create", SHOPIFY_ORDER, signature=signature) == 401
    assert send("shopify", "orders/create", SHOPIFY_ORDER, secret="new") == 401
    assert not Order.objects.exists()


def test_without_a_secret_there_is_no_such_page() -> None:
    with override_settings(INSIGHTS={"WEBHOOKS": {"SHOPIFY": [""]}}):
        assert send("shopify", "orders/create", SHOPIFY_ORDER) == 404
        assert send("shopify", "orders/create", SHOPIFY_ORDER, signature=sign(b"", "").decode()) == 404
        assert send("woocommerce", "order.created", WOO_ORDER) == 404
    assert Client().post(reverse("insights:api_hook", args=["ebay"])).status_code == 404
    assert Client().get(reverse("insights:api_hook", args=["shopify"])).status_code == 405


def test_what_is_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    for body in (b"", b"{", b"[]", b"\xff", b"[" * 100_000):
        assert send("shopify", "orders/create", body) == 400
    assert send("shopify", "carts/update", {"id": 1}) == 200
    assert send("shopify", "orders/create", {}) == 200
    monkeypatch.setattr("insights.api.hooks.MOST_BYTES", 10)
    assert send("shopify", "orders/create", SHOPIFY_ORDER) == 413


def test_a_bad_row_is_kept_aside() -> None:
    assert send("shopify", "orders/create", {**SHOPIFY_ORDER, "created_at": "soon"}) == 200
    assert "unreadable_date" in set(QuarantinedRow.objects.values_list("rule", flat=True))


def test_while_the_database_is_away_the_platform_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr("insights.api.hooks.take_message", fail)
        assert send("shopify", "orders/create", SHOPIFY_ORDER) == 503
    assert send("shopify", "orders/create", SHOPIFY_ORDER) == 200
    assert Order.objects.exists()


@given(
    body=st.dictionaries(st.sampled_from(KEYS), json_values, max_size=10),
    topic=st.sampled_from(["orders", "products", "customers", "refunds"]),
)
@hypothesis_settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_signed_is_answered(body: dict[str, Any], topic: str) -> None:
    assert send("shopify", f"{topic}/update", body) == 200
