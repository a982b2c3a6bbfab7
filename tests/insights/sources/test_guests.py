from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from insights.identity import merge, unmerge
from insights.models import Customer, Merge, MergeHow, Order
from insights.sources import sync
from insights.sources.guests import merge_guests
from shop_demo import models as shop
from tests.insights.sources.shop import NOON, order, person, product

pytestmark = pytest.mark.django_db


def owner(key: str) -> Customer | None:
    return Order.objects.select_related("customer").get(external_id=key).customer


def test_spelling_makes_no_second_guest() -> None:
    tea = product()
    order(None, (tea, 1, "3"), number="a", email="Eve@Example.com")
    order(None, (tea, 1, "3"), number="b", email=" eve@example.COM ", days=1)
    order(None, (tea, 1, "3"), number="c", phone="+44 20 7946 0000")
    order(None, (tea, 1, "3"), number="d", phone="(+44) 20-7946-0000", days=1)
    order(None, (tea, 1, "3"), number="e")
    sync()
    assert owner("a") == owner("b") != owner("c") == owner("d")
    assert owner("e") is None
    assert Customer.objects.filter(is_guest=True).count() == 2


def test_a_guest_joined_with_the_first_order() -> None:
    tea = product()
    late = order(None, (tea, 1, "3"), email="eve@example.com", days=5)
    sync()
    assert Customer.objects.get().joined_at == NOON + timedelta(days=5)
    order(None, (tea, 1, "3"), email="eve@example.com", days=2)
    sync()
    assert Customer.objects.get().joined_at == NOON + timedelta(days=2)
    late.delete()
    shop.Order.objects.all().delete()
    sync()
    assert not Customer.objects.exists(), "of a guest without an order nothing is left"


def test_an_account_is_found_whoever_came_first() -> None:
    tea = product()
    order(None, (tea, 1, "3"), number="a", email="ada@example.com")
    sync()
    guest = owner("a")
    assert guest is not None
    assert guest.is_guest
    ada = person("ada", email="Ada@example.com")
    order(None, (tea, 1, "3"), number="b", email="ada@example.com", days=1)
    sync()
    for key in ("a", "b"):
        found = owner(key)
        assert found is not None
        assert (found.external_id, found.is_guest, found.first_order_date) == (str(ada.pk), False, NOON.date())
    guest.refresh_from_db()
    assert guest.merged_into == owner("a")
    assert sync(full=True).changed == 0


_EMAILS = ("a@x.com", "A@X.com", "b@x.com", "")


@given(st.lists(st.tuples(st.sampled_from(["guest", "account"]), st.sampled_from(_EMAILS), st.booleans()), max_size=10))
@hypothesis_settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whoever_has_an_address_is_one_person(django_user_model: Any, steps: list[tuple[str, str, bool]]) -> None:
    """In whatever order guests buy and make accounts, and whenever it is synced."""
    shop.Order.objects.all().delete()
    django_user_model.objects.all().delete()
    tea = shop.Product.objects.first() or product()
    for day, (what, email, now) in enumerate(steps):
        if what == "guest":
            order(None, (tea, 1, "3"), email=email, days=day)
        elif not django_user_model.objects.filter(email__iexact=email).exists():
            order(person(email=email), (tea, 1, "3"), email=email, days=day)
        if now:
            sync()
    sync()

    accounts = {user.email.lower(): str(user.pk) for user in django_user_model.objects.exclude(email="")}
    people: dict[str, set[str | None]] = {}
    for made in shop.Order.objects.all():
        found = owner(made.number)
        people.setdefault(made.email.lower(), set()).add(found and found.external_id)
        if made.email.lower() in accounts:
            assert found is not None
            assert found.external_id == accounts[made.email.lower()]
    assert all(len(found) == 1 for email, found in people.items() if email)
    left = Customer.objects.filter(is_guest=True, merged_into=None)
    assert left.count() == len({email for email in people if email} - accounts.keys())
    assert sync(full=True).changed == 0


