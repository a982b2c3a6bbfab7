from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone

from insights import formats, vocabulary
from insights.assistant.actions import Asker
from insights.assistant.person import describe_customer, explain_prediction
from insights.models import Customer, CustomerState, Order, Refund
from tests.insights.panel import data

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker() -> Asker:
    data.shop(30)
    data.trained()
    return Asker(None, timezone.localdate())


def test_describe_customer__tells_what_the_tables_say(asker: Asker) -> None:
    state = CustomerState.objects.current().exclude(segment="").select_related("customer")[0]
    person = state.customer
    answer = describe_customer(asker, person.external_id)
    orders = Order.objects.filter(customer=person, counts=True)
    paid = Decimal(orders.aggregate(sum=Sum("base_total"))["sum"])
    back = Decimal(
        Refund.objects.filter(order__customer=person, counts=True).aggregate(sum=Sum("base_amount"))["sum"] or 0
    )
    facts = dict(answer.rows)
    assert facts["Orders"] == str(orders.count())
    assert facts["Spend"] == formats.money(paid - back)
    assert facts["Segment"] == vocabulary.label("segment", state.segment)
    assert person.external_id in answer.text
    assert formats.money(paid - back) in answer.text
    assert person.name not in str(answer.as_dict())
    assert person.email not in str(answer.as_dict())


def test_describe_customer__says_so_where_nothing_was_bought(asker: Asker) -> None:
    Customer.objects.create(external_id="idle")
    assert "has not ordered yet" in describe_customer(asker, "idle").text
    unknown = describe_customer(asker, "nobody")
    assert (unknown.kind, unknown.rows) == ("refusal", [])


@pytest.mark.parametrize("what", ["churn", "purchase"])
def test_explain_prediction__gives_the_reasons_that_were_kept(asker: Asker, what: str) -> None:
    state = CustomerState.objects.current().select_related("customer").order_by("-churn_probability")[0]
    answer = explain_prediction(asker, state.customer.external_id, what)
    reasons = state.churn_reasons if what == "churn" else state.purchase_reasons
    assert answer.kind == "explanation"
    assert [row[-1] for row in answer.rows] == [reason["contribution"] for reason in reasons]
    chance = state.churn_probability if what == "churn" else state.purchase_probability
    assert formats.chance(chance) in answer.text


def test_explain_prediction__a_segment_is_explained_by_its_scores(asker: Asker) -> None:
    state = CustomerState.objects.current().exclude(segment="").select_related("customer")[0]
    answer = explain_prediction(asker, state.customer.external_id, "segment")
    assert vocabulary.label("segment", state.segment) in answer.text
    assert f"{state.frequency} orders ({state.f} of 5)" in answer.text


def test_explain_prediction__without_scores_it_says_what_is_missing(asker: Asker) -> None:
    person = Customer.objects.create(external_id="fresh")
    assert "not enough history" in explain_prediction(asker, "fresh", "churn").text
    CustomerState.objects.current().update(churn_probability=None, segment="")
    other = CustomerState.objects.current()[0].customer.external_id
    assert explain_prediction(asker, other, "churn").kind == "refusal"
    assert explain_prediction(asker, other, "segment").kind == "refusal"
    CustomerState.objects.all().delete()
    assert "Train the models" in explain_prediction(asker, person.external_id, "churn").text
    assert explain_prediction(asker, "nobody", "churn").kind == "refusal"
