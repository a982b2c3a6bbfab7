from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.test import Client
from django.utils import timezone

from insights.models import Order, QuarantinedRow
from insights.sources import sync
from shop_demo import models as shop
from tests.insights.panel.html import read
from tests.insights.sources.shop import order, person, product

pytestmark = pytest.mark.django_db
DATA = "/admin/insights/data/"
REPLAY = f"{DATA}quarantine/replay/"


def url(row: QuarantinedRow) -> str:
    return f"{DATA}quarantine/{row.pk}/"


@pytest.fixture
def waiting(bare: None) -> QuarantinedRow:
    order(person("ada"), (product(), 2, "5"), number="BAD", placed_at=datetime(1970, 1, 1, tzinfo=UTC))
    sync()
    return QuarantinedRow.objects.get(kind="orders")


def test_the_list_leads_to_the_row_with_its_reason_and_values(owner: Client, waiting: QuarantinedRow) -> None:
    assert url(waiting) in owner.get(DATA).content.decode()
    page = read(owner.get(url(waiting)).content.decode())
    assert "1970-01-01 is before 1990 or in the future." in page.text
    fields = {
        node.attributes["name"]: node.attributes["value"] for node in page.every("input") if "id" in node.attributes
    }
    assert fields["value-email"] == ""
    assert fields["value-id"] == "BAD"
    assert fields["value-placed_at"].startswith("1970-01-01")


def test_the_reason_is_said_in_the_language_of_the_reader(
    owner: Client, waiting: QuarantinedRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insights.cleaning.why.gettext", lambda sentence: f"Not so: {sentence}")
    said = "Not so: 1970-01-01 is before 1990 or in the future."
    assert said in read(owner.get(url(waiting)).content.decode()).text
    assert said in read(owner.get(DATA).content.decode()).text
    assert "Still not: Not so:" in owner.post(url(waiting), {"value-placed_at": "soon"}, follow=True).content.decode()
    file = b"".join(owner.get(DATA, {"csv": 1}).streaming_content).decode()
    assert ",1970-01-01 is before 1990" in file, "a file says what is stored"


def test_a_mended_row_is_taken_over(owner: Client, waiting: QuarantinedRow) -> None:
    answer = owner.post(url(waiting), {"value-placed_at": "2026-03-02"}, follow=True)
    assert "The row “BAD” is taken over." in answer.content.decode()
    assert Order.objects.get().counts
    assert "mended" in owner.get(url(waiting)).content.decode()
    assert "Take the row over" not in owner.get(url(waiting)).content.decode()


def test_what_is_still_wrong_is_said_at_once(owner: Client, waiting: QuarantinedRow) -> None:
    answer = owner.post(url(waiting), {"value-placed_at": "soon"}, follow=True)
    assert "Still not: " in answer.content.decode()
    assert "soon" in answer.content.decode(), "the entry of the new reason has what was tried"
    assert not Order.objects.exists()


def test_rows_are_tried_again_together(owner: Client, waiting: QuarantinedRow, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.Order.objects.update(placed_at=timezone.now())
    monkeypatch.setattr(import_module("insights.panel.pages.quarantine"), "MOST", 1)
    answer = owner.post(REPLAY, {"rule": "impossible_date"}, follow=True)
    assert "1 of 1 row is good now." in answer.content.decode()
    assert Order.objects.exists()
    answer = owner.post(REPLAY, follow=True)
    assert "1 of 1 row is good now." in answer.content.decode(), "the line, which waited for the order"
    assert not QuarantinedRow.objects.filter(resolved_at=None).exists()


def test_how_many_are_left_is_said(owner: Client, waiting: QuarantinedRow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("insights.panel.pages.quarantine"), "MOST", 1)
    answer = owner.post(REPLAY, follow=True)
    assert "0 of 1 row is good now. Not tried yet: 1." in answer.content.decode()


def test_to_mend_is_a_right_of_its_own(clerk: Callable[..., Client], waiting: QuarantinedRow) -> None:
    reader = clerk("view_insights", name="reader")
    page = reader.get(url(waiting)).content.decode()
    assert "1970-01-01 00" not in page
    assert "The values are for those who may see personal data." in page
    assert "Try all again" not in reader.get(DATA).content.decode()
    assert reader.post(url(waiting), {"value-placed_at": "2026-03-02"}).status_code == 403
    assert reader.post(REPLAY).status_code == 403
    blind = clerk("view_insights", "mend_rows", name="blind")
    assert blind.post(url(waiting), {"value-placed_at": "2026-03-02"}).status_code == 403
    assert blind.post(REPLAY).status_code == 302
    assert blind.get(REPLAY).status_code == 403
    seer = clerk("view_insights", "see_personal_data", name="seer")
    assert "1970-01-01 00" in seer.get(url(waiting)).content.decode()
    assert "Take the row over" not in seer.get(url(waiting)).content.decode()
    assert not Order.objects.exists()


def test_nobody_else_sees_anything(client: Client, waiting: QuarantinedRow) -> None:
    assert client.get(url(waiting)).status_code == 302
    assert client.post(REPLAY).status_code == 302
