"""Whoever asked to be forgotten stays away, whatever comes, and by whichever name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from insights.consent import CONTACT, subject_hash
from insights.contacts import contact
from insights.models import Customer, Event, Order, QuarantinedRow, Rating, Refund, Suppression
from insights.sources import import_file, sync
from shop_demo.models import Refund as ShopRefund
from tests.insights.sources.shop import event, order, person, product, review

pytestmark = pytest.mark.django_db


def suppress(*names: tuple[str, str]) -> None:
    Suppression.objects.bulk_create([Suppression(subject_hash=subject_hash(*name)) for name in names])


def bring(kind: str, text: str, folder: Path, **more: Any) -> Any:
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(kind, path, **more)


def test_sync__by_key_by_address_and_by_number() -> None:
    ada, tea = person("ada"), product()
    suppress(("shop", str(ada.pk)), (CONTACT, contact("eve@example.com", "")), (CONTACT, contact("", "020 79460991")))
    made = order(ada, (tea, 1, "3"), number="A", city="York")
    ShopRefund.objects.create(order=made, amount="1", reason="Ada rang", created_at=made.placed_at)
    order(None, (tea, 1, "3"), number="E", email="Eve@example.com", city="York")
    order(None, (tea, 1, "3"), number="P", phone="(020) 7946-0991", city="York")
    order(None, (tea, 1, "3"), number="Q", email="kim@example.com", phone="020 79460991", city="York")
    order(person("eve"), (tea, 1, "3"), number="F", city="York")
    review(ada, tea, title="Mine", body="By Ada")
    event("view_item", user=ada, product=tea)
    report = sync()

    assert {row.email for row in Customer.objects.all()} == {"kim@example.com"}
    stays = dict(Order.objects.values_list("external_id", "city"))
    assert stays == {"A": "", "E": "", "P": "", "Q": "York", "F": "York"}, "an account is told by its own key"
    assert Order.objects.filter(flags__icontains="forgotten").count() == 3
    assert Refund.objects.get().reason == ""
    rating = Rating.objects.get()
    assert (rating.customer, rating.title, rating.text, rating.value) == (None, "", "", 5)
    assert not Event.objects.exists()
    assert report.cleaning["forgotten"] == 8
    assert sync(full=True).changed == 0


def test_files__neither_in_a_table_nor_in_quarantine_nor_among_the_rejects(tmp_path: Path) -> None:
    suppress(("files", "zed"), (CONTACT, contact("zed@example.com", "")))
    bring("customers", "id,name,email,joined_at\nzed,Zed,,2026-01-01\nx,Zed,zed@example.com,\n", tmp_path)
    text = "id,placed_at,customer,email,city,total\n1,never,zed,,York,5\n2,never,,Zed@example.com,York,5\n3,never,bob,,Ulm,5\n"
    rejects = tmp_path / "rejects.csv"
    bring("orders", text, tmp_path, rejects=rejects)
    bring("ratings", "id,product,customer,value,occurred_at,text\nr,none,zed,5,2026-01-01,By Zed\n", tmp_path)
    bring("events", "id,name,occurred_at,customer,query\ne,search,never,zed,zed's things\n", tmp_path)
    assert not Customer.objects.exists()
    told = " ".join(str(row) for row in QuarantinedRow.objects.values_list("row", flat=True)) + rejects.read_text()
    assert "bob" in told
    assert "Ulm" in told
    for trace in ("zed", "Zed", "York"):
        assert trace not in told
    assert set(QuarantinedRow.objects.values_list("kind", "external_id")) == {
        ("orders", "1"), ("orders", "2"), ("orders", "3"), ("ratings", "r"),
    }  # fmt: skip


def test_channels__a_key_is_a_person_in_its_own_channel_alone(tmp_path: Path) -> None:
    suppress(("shop", "ada"))
    bring("customers", "id,name,joined_at\nada,Another,2026-01-01\n", tmp_path)
    assert Customer.objects.get().name == "Another"
