from __future__ import annotations

import pytest

from insights.cleaning import redraw_visits
from insights.collect import unstitch
from insights.identity import part_from, unmerge
from insights.models import Customer, DuplicatePair, Event, IdentityLink, Order, Visit, Visitor
from tests.insights.identity.people import Two, browse, everything, join, order, person

pytestmark = pytest.mark.django_db


def test_what_came_later_stays_unless_a_key_of_its_own_says_otherwise(two: Two) -> None:
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


def test_what_was_taken_from_the_target_meanwhile_stays_away(two: Two) -> None:
    ada, ben = two
    made = join(ada, ben)
    cleo = person("cleo")
    Order.objects.filter(external_id="ada-1").update(customer=cleo)
    Order.objects.filter(external_id="ada-2").update(customer=None)
    unmerge(made)
    assert Order.objects.get(external_id="ada-1").customer == cleo
    assert Order.objects.get(external_id="ada-2").customer is None


def test_visits_survive_events_that_are_gone(two: Two) -> None:
    ada, ben = two
    made = join(ada, ben)
    Event.objects.all().delete()
    unmerge(made)
    assert sorted(Visit.objects.values_list("customer", flat=True)) == sorted([ada.pk, ben.pk])


def test_a_visit_that_was_drawn_anew_goes_back_too(two: Two) -> None:
    ada, ben = two
    before = everything()
    made = join(ada, ben)
    redraw_visits("shop", Event.objects.values_list("session_key", flat=True))
    unmerge(made)
    assert everything() == before


def test_undone_and_joined_elsewhere_each_keeps_its_own(two: Two) -> None:
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


def test_who_goes_gives_back_what_was_others(two: Two) -> None:
    ada, ben = two
    cleo = person("cleo")
    join(ada, ben)
    join(cleo, ben)
    assert part_from([ben.pk]) == {ada.pk, cleo.pk}
    assert Order.objects.filter(customer=ada).count() == 2
    assert not DuplicatePair.objects.exists(), "nobody decided that"


def test_the_orders_of_one_of_the_staff_are_judged_anew_after_parting(two: Two) -> None:
    ada, ben = two
    Order.objects.update(fingerprint=5)
    made = join(ada, ben)
    Customer.objects.filter(pk=ben.pk).update(is_staff=True, is_real=False)
    unmerge(made)
    assert set(Order.objects.filter(customer=ada).values_list("fingerprint", flat=True)) == {0}


def test_a_stitch_of_a_merged_person_can_still_be_undone(two: Two) -> None:
    ada, ben = two
    made = join(ada, ben)
    link = IdentityLink.objects.get(visitor__key="browser of ada")
    unstitch(link)
    assert Visitor.objects.get(key="browser of ada").customer is None
    unmerge(made)
    assert Visitor.objects.get(key="browser of ada").customer is None
