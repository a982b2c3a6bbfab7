from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from insights.models import AccessRecord, Act, Customer, Erasure, Order
from tests.insights.identity.people import order, person
from tests.insights.panel.html import faults, read

pytestmark = pytest.mark.django_db
HOME = "/admin/insights/privacy/"


@pytest.fixture
def ada(bare: None) -> Customer:
    ada = person("1001", name="Ada Lovelace", email="ada@example.com")
    person("guest:77", name="A. Lovelace", email="ada@example.com", is_guest=True)
    order(ada, "a", days=1)
    return ada


def ask(customer: Customer) -> str:
    return f"{HOME}forget/{customer.pk}/"


def words(answer: Any) -> str:
    return " ".join(read(answer.content.decode()).text.split())


def test_the_question_says_what_goes_and_what_stays(owner: Client, ada: Customer) -> None:
    page = owner.get("/admin/insights/customers/1001/")
    assert ask(ada) in page.content.decode()
    answer = owner.get(ask(ada))
    assert faults(answer.content.decode()) == []
    said = words(answer)
    assert "Forget Ada Lovelace?" in said
    assert "1 other entry is the same person, and goes too." in said
    assert "Customers 2" in said
    assert "Orders 1" in said
    assert not Erasure.objects.exists()
    assert AccessRecord.objects.get(place="forget").subject == f"customer:{ada.pk}"


def test_forgotten_for_good_with_a_receipt_that_names_nobody(owner: Client, ada: Customer) -> None:
    answer = owner.post(f"{ask(ada)}now/", {"sure": "yes"}, follow=True)
    assert faults(answer.content.decode()) == []
    erasure = Erasure.objects.get()
    assert answer.redirect_chain[-1][0] == f"{HOME}receipts/{erasure.uid}/"
    said = words(answer)
    assert "A person was forgotten" in said
    assert "Customers 2" in said
    assert "Lovelace" not in said
    assert "ada@" not in said
    assert not Customer.objects.exists()
    assert Order.objects.get().customer is None
    assert AccessRecord.objects.filter(act=Act.FORGOT_PERSON, place="forget", user_name="maya").count() == 1
    assert f"receipts/{erasure.uid}/" in owner.get(HOME).content.decode()
    download = owner.get(f"{HOME}receipts/{erasure.uid}/", {"format": "json"})
    assert download.json()["deleted"]["customer"] == 2
    assert "attachment" in download["Content-Disposition"]


def test_a_receipt_says_what_is_not_finished(owner: Client, ada: Customer) -> None:
    owner.post(f"{ask(ada)}now/", {"sure": "yes"})
    erasure = Erasure.objects.get()
    url = f"{HOME}receipts/{erasure.uid}/"
    assert "was cut off" not in words(owner.get(url))
    Erasure.objects.update(finished_at=None)
    assert "was cut off" in words(owner.get(url))


@pytest.mark.parametrize("sent", [{}, {"sure": "no"}])
def test_without_the_tick_nothing_is_done(owner: Client, ada: Customer, sent: dict[str, str]) -> None:
    assert owner.post(f"{ask(ada)}now/", sent)["Location"] == ask(ada)
    assert Customer.objects.count() == 2
    assert owner.get(f"{ask(ada)}now/").status_code == 403


def test_it_is_for_those_who_may(clerk: Callable[..., Client], ada: Customer) -> None:
    other = clerk("view_insights", "see_personal_data")
    assert other.get(ask(ada)).status_code == 403
    assert other.post(f"{ask(ada)}now/", {"sure": "yes"}).status_code == 403
    assert "Forget this person" not in other.get("/admin/insights/customers/1001/").content.decode()
    erasure = Erasure.objects.create(erased_at="2026-01-01T00:00Z", receipt={})
    assert other.get(f"{HOME}receipts/{erasure.uid}/").status_code == 403
    assert str(erasure.uid) not in other.get(HOME).content.decode()
    may = clerk("view_insights", "forget_people", name="may")
    said = words(may.get(ask(ada)))
    assert "Lovelace" not in said
    assert "Forget" in said


def test_who_is_not_there_is_not_found(owner: Client, bare: None) -> None:
    assert owner.get(f"{HOME}forget/99/").status_code == 404
    assert owner.post(f"{HOME}forget/99/now/", {"sure": "yes"}).status_code == 404
