from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from insights.cleaning import email_hash
from insights.identity import join_channels, merge, reject, unmerge
from insights.models import Customer, DuplicatePair, Merge, MergeHow, Order
from insights.sources import import_file, settle_together, sync
from shop_demo import models as shop
from tests.insights.identity.people import WHEN, person
from tests.insights.sources import shop as host

pytestmark = pytest.mark.django_db


def known(key: str, channel: str, email: str = "ada@example.com", **more: Any) -> Customer:
    return person(key, channel, email=email, email_hash=email_hash(email), **more)


def roots() -> set[str]:
    return set(Customer.objects.filter(merged_into=None).values_list("external_id", flat=True))


def test_one_address_in_two_channels_is_one_person() -> None:
    known("m1", "market")
    known("s1", "shop")
    assert join_channels("market")
    merge = Merge.objects.get()
    assert (merge.source.external_id, merge.target.external_id, merge.how, merge.by) == ("m1", "s1", "email", "")
    assert not join_channels("market")
    assert not join_channels("shop")


def test_three_channels_are_joined_at_once_and_accounts_come_before_guests() -> None:
    known("guest:1", "shop", is_guest=True)
    known("m1", "market")
    known("p1", "pos")
    join_channels("pos")
    assert roots() == {"m1"}


@pytest.mark.parametrize("twice", ["shop", "market", "pos"])
def test_an_address_of_two_people_of_a_channel_says_nothing(twice: str) -> None:
    for channel in ("shop", "market", "pos"):
        known(f"1-{channel}", channel)
    known("2", twice)
    join_channels("market")
    assert not Merge.objects.exists()


def test_two_accounts_of_a_channel_are_never_joined_on_the_way() -> None:
    first, mine = known("s1", "shop"), known("m1", "market", "other@example.com")
    other, theirs = known("s2", "shop", "other@example.com"), known("m2", "market", "third@example.com")
    merge(mine, first, how=MergeHow.HAND)
    merge(theirs, other, how=MergeHow.HAND)
    known("p1", "pos")
    known("p2", "pos", "third@example.com")
    join_channels("pos")
    assert roots() == {"s1", "s2", "p2"}, "the address of m2 leads to s2, but only as m2's"
    Customer.objects.filter(external_id="p2").update(email_hash=email_hash("ada@example.com"))
    Customer.objects.filter(external_id="s2").update(email_hash=email_hash("ada@example.com"))
    join_channels("pos")
    assert roots() == {"s1", "s2", "p2"}


def test_who_was_parted_or_rejected_stays_apart() -> None:
    one, other = known("m1", "market"), known("s1", "shop")
    join_channels("market")
    unmerge(Merge.objects.get(), by="maya")
    join_channels("market")
    assert roots() == {"m1", "s1"}
    assert Merge.objects.count() == 1
    DuplicatePair.objects.all().delete()
    join_channels("market")
    assert roots() == {"m1", "s1"}, "an undone merge is enough"
    Merge.objects.all().delete()
    pair = DuplicatePair.objects.create(
        first=min(one, other, key=lambda row: row.pk), second=max(one, other, key=lambda row: row.pk),
        found_at=WHEN, checked_at=WHEN,
    )  # fmt: skip
    reject(pair, by="maya")
    join_channels("market")
    assert roots() == {"m1", "s1"}


def test_staff_and_people_without_an_address_are_left_alone() -> None:
    known("m1", "market", is_real=False)
    known("s1", "shop")
    known("m2", "market", "")
    known("s2", "shop", "")
    join_channels("market")
    assert not Merge.objects.exists()


@pytest.fixture
def market(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text("id,email,name,phone\nM1,ADA@example.com,Ada,+44 20 7946 0000\nM2,,Ben,+44 20 7946 0001\n", "utf-8")
    orders = tmp_path / "orders.csv"
    orders.write_text("id,customer,placed_at,total,currency\nO1,M1,2026-03-01,10,GBP\n", "utf-8")
    return path


def test_a_file_of_a_marketplace_and_the_shop(market: Path) -> None:
    user = host.person("ada")
    host.order(user, (host.product(), 1, "3"), number="a")
    sync()
    import_file("customers", market, channel="marketplace")
    import_file("orders", market.parent / "orders.csv", channel="marketplace")
    ada = Customer.objects.get(channel="shop", external_id=str(user.pk))
    assert Customer.objects.get(external_id="M1").merged_into == ada
    assert Customer.objects.get(external_id="M2").merged_into is None
    assert set(Order.objects.filter(customer=ada).values_list("external_id", flat=True)) == {"a", "O1"}
    assert str(ada.first_order_date) == "2026-03-01"
    Customer.objects.filter(pk=ada.pk).update(first_order_date=None)
    settle_together("marketplace", guests="by_email", drop_identical=False, touched=None)
    ada.refresh_from_db()
    assert str(ada.first_order_date) == "2026-03-01", "it is one of the people of both channels"

    made = Merge.objects.get()
    unmerge(made)
    assert Order.objects.get(external_id="O1").customer == made.source, "it came later, under a number of its own"
    for _ in range(2):
        sync(full=True)
        import_file("customers", market, channel="marketplace")
        import_file("orders", market.parent / "orders.csv", channel="marketplace")
    assert Customer.objects.get(external_id="M1").merged_into is None
    assert Order.objects.get(external_id="O1").customer == made.source
    assert Order.objects.get(external_id="a").customer == ada


def test_it_can_be_switched_off(market: Path, settings: Any) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "IDENTITY": {"JOIN_CHANNELS": False}}
    host.order(host.person("ada"), (host.product(), 1, "3"))
    sync()
    import_file("customers", market, channel="marketplace")
    assert not Merge.objects.exists()


def test_a_sync_after_a_merge_keeps_it() -> None:
    tea = host.product()
    one, other = host.person("one"), host.person("two")
    host.order(one, (tea, 1, "3"), number="a")
    sync()
    source, target = (Customer.objects.get(external_id=str(user.pk)) for user in (one, other))
    made = merge(source, target, how=MergeHow.HAND, by="maya")
    assert made is not None
    host.order(one, (tea, 1, "3"), number="b", days=1)
    host.review(one, tea)
    sync()
    sync(full=True)
    assert set(Order.objects.values_list("customer", flat=True)) == {target.pk}
    source.refresh_from_db()
    assert source.merged_into == target
    assert sync(full=True).changed == 0

    unmerge(made)
    assert set(Order.objects.values_list("customer", flat=True)) == {source.pk}, "both came under the number of one"
    assert list(source.ratings.all())
    sync(full=True)
    assert set(Order.objects.values_list("customer", flat=True)) == {source.pk}


def test_an_account_that_goes_gives_back_those_who_were_joined() -> None:
    tea = host.product()
    one, other = host.person("one"), host.person("two")
    host.order(one, (tea, 1, "3"), number="a")
    host.order(other, (tea, 1, "3"), number="b")
    sync()
    source, target = (Customer.objects.get(external_id=str(user.pk)) for user in (one, other))
    merge(source, target, how=MergeHow.HAND)
    shop.Order.objects.filter(number="b").delete()
    other.delete()
    sync(full=True)
    source.refresh_from_db()
    assert source.merged_into is None
    assert Order.objects.get(external_id="a").customer == source
    assert not Customer.objects.filter(pk=target.pk).exists()
