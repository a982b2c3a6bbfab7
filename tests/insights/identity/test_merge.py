from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.exceptions import MergeError
from insights.identity import OWNED, first_orders, merge, merge_many, unmerge
from insights.models import Customer, CustomerState, DuplicatePair, Event, Merge, MergeHow, Order, Score
from tests.conftest import examples
from tests.insights.identity.people import Two, everything, join, outfit, person

pytestmark = pytest.mark.django_db


def test_every_table_with_a_customer_follows_or_stays_on_purpose() -> None:
    stay = {CustomerState, Score, Merge, DuplicatePair, Customer}
    there = {
        model
        for model in apps.get_app_config("insights").get_models()
        if any(field.related_model is Customer for field in model._meta.concrete_fields)
    }
    assert there == {*OWNED} | stay


def test_all_moves_and_comes_back(two: Two) -> None:
    ada, ben = two
    before = everything()
    made = join(ada, ben)
    for model in OWNED:
        rows = model._default_manager.all()
        assert rows.count() in (2, 4)
        assert {row.customer_id for row in rows} == {ben.pk}  # type: ignore[attr-defined]
    ada.refresh_from_db()
    ben.refresh_from_db()
    assert (ada.merged_into, ada.first_order_date) == (ben, None)
    assert ben.first_order_date == Order.objects.earliest("local_date").local_date
    assert (made.by, made.how, made.undone_at) == ("maya", "hand", None)

    unmerge(made, by="kim")
    assert everything() == before
    made.refresh_from_db()
    assert made.undone_by == "kim"
    assert made.undone_at is not None
    unmerge(made, by="lee")
    made.refresh_from_db()
    assert made.undone_by == "kim", "a second time it does nothing"


def test_who_is_one_already_is_not_joined_again(two: Two) -> None:
    ada, ben = two
    join(ada, ben)
    for pair in ((ada, ben), (ben, ada), (ada, ada)):
        assert merge(*pair, how=MergeHow.HAND) is None
    assert Merge.objects.count() == 1


def test_a_chain_ends_with_who_they_are_now(two: Two) -> None:
    ada, ben = two
    cleo, dan = person("cleo"), person("dan")
    join(ada, ben)
    join(cleo, dan)
    join(ada, cleo)  # ada is ben, and cleo is dan
    assert set(Customer.objects.exclude(pk=dan.pk).values_list("merged_into", flat=True)) == {dan.pk}
    assert set(Order.objects.values_list("customer", flat=True)) == {dan.pk}
    with pytest.raises(AssertionError):
        join(dan, ada)


def test_staff_and_customers_are_not_one(two: Two) -> None:
    ada, _ = two
    clerk = person("clerk", is_staff=True, is_real=False)
    with pytest.raises(MergeError, match="staff"):
        merge(clerk, ada, how=MergeHow.HAND)


def test_who_has_gone_meanwhile_is_left_out(two: Two) -> None:
    ada, ben = two
    pair = (ada.pk, ben.pk)
    ben.delete()
    assert merge_many([pair], how=MergeHow.GUEST) == []
    assert merge_many([], how=MergeHow.GUEST) == []


_ACTS = st.lists(
    st.tuples(st.sampled_from(["merge", "merge", "unmerge"]), st.integers(0, 3), st.integers(0, 3)), max_size=12
)


@given(acts=_ACTS, order_of_undoing=st.randoms(use_true_random=False))
@hypothesis_settings(
    max_examples=examples(30),
    deadline=None,
    phases=(Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_undone_in_any_order_every_row_is_where_it_began(
    acts: list[tuple[str, int, int]], order_of_undoing: Any
) -> None:
    for model in (*OWNED, Event, Merge, Customer):
        model._default_manager.all().delete()
    people = [person(key) for key in ("ada", "ben", "cleo", "dan")]
    for customer in people:
        outfit(customer)
    first_orders([customer.pk for customer in people])
    before = everything()
    for act, one, other in acts:
        if act == "merge":
            merge(people[one], people[other], how=MergeHow.HAND)
        elif standing := list(Merge.objects.standing().order_by("pk")):
            unmerge(standing[one % len(standing)])
        _holds(before)
    left = list(Merge.objects.standing())
    order_of_undoing.shuffle(left)
    for made in left:
        unmerge(made)
        _holds(before)
    assert everything() == before


def _holds(before: dict[str, Any]) -> None:
    """No row is lost or doubled, each belongs to somebody who is nobody else, and is remembered by one merge at most."""
    now = everything()
    roots = {pk for pk, merged, _ in now["people"] if merged is None}
    assert {merged for _, merged, _ in now["people"]} - {None} <= roots
    for model in OWNED:
        name = str(model._meta.model_name)
        assert len(now[name]) == len(before[name])
        assert set(model._default_manager.values_list("customer", flat=True)) <= roots
        remembered = [pk for merge in Merge.objects.standing() for pk in merge.moved.get(name, ())]
        assert len(remembered) == len(set(remembered))
    for pk, _, first in now["people"]:
        own = Order.objects.filter(customer=pk, counts=True).order_by("local_date").first()
        assert first == (own.local_date if own else None)
