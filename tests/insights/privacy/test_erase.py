"""The receipt, cutting off, and what is whose."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from insights.consent import BROWSER, Named, forgotten, suppressed
from insights.contacts import email_hash
from insights.models import (
    Customer,
    Erasure,
    Event,
    Message,
    ModelVersion,
    Order,
    QuarantinedRow,
    Run,
    Suppression,
    Visit,
    Visitor,
)
from insights.privacy import erase, find_receipt, find_subject, finish_pending, forget
from insights.serving import index
from insights.training import registry
from tests.insights.training import versions

pytestmark = pytest.mark.django_db

WHEN = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> Path:
    settings.INSIGHTS = settings.INSIGHTS | {"DATA_DIR": tmp_path}
    index.forget()
    return tmp_path


def somebody(key: str = "c-ann-1", **more: Any) -> Customer:
    email = more.pop("email", "ann@example.com")
    return Customer.objects.create(external_id=key, email=email, email_hash=email_hash(email), **more)


def did(**more: Any) -> Event:
    return Event.objects.create(
        event_id=uuid4(), name="view_item", occurred_at=WHEN, local_date=date(2026, 1, 5), **more
    )


def taste(*people: Customer) -> ModelVersion:
    """A model with a row a person, published and open."""
    arrays = {
        "user_ids": np.array([one.pk for one in people]),
        "item_ids": np.array([1]),
        "user_factors": np.ones((len(people), 3), dtype=np.float32),
        "item_factors": np.ones((1, 3), dtype=np.float32),
    }
    version = versions.register("implicit", arrays=arrays)
    registry.publish(version)
    assert index.factors() is not None
    return version


def test_receipt__is_kept_and_says_nothing_of_the_person() -> None:
    ann = somebody(name="Ann Lee", phone="030 1234567")
    Order.objects.create(external_id="1", customer=ann, placed_at=WHEN, currency="EUR", total=5)
    receipt = forget(find_subject("c-ann-1"))
    kept = Erasure.objects.get()
    assert str(kept.uid) == receipt.id
    assert kept.finished_at is not None
    assert receipt.deleted == {"customer": 1}
    assert receipt.anonymised == {"order": 1}
    assert set(receipt.stays) == {"order", "suppression"}
    assert not any(trace in str(receipt.as_dict()) for trace in ("ann@", "Ann", "c-ann-1", "1234567"))


@pytest.mark.parametrize("name", ["c-ann-1", "ANN@example.com ", "030/1234567"])
def test_receipt__is_found_by_whatever_the_person_was_known_by(name: str) -> None:
    somebody(phone="030 1234567")
    receipt = forget(find_subject("c-ann-1"))
    found = find_receipt(name)
    assert found is not None
    assert (found.id, found.already) == (receipt.id, True)
    assert find_receipt("bob@example.com") is None


def test_receipt__a_changed_secret_key_forgets_nobody(settings: Any) -> None:
    somebody()
    forget(find_subject("c-ann-1"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one, and a good one"
    assert suppressed("shop", ["c-ann-1"]) == {"c-ann-1"}
    assert find_receipt("c-ann-1") is not None


def test_cut_off__before_the_rows_are_done_nothing_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = somebody()
    did(customer=ann)

    def killed(*args: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Suppression.objects, "bulk_create", killed)
    with pytest.raises(KeyboardInterrupt):
        forget(find_subject("c-ann-1"))
    assert (Customer.objects.count(), Event.objects.filter(customer=ann).count()) == (1, 1)
    assert not Erasure.objects.exists()
    monkeypatch.undo()
    assert forget(find_subject("c-ann-1")).finished_at is not None


def test_cut_off__models_are_finished_by_the_next_call(monkeypatch: pytest.MonkeyPatch, places: Path) -> None:
    ann, bob = somebody(), somebody("c-bob", email="bob@example.com")
    version = taste(ann, bob)
    left = places / "runs" / str(uuid4())
    left.mkdir(parents=True)

    def killed(*args: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("insights.training.people.replace_arrays", killed)
    with pytest.raises(KeyboardInterrupt):
        forget(find_subject("c-ann-1"))
    assert not Customer.objects.filter(pk=ann.pk).exists()
    assert Erasure.objects.get().finished_at is None
    before = version.sha256
    version.refresh_from_db()
    assert version.sha256 == before, "what is served can be read at any moment"
    monkeypatch.undo()

    assert finish_pending() == 1
    receipt = find_receipt("c-ann-1")
    assert receipt is not None
    assert receipt.finished_at is not None
    assert receipt.elsewhere["model_rows"] == 1
    assert not left.exists()
    assert finish_pending() == 0


def test_models__lose_the_row_and_serve_on(places: Path) -> None:
    ann, bob = somebody(), somebody("c-bob", email="bob@example.com")
    version = taste(ann, bob)
    folder = places / version.artifact
    old = {path.name for path in (places / "cache").iterdir()}
    forget(find_subject("c-ann-1"))
    served = index.factors()
    assert served is not None
    assert served.users.places([ann.pk, bob.pk]).tolist() == [-1, 1]
    assert served.user_factors.tolist() == [[0, 0, 0], [1, 1, 1]]
    assert served.item_factors.tolist() == [[1, 1, 1]]
    assert not folder.exists()
    assert len({path.name for path in (places / "cache").iterdir()} & old) == 3, "what has no row a person stays cached"
    assert forget(find_subject("c-bob")).elsewhere["model_rows"] == 1
    version.refresh_from_db()
    assert version.artifact.endswith("-2")
    assert registry.load_artifact(version).arrays["user_ids"].tolist() == [0, 0]


def test_models__who_goes_while_one_is_trained_is_not_in_it() -> None:
    ann, bob = somebody(), somebody("c-bob", email="bob@example.com")
    pk = ann.pk
    forget(find_subject("c-ann-1"))
    version = versions.register(
        "implicit", arrays={"user_ids": np.array([pk, bob.pk]), "user_bias": np.array([0.5, 2.0])}
    )
    arrays = registry.load_artifact(version).arrays
    assert (arrays["user_ids"].tolist(), arrays["user_bias"].tolist()) == ([0, bob.pk], [0, 2])


def test_whose__another_customer_at_the_same_browser_keeps_what_is_theirs() -> None:
    ann, bob = somebody(), somebody("c-bob", email="bob@example.com")
    browser = Visitor.objects.create(key="of-ann", customer=ann, first_seen=WHEN, last_seen=WHEN)
    theirs = {"customer": bob, "visitor": browser}
    bought = Order.objects.create(external_id="2", placed_at=WHEN, currency="EUR", total=9, city="Ulm", **theirs)
    visit = Visit.objects.create(started_at=WHEN, ended_at=WHEN, local_date=WHEN.date(), session_key="s", **theirs)
    seen = did(session_key="s", **theirs)
    did(visitor=browser, session_key="s")
    before = did(session_key="t")
    did(customer=ann, session_key="t")
    forget(find_subject("c-ann-1"))
    for row in (bought, visit, seen):
        row.refresh_from_db()
        assert (row.customer, row.visitor) == (bob, None)
    assert bought.city == "Ulm"
    assert list(Event.objects.all()) == [seen]
    assert not Event.objects.filter(pk=before.pk).exists(), "a sitting is theirs from before they signed in"
    assert suppressed(BROWSER, ["of-ann"]) == {"of-ann"}


def test_whose__one_address_is_one_person_in_all_channels() -> None:
    somebody()
    guest = somebody("guest:1", is_guest=True)
    Customer.objects.create(channel="shopify", external_id="9", email="ann@example.com", email_hash=guest.email_hash)
    other = Customer.objects.create(channel="market", external_id="c-ann-1", email="eve@example.com")
    forget(find_subject("c-ann-1", "shop"))
    assert list(Customer.objects.all()) == [other]
    assert forgotten("anywhere", {1: Named(email="ann@example.com"), 2: Named(email="eve@example.com")}) == {1}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("joann@example.com wrote", "joann@example.com wrote"),
        ("ann@example.com.au", "ann@example.com.au"),
        ("Ann Leeson", "Ann Leeson"),
        ("it was ANN Lee.", "it was …."),
        ("<ANN@Example.com>, 王小芳说", "<…>, …说"),
        ("c-ann-12 is not c-ann-1", "c-ann-12 is not …"),
        ("call 0301234567 or 10301234567", "call … or 10301234567"),
    ],
)
def test_mentions__whole_words_alone(text: str, kept: str) -> None:
    somebody(name="Ann Lee", phone="030 1234567")
    somebody("c-other", name="王小芳")
    run = Run.objects.create(kind="sync", error=text, report={"told": [text]})
    receipt = forget(find_subject("ann@example.com"))
    run.refresh_from_db()
    assert (run.error, run.report) == (kept, {"told": [kept]})
    assert receipt.redacted == ({} if kept == text else {"run": 1})


def test_whose__an_address_that_no_customer_has(capsys: pytest.CaptureFixture[str]) -> None:
    row = QuarantinedRow.objects.create(
        channel="shop", kind="orders", external_id="9", rule="x", reason="y", row={"email": "eve@example.com"}
    )
    with pytest.raises(CommandError, match="No customer"):
        call_command("insights_forget", "eve@example.com", "--yes")
    with pytest.raises(CommandError, match="No customer"):
        call_command("insights_forget", "eve", "--yes", "--anyway")
    call_command("insights_forget", "Eve@example.com", "--yes", "--anyway")
    assert json.loads(capsys.readouterr().out)["redacted"] == {"quarantinedrow": 1}
    assert not QuarantinedRow.objects.filter(pk=row.pk).exists()
    assert forgotten("anywhere", {1: Named(email="eve@example.com")}) == {1}
    call_command("insights_forget", "eve@example.com")
    assert json.loads(capsys.readouterr().out)["already"] is True


def test_whose__a_key_comes_before_the_number_of_a_row() -> None:
    ann = somebody("c-ann-1")
    somebody(f"row:{ann.pk}", email="bob@example.com")
    forget(find_subject(f"row:{ann.pk}"))
    assert list(Customer.objects.all()) == [ann]
    forget(find_subject(f"row:{ann.pk}"))
    assert not Customer.objects.exists()


def test_mentions__a_conversation_about_the_person_goes_with_all_its_questions() -> None:
    from insights.models import Conversation

    somebody("17")
    about = Conversation.objects.create(title="Customer 17")
    Message.objects.create(conversation=about, question="Why?", answer={"plan": {"arguments": {"customer": "17"}}})
    listed = Conversation.objects.create(title="Best customers")
    rows = {"columns": [{"key": "customer"}, {"key": "spend"}], "rows": [["17", 5]]}
    Message.objects.create(conversation=listed, question="Who?", answer=rows)
    other = Conversation.objects.create(title="17 orders of customer 170")
    Message.objects.create(conversation=other, question="?", answer={"columns": [{"key": "orders"}], "rows": [["17"]]})
    receipt = forget(find_subject("17"))
    assert list(Conversation.objects.all()) == [other]
    assert receipt.deleted == {"customer": 1, "conversation": 2, "message": 2}


def test_files__damaged_ones_are_told_of(places: Path) -> None:
    somebody()
    (places / "list.csv").write_text("email\nann@example.com\n")
    (places / "cut.csv.gz").write_bytes(gzip.compress(b"ann@example.com" * 100)[:30])
    receipt = forget(find_subject("c-ann-1"))
    assert (receipt.elsewhere["files"], receipt.elsewhere["unread_files"]) == (1, 1)
    assert (places / "list.csv").read_text() == "email\n…\n"


def test_erase__every_reason_to_stay_is_of_a_table() -> None:
    assert set(erase.STAYS) <= {"suppression", *(table.name for table in erase.TABLES)}
