from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from insights.identity import merge
from insights.models import Customer, DuplicatePair, Merge, MergeHow, Order, PairState
from tests.insights.identity.people import WHEN, order, person
from tests.insights.panel.html import faults, read

pytestmark = pytest.mark.django_db
PAGE = "/admin/insights/data/duplicates/"


def decide(pair: DuplicatePair) -> str:
    return f"{PAGE}{pair.pk}/decide/"


def undo(made: Merge) -> str:
    return f"/admin/insights/data/merges/{made.pk}/undo/"


def page_of(customer: Customer) -> str:
    return f"/admin/insights/customers/{customer.external_id}/"


@pytest.fixture
def two(bare: None) -> tuple[Customer, Customer]:
    ada = person("1001", name="Ada Lovelace", email="ada@example.com", phone="020 7946 0000", city="York")
    other = person("guest:77", name="A. Lovelace", email="ada+x@example.com", is_guest=True)
    order(ada, "a", days=1)
    order(other, "b", days=3)
    return ada, other


@pytest.fixture
def pair(two: tuple[Customer, Customer]) -> DuplicatePair:
    return _pair(*two)


def _pair(one: Customer, other: Customer, score: int = 97) -> DuplicatePair:
    reasons = ["same_mailbox", "initials", "other_phone"]
    return DuplicatePair.objects.create(
        first=one, second=other, score=score, reasons=reasons, found_at=WHEN, checked_at=WHEN
    )


def words(answer: Any) -> str:
    return " ".join(read(answer.content.decode()).text.split())


def test_the_queue_shows_both_side_by_side_with_reasons(owner: Client, pair: DuplicatePair) -> None:
    answer = owner.get(PAGE)
    assert faults(answer.content.decode()) == []
    said = words(answer)
    assert "97% likely one person" in said
    for text in (
        "+ e-mail addresses that may reach one mailbox",
        "− other telephone number",
        "Merged, both are “Ada Love",
    ):
        assert text in said
    rows = {row.every("th")[0].text: [cell.text for cell in row.every("td")]
            for row in read(answer.content.decode()).every("tr") if row.every("td") and row.every("th")}  # fmt: skip
    assert rows["Number"] == ["1001 · shop", "guest:77 · shop"]
    assert rows["E-mail address"] == ["ada@example.com", "ada+x@example.com"]
    assert rows["Orders"] == ["1", "1"]
    assert rows["First seen"] == ["6 January 2026", "8 January 2026"] or "2026" in rows["First seen"][0]


def test_merge_and_undo(owner: Client, pair: DuplicatePair, two: tuple[Customer, Customer]) -> None:
    ada, other = two
    answer = owner.post(decide(pair), {"answer": "merge", "page": "1"}, follow=True)
    made = Merge.objects.get()
    assert (made.source, made.target, made.how, made.by) == (other, ada, "review", "maya")
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (PairState.MERGED, "maya")
    assert "“A. Lovelace” is “Ada Lovelace” now, with all orders and visits." in words(answer)
    assert "Nothing to decide" in words(answer)
    assert undo(made) in answer.content.decode()

    answer = owner.post(undo(made), {"back": "duplicates"}, follow=True)
    assert "97% likely one person" in words(answer), "it waits again"
    assert Order.objects.get(external_id="b").customer == other


def test_not_the_same_and_undo(owner: Client, pair: DuplicatePair) -> None:
    answer = owner.post(decide(pair), {"answer": "apart"}, follow=True)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (PairState.REJECTED, "maya")
    assert "“Ada Lovelace” and “A. Lovelace” stay two people." in words(answer)
    owner.post(decide(pair), {"answer": "undo"})
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == (PairState.OPEN, "", None)


def test_what_another_decided_meanwhile_holds(owner: Client, pair: DuplicatePair) -> None:
    DuplicatePair.objects.update(state=PairState.REJECTED)
    answer = owner.post(decide(pair), {"answer": "merge"}, follow=True)
    assert "That was decided meanwhile: two people." in words(answer)
    assert not Merge.objects.exists()


def test_who_was_merged_elsewhere_waits_no_more(
    owner: Client, pair: DuplicatePair, two: tuple[Customer, Customer]
) -> None:
    third = person("third")
    merge(two[0], third, how=MergeHow.HAND)
    assert "Nothing to decide" in words(owner.get(PAGE))


def test_nobody_was_found_yet(owner: Client, bare: None) -> None:
    answer = owner.get(PAGE)
    assert faults(answer.content.decode()) == []
    assert "Nobody has been found twice" in words(answer)
    assert "insights_duplicates" in words(answer)


