"""Who looked is written down once, at next to no cost, and never in the way."""

from __future__ import annotations

import getpass
import logging
import time
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from insights.assistant import ask
from insights.models import AccessRecord, Act, Customer
from insights.privacy import audit, find_subject, forget, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create(username="maya")


@pytest.fixture
def ann() -> Customer:
    return Customer.objects.create(external_id="c-ann-1", name="Ann Lee", email="ann@example.com")


def said() -> list[tuple[str, str, str, int, str]]:
    return list(AccessRecord.objects.order_by("pk").values_list("user_name", "act", "subject", "rows", "place"))


def test_record__looking_again_is_one_looking(user: User, ann: Customer) -> None:
    for _ in range(3):
        record(Act.VIEWED_CUSTOMER, user, "customer", about=ann)
    assert said() == [("maya", "viewed_customer", f"customer:{ann.pk}", 1, "customer")]
    assert AccessRecord.objects.get().user_key == str(user.pk)


def test_record__ten_minutes_later_it_is_another(user: User, ann: Customer) -> None:
    record(Act.VIEWED_CUSTOMER, user, "customer", about=ann)
    AccessRecord.objects.update(at=AccessRecord.objects.get().at - audit.WINDOW - timedelta(seconds=1))
    record(Act.VIEWED_CUSTOMER, user, "customer", about=ann)
    assert len(said()) == 2


def test_record__somebody_else_somewhere_else_and_somebody_else_yet(user: User, ann: Customer) -> None:
    bob = Customer.objects.create(external_id="bob")
    other = User.objects.create(username="li")
    for who, about, place in (
        (user, ann, "customer"),
        (user, bob, "customer"),
        (other, ann, "customer"),
        (user, ann, "ask"),
    ):
        record(Act.VIEWED_CUSTOMER, who, place, about=about)
    assert len(said()) == 4


def test_record__people_of_lists_add_up_and_none_is_nothing(user: User) -> None:
    record(Act.LISTED_CUSTOMERS, user, "customers", rows=50)
    record(Act.LISTED_CUSTOMERS, user, "customers", rows=12)
    record(Act.LISTED_CUSTOMERS, user, "overview", rows=0)
    assert said() == [("maya", "listed_customers", "", 62, "customers")]


def test_record__each_file_is_one(user: User) -> None:
    record(Act.EXPORTED_CSV, user, "customers", rows=3)
    record(Act.EXPORTED_CSV, user, "customers", rows=3)
    assert [row[3] for row in said()] == [3, 3]


def test_record__on_the_command_line_it_is_the_account_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    record(Act.FORGOT_PERSON, None, "insights_forget")

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1000")

    monkeypatch.setattr(getpass, "getuser", nobody)
    record(Act.FORGOT_PERSON, None, "insights_forget")
    assert [row[0] for row in said()][1] == "command line"
    assert said()[0][0].startswith("command line: ")


def test_record__what_fails_is_logged_and_breaks_nothing(
    user: User, ann: Customer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(**_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM insights_accessrecord")

    monkeypatch.setattr(AccessRecord.objects, "create", fails)
    with caplog.at_level(logging.ERROR), transaction.atomic():
        record(Act.VIEWED_CUSTOMER, user, "customer", about=ann)
        assert Customer.objects.count() == 1, "the transaction of the page goes on"
    assert "viewed_customer" in caplog.text
    assert "maya" not in caplog.text
    assert "ann" not in caplog.text


def test_record__a_locked_database_is_no_error_of_the_page(
    user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(*_: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(audit, "_write", locked)
    record(Act.EXPORTED_CSV, user, "customers", rows=3)
    assert "OperationalError" in caplog.text


def test_record__costs_two_statements_and_no_time(user: User, ann: Customer) -> None:
    with CaptureQueriesContext(connection) as queries:
        record(Act.VIEWED_CUSTOMER, user, "customer", about=ann)
    assert len([query for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]) == 2
    started = time.perf_counter()
    for _ in range(50):
        record(Act.VIEWED_CUSTOMER, user, "customer", about=ann)
    assert (time.perf_counter() - started) / 50 < 0.05, "a generous bound, for machines that are busy"


def test_forget__the_log_keeps_only_that_it_happened(user: User, ann: Customer) -> None:
    record(Act.VIEWED_CUSTOMER, user, "customer", about=ann)
    forget(find_subject("c-ann-1"))
    assert said() == [("maya", "viewed_customer", "", 1, "customer")]


def test_commands__leave_a_line(ann: Customer) -> None:
    key = f"customer:{ann.pk}"
    call_command("insights_export_person", "c-ann-1", stdout=StringIO())
    assert said()[0][1:] == ("exported_person", key, 1, "insights_export_person")
    call_command("insights_forget", "c-ann-1", "--yes", stdout=StringIO())
    assert [row[1:3] for row in said()] == [("exported_person", ""), ("forgot_person", "")]


def test_assistant__people_in_an_answer(ann: Customer) -> None:
    sees = User.objects.create(username="sees", is_staff=True)
    sees.user_permissions.set(Permission.objects.filter(codename__in=["ask_insights", "see_personal_data"]))
    blind = User.objects.create(username="blind", is_staff=True)
    blind.user_permissions.set(Permission.objects.filter(codename="ask_insights"))
    Customer.objects.filter(pk=ann.pk).update(external_id="c123")
    for who in (sees, blind):
        user = User.objects.get(pk=who.pk)
        ask("Tell me about customer c123", user=user)
        ask("Which customers never ordered?", user=user)
        ask("Revenue last month", user=user)
    about = ("asked_about_person", f"customer:{ann.pk}", 1, "ask")
    assert said() == [("sees", *about), ("sees", "asked_about_person", "", 1, "ask"), ("blind", *about)]
