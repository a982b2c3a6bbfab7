from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.cleaning import redraw_visits
from insights.exceptions import MergeError
from insights.identity import OWNED, first_orders, merge, merge_many, part_from, parted, unmerge
from insights.models import (
    Customer,
    CustomerState,
    DuplicatePair,
    Event,
    IdentityLink,
    Merge,
    MergeHow,
    Order,
    PairState,
    Score,
    Visit,
    Visitor,
)
from tests.insights.identity.people import browse, everything, order, outfit, person

pytestmark = pytest.mark.django_db


def join(source: Customer, target: Customer, by: str = "maya") -> Merge:
    made = merge(source, target, how=MergeHow.HAND, by=by)
    assert made is not None
    return made


@pytest.fixture
def two() -> tuple[Customer, Customer]:
    ada, ben = person("ada"), person("ben")
    for customer in (ada, ben):
        outfit(customer)
    first_orders([ada.pk, ben.pk])
    return ada, ben


def test_every_table_with_a_customer_follows_or_stays_on_purpose() -> None:
    stay = {CustomerState, Score, Merge, DuplicatePair, Customer}
    there = {
        model
        for model in apps.get_app_config("insights").get_models()
        if any(field.related_model is Customer for field in model._meta.concrete_fields)
    }
    assert there == {*OWNED} | stay


def test_all_moves_and_comes_back(two: tuple[Customer, Customer]) -> None:
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


def test_who_is_one_already_is_not_joined_again(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    join(ada, ben)
    for pair in ((ada, ben), (ben, ada), (ada, ada)):
        assert merge(*pair, how=MergeHow.HAND) is None
    assert Merge.objects.count() == 1


def test_a_chain_ends_with_who_they_are_now(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    cleo, dan = person("cleo"), person("dan")
    join(ada, ben)
    join(cleo, dan)
    join(ada, cleo)  # ada is ben, and cleo is dan
    assert set(Customer.objects.exclude(pk=dan.pk).values_list("merged_into", flat=True)) == {dan.pk}
    assert set(Order.objects.values_list("customer", flat=True)) == {dan.pk}
    with pytest.raises(AssertionError):
        join(dan, ada)


def test_staff_and_customers_are_not_one(two: tuple[Customer, Customer]) -> None:
    ada, _ = two
    clerk = person("clerk", is_staff=True, is_real=False)
    with pytest.raises(MergeError, match="staff"):
        merge(clerk, ada, how=MergeHow.HAND)


def test_who_has_gone_meanwhile_is_left_out(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    pair = (ada.pk, ben.pk)
    ben.delete()
    assert merge_many([pair], how=MergeHow.GUEST) == []
    assert merge_many([], how=MergeHow.GUEST) == []


def test_what_came_later_stays_unless_a_key_of_its_own_says_otherwise(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    made = join(ada, ben)
    later = order(ben, "later", days=20)
    hers = browse(Visitor.objects.get(key="browser of ada"), ben, minutes=5)
    his = browse(Visitor.objects.get(key="browser of ben"), ben, minutes=5)
    unmerge(made)
    for row in (later, hers, his):
        row.refresh_from_db()
    assert (later.customer, hers.customer, his.customer) == (ben, ada, ben)
    assert Visit.objects.get(session_key=hers.session_key).customer == ada


def test_what_was_taken_from_the_target_meanwhile_stays_away(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    made = join(ada, ben)
    cleo = person("cleo")
    Order.objects.filter(external_id="ada-1").update(customer=cleo)
    Order.objects.filter(external_id="ada-2").update(customer=None)
    unmerge(made)
    assert Order.objects.get(external_id="ada-1").customer == cleo
    assert Order.objects.get(external_id="ada-2").customer is None


def test_visits_survive_events_that_are_gone(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    made = join(ada, ben)
    Event.objects.all().delete()
    unmerge(made)
    assert sorted(Visit.objects.values_list("customer", flat=True)) == sorted([ada.pk, ben.pk])


def test_a_visit_that_was_drawn_anew_goes_back_too(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    before = everything()
    made = join(ada, ben)
    redraw_visits("shop", Event.objects.values_list("session_key", flat=True))
    unmerge(made)
    assert everything() == before


def test_undone_and_joined_elsewhere_each_keeps_its_own(two: tuple[Customer, Customer]) -> None:
    """What was handed on twice is remembered once: by the merge of the one it belongs to."""
    ada, ben = two
    cleo = person("cleo")
    first = join(ada, ben)
    second = join(ben, cleo)
    late = browse(Visitor.objects.get(key="browser of ada"), cleo, minutes=5)
    unmerge(first)
    late.refresh_from_db()
    assert late.customer == ada
    third = join(ada, cleo)
    unmerge(second)
    assert set(Order.objects.filter(external_id__startswith="ada").values_list("customer", flat=True)) == {cleo.pk}
    assert set(Order.objects.filter(external_id__startswith="ben").values_list("customer", flat=True)) == {ben.pk}
    late.refresh_from_db()
    assert late.customer == cleo
    unmerge(third)
    late.refresh_from_db()
    assert late.customer == ada


def test_who_goes_gives_back_what_was_others(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    cleo = person("cleo")
    join(ada, ben)
    join(cleo, ben)
    assert part_from([ben.pk]) == {ada.pk, cleo.pk}
    assert Order.objects.filter(customer=ada).count() == 2
    assert not DuplicatePair.objects.exists(), "nobody decided that"


def test_parted__holds_for_those_who_were_joined_with_either(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    cleo, dan = person("cleo"), person("dan")
    unmerge(join(ada, ben))
    assert parted([ada.pk]) == parted([ben.pk]) == {(ada.pk, ben.pk)}
    assert parted([cleo.pk]) == set()
    join(ada, cleo)
    join(ben, dan)
    assert parted([cleo.pk]) == {(cleo.pk, dan.pk)}


def test_unmerge__keeps_the_source_from_all_above(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    cleo = person("cleo")
    made = join(ada, ben)
    join(ben, cleo)
    unmerge(made, by="kim")
    rejected = DuplicatePair.objects.filter(state=PairState.REJECTED, decided_by="kim")
    assert set(rejected.values_list("first", "second")) == {(ada.pk, ben.pk), (ada.pk, cleo.pk)}


def test_the_orders_of_one_of_the_staff_are_judged_anew_after_parting(two: tuple[Customer, Customer]) -> None:
    ada, ben = two
    Order.objects.update(fingerprint=5)
    made = join(ada, ben)
    Customer.objects.filter(pk=ben.pk).update(is_staff=True, is_real=False)
    unmerge(made)
    assert set(Order.objects.filter(customer=ada).values_list("fingerprint", flat=True)) == {0}


def test_a_stitch_of_a_merged_person_can_still_be_undone(two: tuple[Customer, Customer]) -> None:
    from insights.collect import unstitch

    ada, ben = two
    made = join(ada, ben)
    link = IdentityLink.objects.get(visitor__key="browser of ada")
    unstitch(link)
    assert Visitor.objects.get(key="browser of ada").customer is None
    unmerge(made)
    assert Visitor.objects.get(key="browser of ada").customer is None


_ACTS = st.lists(
    st.tuples(st.sampled_from(["merge", "merge", "unmerge"]), st.integers(0, 3), st.integers(0, 3)), max_size=12
)


@given(acts=_ACTS, order_of_undoing=st.randoms(use_true_random=False))
@hypothesis_settings(
    max_examples=60,
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