def test_long_queues_have_pages_with_the_likeliest_first(owner: Client, bare: None) -> None:
    rows = [person(f"p{number:02}") for number in range(46)]
    for number in range(23):
        _pair(rows[2 * number], rows[2 * number + 1], score=99 - number)
    first, second = owner.get(PAGE).content.decode(), owner.get(PAGE, {"page": "2"}).content.decode()
    assert [int(found) for found in re.findall(r"(\d+)% likely", first + second)] == list(range(99, 76, -1))
    assert "Page 2 of 2" in second
    assert owner.get(PAGE, {"page": "99"}).content.decode().count("% likely") == 3
    assert owner.get(PAGE, {"page": "x"}).status_code == 200
    answer = owner.post(decide(DuplicatePair.objects.get(score=78)), {"answer": "apart", "page": "2"})
    assert "page=2" in answer["Location"]


def test_names_are_masked_without_the_right_to_see_them(
    clerk: Callable[..., Client], pair: DuplicatePair, two: tuple[Customer, Customer]
) -> None:
    joiner = clerk("view_insights", "merge_customers")
    said = words(joiner.get(PAGE))
    for secret in ("Lovelace", "ada@", "7946", "York"):
        assert secret not in said
    assert "A•••" in said
    answer = joiner.post(decide(pair), {"answer": "merge"}, follow=True)
    assert "Lovelace" not in words(answer)
    assert "Lovelace" not in words(joiner.get(page_of(two[0])))


def test_joining_is_a_right_of_its_own(
    clerk: Callable[..., Client], client: Client, pair: DuplicatePair, two: tuple[Customer, Customer]
) -> None:
    made = merge(person("x"), two[0], how=MergeHow.HAND, by="kim")
    assert made is not None
    reader = clerk("view_insights", "see_personal_data", name="reader")
    acts = [decide(pair), undo(made), f"{PAGE}with/{two[0].pk}/"]
    assert reader.get(PAGE).status_code == 403
    for act in acts:
        assert reader.post(act, {"answer": "merge", "other": "x"}).status_code == 403
        assert client.post(act).status_code == 302
    joiner = clerk("view_insights", "merge_customers", name="joiner")
    for act in acts:
        assert joiner.get(act).status_code == 403
    assert Merge.objects.standing().count() == 1
    page = reader.get(page_of(two[0])).content.decode()
    assert "Customer x" in page
    assert "Unmerge" not in page
    assert "Merge with" not in page
    assert "Duplicates" not in reader.get("/admin/insights/customers/").content.decode()
    assert "Duplicates: 1" in joiner.get("/admin/insights/customers/").content.decode()
    assert PAGE in joiner.get("/admin/insights/data/").content.decode()


def test_a_customer_is_merged_by_number_and_unmerged(owner: Client, two: tuple[Customer, Customer]) -> None:
    ada, other = two
    answer = owner.post(f"{PAGE}with/{other.pk}/", {"other": " 1001 "}, follow=True)
    assert answer.redirect_chain[-1][0].startswith(page_of(ada)), "an account stays before a guest"
    assert faults(answer.content.decode()) == []
    said = words(answer)
    assert "Also known as A. Lovelace guest:77 · shop joined by hand" in said
    assert "by maya" in said
    assert "Undo" in said
    assert owner.get(page_of(other))["Location"] == page_of(ada)

    answer = owner.post(undo(Merge.objects.get()), follow=True)
    assert "are two people again" in words(answer)
    assert answer.redirect_chain[-1][0] == page_of(other)
    assert "“A. Lovelace” was “Ada Lovelace” (joined by hand" in words(answer)
    assert "parted by maya" in words(answer)
    assert "No other name is known." in words(answer)


def test_a_number_of_nobody_and_of_several(owner: Client, two: tuple[Customer, Customer]) -> None:
    ada, _ = two
    act = f"{PAGE}with/{ada.pk}/"
    assert "There is no customer “nobody”." in words(owner.post(act, {"other": "nobody"}, follow=True))
    person("5"), person("5", "market")
    assert "Write one of: shop:5, market:5." in words(owner.post(act, {"other": "5"}, follow=True))
    assert "They are one person already." in words(owner.post(act, {"other": "1001"}, follow=True))
    clerk = person("clerk", is_staff=True, is_real=False)
    assert "in no figure" in words(owner.post(act, {"other": clerk.external_id}, follow=True))
    assert not Merge.objects.exists()
    owner.post(act, {"other": "market:5"})
    assert Merge.objects.get().source.channel == "market"


def test_the_list_of_customers_has_each_person_once(owner: Client, two: tuple[Customer, Customer]) -> None:
    merge(two[1], two[0], how=MergeHow.HAND)
    page = owner.get("/admin/insights/customers/").content.decode()
    assert "Ada Lovelace" in page
    assert "guest:77" not in page