def test_a_guest_who_made_an_account_can_be_parted_from_it_for_good() -> None:
    tea = product()
    order(None, (tea, 1, "3"), number="a", email="ada@example.com")
    sync()
    ada = person("ada", email="ada@example.com")
    sync()
    made = Merge.objects.get()
    assert (made.how, made.by, made.target.external_id) == ("guest", "", str(ada.pk))
    order(None, (tea, 1, "3"), number="b", email="ada@example.com", days=1)
    order(ada, (tea, 1, "3"), number="c", email="ada@example.com", days=2)
    sync()
    assert owner("a") == owner("b") == owner("c") == made.target
    unmerge(made, by="maya")
    order(None, (tea, 1, "3"), number="d", email="ada@example.com", days=3)
    for full in (False, True, True):
        sync(full=full)
        assert owner("a") == owner("b") == owner("d") == made.source
        assert owner("c") == made.target
    assert Merge.objects.count() == 1
    made.target.refresh_from_db()
    assert made.target.first_order_date == (NOON + timedelta(days=2)).date()


def test_a_guest_with_a_telephone_alone_is_the_account_that_alone_has_it() -> None:
    tea = product()
    order(None, (tea, 1, "3"), number="a", phone="020 7946 0000")
    order(None, (tea, 1, "3"), number="b", phone="020 7946 0001")
    order(None, (tea, 1, "3"), number="c", phone="020 7946 0000", email="eve@example.com")
    sync()
    Customer.objects.create(external_id="x", phone_key="442079460000")
    for key in ("y", "z"):
        Customer.objects.create(external_id=key, phone_key="442079460001")
    merge_guests("shop")
    found = {key: owner(key) for key in "abc"}
    assert {key: row and row.is_guest for key, row in found.items()} == {"a": False, "b": True, "c": True}
    assert found["a"] is not None
    assert found["a"].external_id == "x"


def test_guests_of_an_account_that_was_merged_are_who_it_is_now() -> None:
    tea = product()
    ada, ben = person("ada", email="ada@example.com"), person("ben", email="ben@example.com")
    order(None, (tea, 1, "3"), number="a", email="guest@example.com")
    sync()
    accounts = [Customer.objects.get(external_id=str(user.pk)) for user in (ada, ben)]
    merge(*accounts, how=MergeHow.HAND)
    order(None, (tea, 1, "3"), number="b", email="ada@example.com", days=1)
    sync()
    assert owner("b") == accounts[1]
    guest = owner("a")
    assert guest is not None
    merge(accounts[1], guest, how=MergeHow.HAND)
    order(None, (tea, 1, "3"), number="c", email="ada@example.com", days=2)
    shop.Order.objects.filter(number="a").delete()
    sync(full=True)
    assert owner("b") == owner("c") == guest, "a guest with whom accounts were joined stays, and is not handed on"


def test_guests_of_the_staff_do_not_count() -> None:
    tea = product()
    order(None, (tea, 1, "3"), number="a", email="boss@example.com")
    sync()
    assert Order.objects.get().counts
    person("boss", email="boss@example.com", is_staff=True)
    sync()
    assert Order.objects.get().excluded == "staff"


def test_many_guests_are_handed_over_in_few_queries(django_assert_max_num_queries: Any) -> None:
    people = [
        Customer(external_id=f"{kind}{number}", is_guest=kind == "g", email_hash=f"hash {number}")
        for number in range(200)
        for kind in "ga"
    ]
    made = Customer.objects.bulk_create(people)
    Order.objects.bulk_create(
        Order(external_id=f"o{row.pk}", customer=row, placed_at=NOON, currency="GBP", total=3)
        for row in made
        if row.is_guest
    )
    # One to move the orders of each guest, and some for all of them.
    with django_assert_max_num_queries(200 + 40):
        assert len(merge_guests("shop")) == 200
    assert Merge.objects.count() == 200
