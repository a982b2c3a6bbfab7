from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.test import RequestFactory, override_settings
from django.utils import timezone

from insights.collect import track
from insights.collect.ingest import store
from insights.collect.uuid7 import uuid7
from insights.exceptions import UnknownKeyError
from insights.models import Customer, Event, Product, Visit

pytestmark = pytest.mark.django_db


def visit(user: User | None = None, cookie: str = "shop_consent=all", agent: str = "Firefox") -> HttpRequest:
    request = RequestFactory().get("/tea/", headers={"User-Agent": agent, "Cookie": cookie})
    request.user = user or AnonymousUser()
    return request


def test_track__an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(UnknownKeyError, match="add_to_cart"):
        track("add_to_card")


def test_track__writes_the_event_and_its_visit() -> None:
    product = Product.objects.create(external_id="A", name="A")
    event = track("add_to_cart", request=visit(), product="A", quantity=2, value="7.00", properties={"size": "L"})
    assert event is not None
    event.refresh_from_db()
    assert (event.product, event.quantity, event.value) == (product, Decimal(2), Decimal(7))
    assert (event.page, event.device, event.properties) == ("/tea/", "desktop", {"size": "L"})
    assert event.counts
    drawn = Visit.objects.get()
    assert (drawn.carts, drawn.visitor, drawn.session_key) == (1, event.visitor, event.session_key)
    track("purchase", request=visit(cookie="shop_consent=all"), order="O1")
    assert Event.objects.get(name="purchase").order_ref == "O1"


def test_track__the_same_id_counts_once() -> None:
    key = uuid7()
    assert track("page_view", request=visit(), event_id=key) is not None
    assert track("page_view", request=visit(), event_id=key) is None
    assert Event.objects.count() == 1


def test_store__twice_in_one_batch_counts_once() -> None:
    event = track("page_view", request=visit())
    assert event is not None
    copies = [Event(event_id=uuid7(), name="search", occurred_at=timezone.now(), local_date=timezone.localdate())] * 2
    assert store([*copies, event]) == 1


def test_track__after_a_refusal_nothing_is_written() -> None:
    assert track("page_view", request=visit(cookie="shop_consent=none")) is None
    with override_settings(INSIGHTS={"TRACKING": "none"}):
        assert track("page_view", request=visit()) is None
        assert track("page_view") is None
    assert not Event.objects.exists()


def test_track__without_an_answer_no_customer_stands_beside_the_hash() -> None:
    user = User.objects.create(username="kim")
    customer = Customer.objects.create(external_id=str(user.pk))
    event = track("page_view", request=visit(user, cookie="a=b"), customer=customer)
    assert event is not None
    assert (event.customer, event.visitor) == (None, None)
    assert event.session_key


def test_track__with_consent_the_signed_in_customer_is_there() -> None:
    user = User.objects.create(username="kim")
    customer = Customer.objects.create(external_id=str(user.pk))
    event = track("page_view", request=visit(user))
    assert event is not None
    assert event.customer == customer


def test_track__without_a_request_whom_the_shop_names() -> None:
    customer = Customer.objects.create(external_id="7")
    event = track("refund", customer="7", order="O1", value=3, currency="EUR")
    assert event is not None
    assert (event.customer, event.value) == (customer, Decimal("2.58"))
    unknown = track("refund", customer="8", value=3, currency="XXX")
    assert unknown is not None
    assert (unknown.customer, unknown.value) == (None, None)


def test_track__machines_and_staff_are_kept_and_do_not_count() -> None:
    machine = track("page_view", request=visit(agent="Googlebot/2.1"))
    assert machine is not None
    assert (machine.bot, machine.counts) == ("crawler", False)
    assert not Visit.objects.exists()
    staff = track("page_view", request=visit(User.objects.create(username="boss", is_staff=True)))
    assert staff is not None
    assert (staff.bot, staff.counts) == ("", False)


def test_track__the_shops_own_product() -> None:
    from shop_demo.models import Product as ShopProduct

    ours = Product.objects.create(external_id="A", name="A")
    event = track("view_item", request=visit(), product=ShopProduct(sku="A"))
    assert event is not None
    assert event.product == ours
    lost = track("view_item", request=visit(), product=ShopProduct(sku="B"))
    assert lost is not None
    assert lost.product is None


def test_store__a_list_in_sight_is_no_visit_of_its_own() -> None:
    track("view_item_list", request=visit(cookie="a=b"))
    assert not Visit.objects.exists()
    track("page_view", request=visit(cookie="a=b"))
    assert Visit.objects.get().page_views == 1


def test_track__joins_the_visit_of_the_shops_own_log(monkeypatch: pytest.MonkeyPatch) -> None:
    from shop_demo.adapter import ShopAdapter

    monkeypatch.setattr(ShopAdapter, "session_of", lambda self, request: "own-key")
    agreed = track("page_view", request=visit())
    unasked = track("page_view", request=visit(cookie="a=b"))
    assert agreed is not None
    assert unasked is not None
    assert agreed.session_key == "own-key"
    assert agreed.visitor is not None
    assert len(unasked.session_key) > 30
