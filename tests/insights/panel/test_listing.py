from __future__ import annotations

import pytest

from insights.models import Customer, CustomerState
from insights.panel.listing import GOOD, SORTS, Filter, find, generation, states

pytestmark = pytest.mark.django_db


def test_read__leaves_out_what_is_unknown() -> None:
    chosen = Filter.read(
        {"segment": "nonsense", "churn_band": "high", "cluster": "1; DROP", "sort": "password", "q": "  tom  "}
    )
    assert chosen == Filter(text="tom", churn_band="high")
    assert not Filter.read({}).narrows
    assert chosen.narrows


def test_parameters__go_there_and_back() -> None:
    chosen = Filter("tom", "champions", "high_value", "high", "good", "2", "-worth")
    assert Filter.read(chosen.parameters()) == chosen
    assert chosen.parameters(segment="")["segment"] == ""


@pytest.mark.parametrize("sort", [name for key in SORTS for name in (key, f"-{key}")])
def test_find__sorts_with_the_unknown_last(world: None, sort: str) -> None:
    Customer.objects.create(external_id="new")
    column = SORTS[sort.removeprefix("-")]
    values = [row[column] for row in find(Filter(sort=sort), personal=True).values(column)]
    known = [value for value in values if value is not None]
    assert values[: len(known)] == known
    assert known == sorted(known, reverse=sort.startswith("-"))


def test_find__by_number_for_all_and_by_name_for_some(world: None) -> None:
    someone = Customer.objects.exclude(name="").order_by("pk")[0]
    assert someone in find(Filter(text=someone.external_id[:4]), personal=False)
    assert someone in find(Filter(text=someone.name[1:4].upper()), personal=True)
    assert someone in find(Filter(text=someone.email.upper()), personal=True)
    assert not find(Filter(text=someone.name), personal=False).exists()


def test_find__has_neither_staff_nor_the_merged(world: None) -> None:
    one, other, *_ = Customer.objects.order_by("pk")
    Customer.objects.filter(pk=one.pk).update(is_real=False)
    Customer.objects.filter(pk=other.pk).update(merged_into=one)
    found = set(find(Filter(), personal=True))
    assert not {one, other} & found
    assert not states().filter(customer__in=[one, other]).exists()


def test_find__by_the_old_name_of_somebody_who_was_merged(world: None) -> None:
    someone = Customer.objects.order_by("pk")[0]
    Customer.objects.create(external_id="old-7", email="old@example.com", merged_into=someone)
    assert list(find(Filter(text="old-"), personal=False)) == [someone]
    assert list(find(Filter(text="old@"), personal=True)) == [someone]
    assert not find(Filter(text="old@"), personal=False).exists()


def test_find__good_is_top_or_high(world: None) -> None:
    wanted = states().filter(value_band__in=GOOD).values_list("customer", flat=True)
    assert set(find(Filter(value_band="good"), personal=True).values_list("pk", flat=True)) == set(wanted)


def test_find__sees_the_served_training_only(world: None) -> None:
    served = generation()
    state = CustomerState.objects.filter(generation=served, segment="champions")[0]
    assert state.customer in find(Filter(segment="champions"), personal=True)
    state.segment = "lost"
    state.save()
    assert state.customer not in find(Filter(segment="champions"), personal=True)
