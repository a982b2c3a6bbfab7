"""``INSIGHTS["CONTACTS"] = "hashed"``: no table holds an address or a number, and everybody is still found by theirs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from insights import ask
from insights.checks import check_adapters
from insights.cleaning import normal_email
from insights.contacts import contact, email_hash, is_hash, marked, phone_hash
from insights.models import Customer, Order, QuarantinedRow, Suppression
from insights.privacy import find_receipt, find_subject, forget
from insights.sources import SENDERS, import_file, mend, sync, take_message
from shop_demo.models import Profile
from tests.insights.privacy.everywhere import search
from tests.insights.sources.shop import order, person, product, review

EMAIL, SPELT, PHONE = "ada.byron@example.com", "Ada.Byron@Example.com", "+44 20 7946 0991"
TRACES = {"the address": EMAIL, "the number": PHONE, "its digits": "442079460991"}


@pytest.fixture(autouse=True)
def clean() -> None:
    cache.clear()


@pytest.fixture
def hashed(settings: Any, tmp_path: Path) -> Callable[[], None]:
    """Switches it on, as a shop does some day."""
    settings.INSIGHTS = settings.INSIGHTS | {"DATA_DIR": tmp_path / "data", "LIVE": False}

    def switch() -> None:
        settings.INSIGHTS = settings.INSIGHTS | {"CONTACTS": "hashed"}

    return switch


def fill(folder: Path) -> None:
    tea = product("tea-1")
    ada = person("ada", email=SPELT)
    Profile.objects.update_or_create(user=ada, defaults={"phone": PHONE})
    order(ada, (tea, 1, "5"), number="A")
    order(None, (tea, 1, "5"), number="G", email=EMAIL)
    order(None, (tea, 1, "5"), number="P", phone=PHONE)
    order(None, (tea, 1, "5"), number="Q", phone="(+44) 20 79460991", days=1)
    review(ada, tea, body=f"Ask me: {EMAIL}")
    sync()
    path = folder / "customers.csv"
    path.write_text(f"id,email,phone,joined_at\n{EMAIL},{EMAIL},{PHONE},2026-01-01\n")
    import_file("customers", path)
    path = folder / "orders.csv"
    path.write_text(
        f"id,placed_at,customer,email,phone,total\nF1,2026-03-02,{EMAIL},,,5\nF2,never,,{SPELT},{PHONE},5\n"
    )
    import_file("orders", path, columns={})
    at = "2026-03-02T10:00:00Z"
    said = {"id": 9, "email": SPELT, "phone": PHONE, "updated_at": at, "created_at": at}
    take_message(SENDERS["shopify"], "customers/update", said)


def owner(key: str) -> str:
    customer = Order.objects.get(external_id=key).customer
    assert customer is not None
    return customer.external_id


@pytest.mark.django_db
def test_hashed__no_table_holds_an_address_or_a_number(hashed: Callable[[], None], tmp_path: Path) -> None:
    hashed()
    fill(tmp_path)
    assert search(TRACES) == []
    account = Customer.objects.get(channel="shop", is_guest=False)
    assert (account.email, account.phone, account.email_hash) == ("", "", email_hash(EMAIL))
    assert owner("A") == owner("G") == account.external_id, "a guest is found by the hash"
    assert owner("P") == owner("Q") == f"guest:{contact('', PHONE)}"
    assert owner("F1") == account.external_id, "and so is who bought elsewhere"
    assert Customer.objects.filter(email_hash=email_hash(EMAIL)).count() == 3


@pytest.mark.django_db
def test_hashed__what_is_there_is_hashed_by_the_next_sync(hashed: Callable[[], None], tmp_path: Path) -> None:
    fill(tmp_path)
    before = {key: Order.objects.get(external_id=key).customer_id for key in ("A", "G", "P", "Q", "F1")}
    assert len(search(TRACES)) > 5
    hashed()
    sync()
    assert [place for place in search(TRACES) if "Rating" not in place] == []
    assert {key: Order.objects.get(external_id=key).customer_id for key in before} == before
    sync(full=True)
    assert search(TRACES) == []
    assert sync(full=True).changed == 0


@pytest.mark.django_db
def test_hashed__a_row_that_was_put_aside_is_mended_by_its_hash(hashed: Callable[[], None], tmp_path: Path) -> None:
    hashed()
    fill(tmp_path)
    waiting = QuarantinedRow.objects.get(external_id="F2")
    assert is_hash(waiting.row["email"])
    assert mend(waiting, {"placed_at": "2026-03-02"})
    assert owner("F2") == owner("F1")


@pytest.mark.django_db
def test_hashed__who_was_forgotten_stays_away(hashed: Callable[[], None], tmp_path: Path) -> None:
    hashed()
    fill(tmp_path)
    receipt = forget(find_subject(SPELT))
    assert not Customer.objects.exclude(external_id=f"guest:{contact('', PHONE)}").exists()
    again = find_receipt(EMAIL)
    assert again is not None
    assert again.id == receipt.id
    cache.clear()
    order(None, (product("tea-2"), 1, "5"), number="N", email=SPELT)
    sync(full=True)
    take_message(
        SENDERS["shopify"],
        "customers/update",
        {"id": 10, "email": EMAIL, "updated_at": "2026-04-02T10:00:00Z", "created_at": "2026-03-02T10:00:00Z"},
    )
    assert not Customer.objects.filter(email_hash=email_hash(EMAIL)).exists()
    assert Order.objects.get(external_id="N").customer is None
    assert Suppression.objects.filter(subject_hash__in=receipt.suppressed).count() == len(receipt.suppressed)


@pytest.mark.django_db
def test_hashed__people_are_still_found_by_their_address(hashed: Callable[[], None], tmp_path: Path) -> None:
    from django.contrib.auth.models import User

    hashed()
    fill(tmp_path)
    client = Client()
    client.force_login(User.objects.create_superuser("maya"))
    key = Customer.objects.get(channel="shop", is_guest=False).external_id
    found = client.get("/admin/insights/customers/", {"q": SPELT}).content.decode()
    assert f"/admin/insights/customers/{key}/" in found
    assert "address kept as a hash" in client.get(f"/admin/insights/customers/{key}/").content.decode()
    Customer.objects.exclude(external_id=key).filter(email_hash=email_hash(EMAIL)).delete()
    told = ask(f"Describe customer {EMAIL}")
    assert told.plan["customer"] == key
    assert (
        ask("Why is this customer likely to leave?", conversation=told.conversation).plan["arguments"]["customer"]
        == key
    )
    assert search(TRACES) == []


def test_marked__reads_as_the_same_person(settings: Any) -> None:
    row = {"id": "1", "email": SPELT, "phone": PHONE, "total": "5"}
    assert marked(row, normal_email) == row
    settings.INSIGHTS = settings.INSIGHTS | {"CONTACTS": "hashed"}
    kept = marked(row, normal_email)
    assert (kept["id"], kept["total"]) == ("1", "5")
    assert contact(kept["email"], "") == contact(EMAIL, "")
    assert contact("", kept["phone"]) == contact("", PHONE)
    assert marked(kept, normal_email) == kept
    assert marked({"email": "no address", "phone": "none"}, normal_email) == {"email": "…", "phone": "…"}
    assert len(kept["phone"]) <= 32, "it fits where a number was"


@given(st.emails())
def test_hashes__are_keyed_and_one_for_one_address(address: str) -> None:
    clean = normal_email(address)
    hashed = email_hash(clean)
    assert email_hash(f"hash:{hashed}") == hashed
    assert hashed != phone_hash(clean)


def test_check__a_key_that_is_an_address(settings: Any) -> None:
    import insights

    class Mailing(insights.Adapter):
        name = "mailing"

        class Customers:
            model = "auth.User"
            id = "email"
            email = "email"

    settings.INSIGHTS = settings.INSIGHTS | {"ADAPTERS": [f"{__name__}.ADAPTER"], "CONTACTS": "hashed"}
    globals()["ADAPTER"] = Mailing
    assert "insights.E022" in {message.id for message in check_adapters()}
    settings.INSIGHTS = settings.INSIGHTS | {"CONTACTS": "plain"}
    assert "insights.E022" not in {message.id for message in check_adapters()}


def test_hashes__as_json_says_nothing(settings: Any) -> None:
    settings.INSIGHTS = settings.INSIGHTS | {"CONTACTS": "hashed"}
    assert EMAIL not in json.dumps(marked({"id": EMAIL, "customer": EMAIL, "email": EMAIL}, normal_email))
