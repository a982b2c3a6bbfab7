"""Who looked: which pages leave a line, and how the lines are found again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from insights.models import AccessRecord, Act, Customer, InboxBatch, QuarantinedRow
from tests.insights.panel.html import faults, read

pytestmark = pytest.mark.django_db
PANEL = "/admin/insights/"
URL = f"{PANEL}privacy/access-log/"


def lines() -> list[tuple[str, str, str]]:
    return list(AccessRecord.objects.order_by("pk").values_list("act", "subject", "place"))


def drained(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.fixture
def both(world: None, clerk: Callable[..., Client]) -> tuple[Client, Client]:
    """One who sees names, and one who does not."""
    return clerk("view_insights", "see_personal_data", name="sees"), clerk("view_insights", name="blind")


def test_a_person_is_a_line_whoever_looks(both: tuple[Client, Client]) -> None:
    ann = Customer.objects.order_by("pk")[0]
    for client in (*both, *both):
        assert client.get(f"{PANEL}customers/{ann.external_id}/").status_code == 200
    assert lines() == [("viewed_customer", f"customer:{ann.pk}", "customer")] * 2


def test_a_list_is_a_line_where_names_are_shown(both: tuple[Client, Client]) -> None:
    for client in both:
        client.get(f"{PANEL}customers/")
        client.get(PANEL)
    assert lines() == [("listed_customers", "", "customers"), ("listed_customers", "", "overview")]
    assert AccessRecord.objects.get(place="customers").rows == min(
        50, Customer.objects.filter(is_real=True, merged_into=None).count()
    )


def test_each_file_is_a_line(both: tuple[Client, Client]) -> None:
    sees, blind = both
    drained(sees.get(f"{PANEL}customers/", {"csv": 1}))
    drained(blind.get(f"{PANEL}customers/", {"csv": 1}))
    drained(sees.get(f"{PANEL}data/", {"csv": 1}))
    drained(blind.get(f"{PANEL}data/", {"csv": 1}))
    assert lines() == [("exported_csv", "", "customers")] * 2 + [("exported_csv", "", "data")]


def test_a_persons_archive_is_a_line(both: tuple[Client, Client]) -> None:
    ann = Customer.objects.order_by("pk")[0]
    for client in both:
        client.get(f"{PANEL}customers/{ann.external_id}/", {"format": "json"})
    assert [act for act, *_ in lines()] == ["exported_person", "viewed_customer"]


def test_raw_rows_are_lines(both: tuple[Client, Client], owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    row = QuarantinedRow.objects.filter(kind="orders")[0]
    QuarantinedRow.objects.filter(pk=row.pk).update(row={"id": "1", "placed_at": "?", "email": "ann@example.com"})
    for client in both:
        client.get(f"{PANEL}data/quarantine/{row.pk}/")
    assert lines() == [("viewed_raw_row", f"row:{row.pk}", "quarantined")]
    for good in (False, True):
        monkeypatch.setattr("insights.panel.pages.quarantine.mend", lambda *_, good=good: good)
        owner.post(f"{PANEL}data/quarantine/{row.pk}/", {"value-id": "1"})
    assert lines()[1:] == [("mended_row", f"row:{row.pk}", "quarantined")]


def test_live_is_a_line_where_a_customer_is_shown(both: tuple[Client, Client]) -> None:
    event = {"id": "019ab0c5-7a3e-7c11-9d3f-0a1b2c3d4e5f", "name": "page_view", "at": 0, "params": {}}
    body = json.dumps({"events": [event]}).encode()
    batch = InboxBatch.objects.create(received_at=timezone.now(), mode="full", body=body)
    for client in both:
        client.get(f"{PANEL}data/live/")
    assert lines() == []
    InboxBatch.objects.filter(pk=batch.pk).update(customer_key="c-1")
    for client in (*both, *both):
        client.get(f"{PANEL}data/live/")
        client.get(f"{PANEL}data/live/feed/")
    assert lines() == [("viewed_raw_row", "", "live")]


def test_the_api_is_no_way_around(both: tuple[Client, Client]) -> None:
    ann = Customer.objects.order_by("pk")[0]
    query = {"metrics": ["revenue"], "dimensions": ["customer"], "limit": 3}
    for client in both:
        assert client.get(f"/insights/api/customers/{ann.external_id}/").status_code == 200
        assert client.post("/insights/api/query/", query, content_type="application/json").status_code == 200
        client.post("/insights/api/query/", {"metrics": ["revenue"]}, content_type="application/json")
    viewed = ("viewed_customer", f"customer:{ann.pk}", "api: customers/")
    assert lines() == [viewed, ("listed_customers", "", "api: query/"), viewed]


@pytest.fixture
def log(bare: None) -> Customer:
    ann = Customer.objects.create(external_id="c-ann-1", name="Ann Lee")
    now = timezone.now()
    said = [
        ("maya", Act.VIEWED_CUSTOMER, f"customer:{ann.pk}", "customer"),
        ("wei", Act.VIEWED_CUSTOMER, "customer:999999", "customer"),
        ("command line: root", Act.FORGOT_PERSON, "", "insights_forget"),
        ("wei", Act.VIEWED_RAW_ROW, "row:7", "quarantined"),
    ]
    for place, (name, act, subject, where) in enumerate(said):
        AccessRecord.objects.create(
            at=now - timedelta(hours=9 - place), user_name=name, act=act, subject=subject, place=where
        )
    return ann


def found(client: Client, **wanted: str) -> list[str]:
    text = client.get(URL, wanted).content.decode()
    assert faults(text) == []
    cells = [line.children for line in read(text).every("tr") if line.every("td")]
    return [f"{who.text} | {act.own.strip()} | {about.text}" for _when, who, act, about, *_ in cells]


def test_the_log_is_found_by_person_user_and_act(owner: Client, log: Customer) -> None:
    maya = "maya | Looked at a customer | c-ann-1"
    assert found(owner) == [
        "wei | Looked at raw rows | Row 7",
        "command line: root | Had a person forgotten | –",
        "wei | Looked at a customer | a customer who is gone",
        maya,
    ]
    assert found(owner, person="c-ann-1") == [maya]
    assert found(owner, user="MAYA") == [maya]
    assert len(found(owner, act="viewed_customer")) == 2
    assert found(owner, act="no such") == found(owner)
    assert found(owner, user="maya", act="forgot_person") == []
    assert "Nothing matches" in owner.get(URL, {"person": "nobody"}).content.decode()
    assert "Ann Lee" not in owner.get(URL).content.decode()


def test_the_log_is_a_file_and_the_file_is_a_line(owner: Client, log: Customer) -> None:
    rows = list(csv.DictReader(io.StringIO(drained(owner.get(URL, {"csv": 1, "user": "wei"})))))
    assert [row["act"] for row in rows] == ["viewed_raw_row", "viewed_customer"]
    last = AccessRecord.objects.order_by("-pk")[0]
    assert (last.act, last.place, last.rows) == ("exported_csv", "access_log", 2)


def test_a_long_log_is_turned_over(owner: Client, bare: None) -> None:
    assert "Nobody has looked yet" in owner.get(URL).content.decode()
    now = timezone.now()
    AccessRecord.objects.bulk_create(
        AccessRecord(at=now, act=Act.EXPORTED_CSV, user_name=f"u{number}", place="customers") for number in range(60)
    )
    first = owner.get(URL).content.decode()
    assert "u59" in first
    assert "u9<" not in first
    (earlier,) = [link for link in read(first).every("a") if link.attributes.get("rel") == "next"]
    second = owner.get(URL + earlier.attributes["href"].removeprefix(URL)).content.decode()
    assert "u9<" in second
    assert "u10<" not in second
    assert "Latest" in second
    assert User.objects.count() == 1
