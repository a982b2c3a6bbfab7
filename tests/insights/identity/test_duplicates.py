from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.identity import duplicates as module
from insights.identity import find_duplicates, merge, reject, unmerge
from insights.identity.evidence import WEIGHTS, Known, weigh
from insights.models import Customer, DuplicatePair, MergeHow, PairState
from insights.panel.pages.duplicates import REASONS
from tests.insights.identity.dirty import people
from tests.insights.identity.people import person

pytestmark = pytest.mark.django_db


def known(name: str = "", email: str = "", phone: str = "", country: str = "", city: str = "") -> Known:
    return Known(0, name, email, phone, country, city)


def pairs(state: PairState = PairState.OPEN) -> set[tuple[int, int]]:
    return set(DuplicatePair.objects.filter(state=state).values_list("first", "second"))


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        (known("Ada Lovelace", "ada@x.com"), known("A. Lovelace", "ada@x.com"), 95, 99),
        (known("Ada Lovelace", phone="442079460000"), known("Lovelace Ada", phone="442079460000"), 95, 99),
        (known("Ada Lovelace", "ada.l@gmail.com"), known("Ada Lovelace", "adal+x@gmail.com"), 95, 99),
        (known("Ada Lovelace", "ada.l@gmail.com"), known("Ada Lovelace", "ada.l@gmial.com"), 90, 99),
        (known("Ada Lovelace", city="York"), known("Ada Lovelace", city="York"), 60, 90),
        (known("陈嘉宁", city="上海"), known("陳嘉寧", city="上海"), 50, 75),
        (known("Ada Lovelace"), known("Ada Lovelace"), 0, 59),
        (known("Ada Smith", phone="442079460000", city="York"), known("Ben Smith", phone="442079460000"), 0, 59),
        (known("Ada Lovelace", "info@x.com", city="York"), known("Ben Mill", "info@y.com", city="York"), 0, 20),
        (known("", "anna.berg7@x.com"), known("", "anna.berg8@x.com"), 0, 20),
        (known("王伟", phone="8613800000000"), known("王玮", phone="8613811111111"), 0, 10),
    ],
)
def test_weigh__is_higher_for_one_person(one: Known, other: Known, least: int, most: int) -> None:
    score, reasons = weigh(one, other)
    assert least <= score <= most, reasons
    assert weigh(other, one) == (score, reasons)
    assert set(reasons) <= WEIGHTS.keys()


@given(st.text(max_size=30), st.text(max_size=20), st.text(max_size=20))
def test_whatever_is_written_can_be_compared(name: str, email: str, city: str) -> None:
    for one in (known(name, email, city=city), known("先生", city="上海"), known("陈先生", city=city)):
        assert all(module.blocks(one))
        assert 0 <= weigh(one, known(city, name, city=email))[0] <= 99


def test_every_reason_has_words() -> None:
    assert WEIGHTS.keys() == REASONS.keys()


def test_the_queue_finds_what_is_there_twice_and_little_else() -> None:
    truth = people(300)
    report = find_duplicates()
    found = pairs()
    recall, precision = len(found & truth) / len(truth), len(found & truth) / len(found)
    assert recall >= 0.85, recall
    assert precision >= 0.85, precision
    assert report.compared < 300 * 399 / 2 / 10, "never all pairs"
    assert (report.people, report.open, report.new, report.gone) == (400, len(found), len(found), 0)


def test_a_second_search_changes_nothing() -> None:
    people(60)
    find_duplicates()
    before = list(DuplicatePair.objects.order_by("pk").values_list("pk", "score", "reasons", "found_at"))
    report = find_duplicates()
    assert list(DuplicatePair.objects.order_by("pk").values_list("pk", "score", "reasons", "found_at")) == before
    assert (report.new, report.gone) == (0, 0)


def test_it_is_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    people(60)
    find_duplicates()
    whole = pairs()
    DuplicatePair.objects.all().delete()
    for name, size in (("_PART", 10), ("_BATCH", 7)):
        monkeypatch.setattr(module, name, size)
    find_duplicates()
    assert pairs() == whole != set()


def test_decided_pairs_stay_and_those_that_are_none_any_more_go() -> None:
    ada, ben, cleo, dan = (person(key, email=f"x+{key}@example.com", name="Ada Lovelace") for key in "abcd")
    eve = person("e", name="Eve Hall", email="eve@example.com")
    other = person("f", name="Eve Hall", email="eve+f@example.com")
    find_duplicates()
    assert len(pairs()) == 7
    reject(DuplicatePair.objects.get(first=ada, second=ben), by="maya")
    made = merge(cleo, dan, how=MergeHow.REVIEW, by="maya")
    Customer.objects.filter(pk=other.pk).update(name="Somebody Else", email="")
    report = find_duplicates()
    assert report.gone == 3
    assert pairs(PairState.REJECTED) == {(ada.pk, ben.pk)}
    assert pairs(PairState.MERGED) == {(cleo.pk, dan.pk)}
    assert pairs() == {(ada.pk, dan.pk), (ben.pk, dan.pk)}
    assert made is not None
    unmerge(made, by="kim")
    find_duplicates()
    assert pairs(PairState.REJECTED) == {(ada.pk, ben.pk), (cleo.pk, dan.pk)}
    assert eve.pk not in {pk for pair in pairs() for pk in pair}


def test_what_many_share_says_nothing() -> None:
    for number in range(module.LARGEST + 1):
        person(f"w{number}", name="王伟", city="上海", phone_key="8602100000000")
    report = find_duplicates()
    assert report.open == report.compared == 0
    assert report.too_common >= 2


def test_staff_tests_and_merged_people_are_not_looked_at() -> None:
    target = person("a", email="ada@example.com")
    person("b", email="ada@example.com", is_real=False)
    person("c", email="ada@example.com", merged_into=target)
    assert find_duplicates().open == 0


def test_nobody_at_all() -> None:
    assert find_duplicates().as_dict().keys() == {"people", "compared", "open", "new", "gone", "too_common", "seconds"}


@pytest.mark.slow
def test_a_hundred_thousand_take_well_under_a_minute() -> None:
    people(75_000)
    began = time.perf_counter()
    report = find_duplicates()
    assert report.people == 100_000
    assert time.perf_counter() - began < 60
