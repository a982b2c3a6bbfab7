from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from insights.assistant.actions import Asker
from insights.assistant.people import find_customers, recommend, resolve, why_did_it_change
from insights.exceptions import QueryError
from insights.models import Customer, CustomerState, Order, Product
from tests.insights.panel import data

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker() -> Asker:
    data.shop(30)
    data.trained()
    return Asker(None, timezone.localdate())


def test_resolve__names_and_addresses_are_for_those_who_may_see_them(asker: Asker) -> None:
    person = Customer.objects.order_by("pk")[0]
    for name in (person.external_id, f" {person.external_id} ", person.name.upper(), person.email):
        assert (
            resolve(asker, name) == Customer.objects.filter(name__iexact=person.name).first()
            or resolve(asker, name) == person
        )
    clerk = Asker(User.objects.create(username="clerk"), asker.today)
    assert resolve(clerk, person.external_id) == person
    assert resolve(clerk, person.name) is None
    assert resolve(clerk, person.email) is None
    assert clerk.user.user_permissions.add(Permission.objects.get(codename="see_personal_data")) is None
    assert resolve(Asker(User.objects.get(pk=clerk.user.pk), asker.today), person.email) == person


def test_recommend__for_a_customer_and_beside_a_product(asker: Asker) -> None:
    person = Order.objects.filter(counts=True, customer__isnull=False)[0].customer
    assert person is not None
    answer = recommend(asker, person.external_id, None, "for_you", 3)
    assert 0 < len(answer.rows) <= 3
    assert all(Product.objects.filter(external_id=row[0], name=row[1]).exists() for row in answer.rows)
    assert all(row[3] for row in answer.rows)
    item = Product.objects.filter(is_real=True)[0]
    beside = recommend(asker, None, item.name.upper(), "similar", 3)
    assert item.external_id not in [row[0] for row in beside.rows]
    assert recommend(asker, "nobody", None, "for_you", 3).kind == "refusal"
    assert recommend(asker, None, "Unicorn", "similar", 3).kind == "refusal"
    assert len(recommend(asker, None, None, "trending", 10**9).rows) <= 50


def test_recommend__an_empty_shop_has_nothing_to_suggest() -> None:
    answer = recommend(Asker(None, date(2026, 1, 1)), None, None, "trending", 3)
    assert (answer.kind, answer.rows) == ("recommendation", [])


def test_why_did_it_change__names_the_strongest_parts(asker: Asker) -> None:
    days = {"start": (asker.today.replace(day=1)).isoformat(), "end": asker.today.isoformat()}
    if days["start"] == days["end"]:
        days["start"] = data.at(asker.today).date().replace(day=1).isoformat()
        days["end"] = asker.today.replace(day=2).isoformat()
    answer = why_did_it_change(asker, "revenue", days, "previous_period")
    assert answer.kind == "explanation"
    for row in answer.rows:
        assert row[4] == row[2] - row[3]
    sizes = [abs(row[4]) for row in answer.rows]
    assert sizes == sorted(sizes, reverse=True)
    with pytest.raises(QueryError, match="revenue"):
        why_did_it_change(asker, "revenu", days, "previous_period")


def test_find_customers__needs_scores_for_what_models_say(asker: Asker) -> None:
    CustomerState.objects.all().delete()
    assert "Train the models" in find_customers(asker, [], "churn_probability", 5, False).text
    assert find_customers(asker, [], "spend", 5, False).kind == "customers"
    least = find_customers(asker, [], "orders", 3, False, ascending=True).rows
    most = find_customers(asker, [], "orders", 3, False).rows
    assert least[0][1] <= most[-1][1]
    by = find_customers(asker, [], "spend", 5, False, by="country")
    assert sum(row[1] for row in by.rows) == Customer.objects.count()


def test_resolve__who_was_merged_is_who_they_are_now(asker: Asker) -> None:
    person = Customer.objects.order_by("pk")[0]
    Customer.objects.create(external_id="old", merged_into=person)
    assert resolve(asker, "old") == person
