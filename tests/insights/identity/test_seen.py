"""What the rest sees after a merge: one person, whatever they are asked by."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from insights.analytics import CustomerFilter, Query, run
from insights.models import Customer, CustomerState, Publication, Run
from insights.serving.lookup import find_customer
from tests.insights.identity.people import Two, join

pytestmark = pytest.mark.django_db


def test_figures_and_lists_have_one_person(two: Two) -> None:
    ada, ben = two
    generation = Run.objects.create(kind="training")
    for customer in two:
        CustomerState.objects.create(
            generation=generation, customer=customer, as_of=timezone.now(), segment="champions"
        )
    Publication.objects.create(slot="customer_state", generation=generation)
    before = run(Query(metrics=["revenue", "orders", "customers"])).totals
    assert set(CustomerFilter().queryset(None)) == {ada, ben}
    join(ada, ben)
    after = run(Query(metrics=["revenue", "orders", "customers"])).totals
    assert after == before | {"customers": 1}
    assert list(CustomerFilter().queryset(None)) == [ben]
    assert find_customer("ada") == ben


def test_a_chain_is_one_step_for_those_who_read(two: Two) -> None:
    ada, ben = two
    cleo = Customer.objects.create(external_id="cleo", joined_at=timezone.now() - timedelta(days=9))
    join(ada, ben)
    join(ben, cleo)
    assert find_customer("ada") == find_customer("ben") == cleo
