from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import TextField

from insights.consent import BROWSER, Named, forgotten, suppressed
from insights.identity import merge
from insights.models import (
    Conversation,
    Customer,
    CustomerState,
    DuplicatePair,
    Event,
    InboxBatch,
    Merge,
    MergeHow,
    Message,
    Order,
    Product,
    QuarantinedRow,
    Rating,
    Run,
    Score,
    Suppression,
    Visitor,
)
from insights.privacy import TABLES, export_person, find_subject, forget

WHEN = datetime(2026, 1, 5, 12, tzinfo=UTC)
# Tables in which no person can be: the catalogue, the machinery, and the hashes that stay on purpose.
IMPERSONAL = {
    "category",
    "product",
    "run",
    "runstep",
    "modelversion",
    "publication",
    "synccursor",
    "suppression",
    "erasure",
    "adspend",
}


@pytest.fixture
def ann() -> Customer:
    person = Customer.objects.create(
        external_id="c-ann-1", name="Ann Lee", email="ann@example.com", phone="030 123 45 67", city="York"
    )
    visitor = Visitor.objects.create(key="browser-of-ann", customer=person, first_seen=WHEN, last_seen=WHEN)
    product = Product.objects.create(external_id="tea", name="Tea")
    Order.objects.create(
        external_id="1001", customer=person, visitor=visitor, placed_at=WHEN, currency="EUR", total=12, base_total=12,
        counts=True, city="York",
    )  # fmt: skip
    Event.objects.create(
        event_id=uuid.uuid4(), name="view_item", occurred_at=WHEN, local_date=date(2026, 1, 5), visitor=visitor
    )
    Rating.objects.create(
        external_id="r1", customer=person, product=product, value=5, text="Ann here", occurred_at=WHEN
    )
    run = Run.objects.create(kind="training")
    CustomerState.objects.create(generation=run, customer=person, as_of=WHEN, segment="champions")
    Score.objects.create(customer=person, name="churn", day=date(2026, 1, 5), value=0.2)
    talk = Conversation.objects.create(title="ann@example.com")
    Message.objects.create(conversation=talk, question="What did ann@example.com buy?")
    QuarantinedRow.objects.create(
        channel="shop", kind="orders", external_id="9", rule="x", reason="y", row={"email": "ann@example.com"}
    )
    return person


def test_tables__every_table_with_a_person_is_covered() -> None:
    models = {model._meta.model_name for model in apps.get_app_config("insights").get_models() if model._meta.managed}
    assert models - IMPERSONAL == {table.model._meta.model_name for table in TABLES}


@pytest.mark.django_db
def test_export__holds_each_table_and_is_json(ann: Customer) -> None:
    out = StringIO()
    call_command("insights_export_person", "ANN@example.com", stdout=out)
    archive = json.loads(out.getvalue())
    assert archive["person"]["external_id"] == "c-ann-1"
    assert archive["tables"]["customer"][0]["name"] == "Ann Lee"
    assert {"order", "event", "rating", "visitor", "customerstate", "score", "message"} <= set(archive["tables"])
    assert archive["tables"].keys() == export_person(find_subject("c-ann-1"))["tables"].keys() - {"accessrecord"}


@pytest.mark.django_db
def test_forget__takes_what_lies_in_the_inbox_and_the_browser_stays_nobodys(ann: Customer) -> None:
    batch = {"received_at": WHEN, "mode": "full", "body": b"{}"}
    InboxBatch.objects.create(**batch, visitor_key="browser-of-ann")
    InboxBatch.objects.create(**batch, visitor_key="new", customer_key="c-ann-1")
    other = InboxBatch.objects.create(**batch, visitor_key="of-somebody-else")
    sent = export_person(find_subject("c-ann-1"))["tables"]["inboxbatch"]
    assert [row["body"] for row in sent] == ["e30=", "e30="]
    forget(find_subject("c-ann-1"))
    assert list(InboxBatch.objects.all()) == [other]
    assert suppressed(BROWSER, ["browser-of-ann", "of-somebody-else"]) == {"browser-of-ann"}


@pytest.mark.django_db
def test_forget__leaves_nothing_but_sums_and_hashes(ann: Customer) -> None:
    receipt = forget(find_subject("c-ann-1"))
    order = Order.objects.get(external_id="1001")
    assert (order.customer_id, order.visitor_id, order.city, order.total) == (None, None, "", 12)
    assert receipt.deleted["customer"] == 1
    assert receipt.anonymised["order"] == 1
    assert Suppression.objects.count() == len(receipt.suppressed)
    for model in apps.get_app_config("insights").get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, TextField) or column.get_internal_type() in {"CharField", "JSONField"}:
                values = " ".join(map(str, model._default_manager.values_list(column.attname, flat=True)))
                for trace in ("ann@example.com", "Ann", "c-ann-1", "browser-of-ann"):
                    assert trace not in values, f"{trace} in {model.__name__}.{column.name}"


@pytest.mark.django_db
def test_forget__stops_the_return(ann: Customer) -> None:
    forget(find_subject("c-ann-1"))
    assert suppressed("shop", ["c-ann-1", "c-bob", ""]) == {"c-ann-1"}
    assert suppressed("other", ["c-ann-1"]) == set()
    people = {
        1: Named(email="ann@example.com"),
        2: Named("other"),
        3: Named(email="bob@example.com", phone="0301234567"),
    }
    assert forgotten("other", people) == {1}
    ring = {1: Named(phone="(030) 1234567"), 2: Named(email="bob@example.com", phone="030 1234567")}
    assert forgotten("any", ring) == {1}, "a number is a person only where there is no address"


@pytest.mark.django_db
def test_find_subject__says_what_is_wrong(ann: Customer) -> None:
    with pytest.raises(CommandError, match="Did you mean “c-ann-1”"):
        call_command("insights_forget", "c-anm-1", "--yes")
    Customer.objects.create(channel="market", external_id="c-ann-1")
    with pytest.raises(CommandError, match="several channels"):
        call_command("insights_export_person", "c-ann-1")


@pytest.mark.django_db
def test_forget__asks_before_it_acts(ann: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("no\n"))
    with pytest.raises(CommandError, match="Nothing was done"):
        call_command("insights_forget", "c-ann-1")
    assert Customer.objects.filter(pk=ann.pk).exists()


@pytest.mark.django_db
def test_export_and_forget__a_person_with_all_their_names(ann: Customer) -> None:
    other = Customer.objects.create(external_id="m-ann-1", channel="market", name="A. Lee", email="ann@example.org")
    third = Customer.objects.create(external_id="bob")
    merge(other, ann, how=MergeHow.HAND, by="maya")
    DuplicatePair.objects.create(first=ann, second=third, found_at=WHEN, checked_at=WHEN)
    archive = export_person(find_subject("m-ann-1"))
    assert archive["person"]["external_id"] == "c-ann-1"
    (made,) = archive["tables"]["merge"]
    assert (made["source"], made["target"], made["how"], made["by"]) == (other.pk, ann.pk, "hand", "maya")
    assert len(archive["tables"]["duplicatepair"]) == 1
    assert len(archive["tables"]["customer"]) == 2
    receipt = forget(find_subject("ann@example.com"))
    assert (receipt.deleted["customer"], receipt.deleted["merge"]) == (2, 1)
    assert list(Customer.objects.all()) == [third]
    assert not Merge.objects.exists()
    assert not DuplicatePair.objects.exists()
