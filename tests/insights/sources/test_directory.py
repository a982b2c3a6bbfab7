from __future__ import annotations

from typing import Any

import pytest

from insights.models import Category, Customer, Product
from insights.sources import directory
from insights.sources.directory import Directory

pytestmark = pytest.mark.django_db


def add(*keys: str, channel: str = "shop") -> dict[str, int]:
    return {key: Product.objects.create(channel=channel, external_id=key).pk for key in keys}


def test_find__gives_those_that_are_there_and_asks_once(django_assert_num_queries: Any) -> None:
    there = add("a", "B")
    add("c", channel="other")
    known = Directory("shop")
    with django_assert_num_queries(1):
        assert known.find("products", ["a", "B", "b", "c", "", "a"]) == there
    with django_assert_num_queries(0):
        assert known.find("products", ["a"]) == {"a": there["a"]}


def test_find__what_was_missing_is_looked_for_again() -> None:
    known = Directory("shop")
    assert known.find("products", ["a"]) == {}
    assert known.find("products", ["a"]) | add("a") == known.find("products", ["a"])


def test_find__remembers_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "_MOST_KEPT", 3)
    monkeypatch.setattr(directory, "_BATCH", 2)
    there = add("a", "b", "c", "d", "e")
    known = Directory("shop")
    assert known.find("products", ["a", "b"]) == {key: there[key] for key in "ab"}
    assert known.find("products", there) == there
    assert known.find("products", ["a", "e"]) == {key: there[key] for key in "ae"}


def test_find__a_guest_who_became_an_account_is_the_account() -> None:
    account = Customer.objects.create(channel="shop", external_id="7")
    Customer.objects.create(channel="shop", external_id="guest:x", is_guest=True, merged_into=account)
    assert Directory("shop").find("customers", ["guest:x"]) == {"guest:x": account.pk}


def test_forget__looks_up_anew() -> None:
    old = add("a")
    known = Directory("shop")
    known.find("products", ["a"])
    Product.objects.all().delete()
    assert known.find("products", ["a"]) == old
    known.forget("products")
    assert known.find("products", ["a"]) == {}


def test_categories_named__are_made_once() -> None:
    for _ in range(2):
        Directory("shop").categories_named(["Tea", "", "Cups", "Tea"])
    assert sorted(Category.objects.values_list("external_id", "name", "path")) == [
        ("Cups", "Cups", "Cups"),
        ("Tea", "Tea", "Tea"),
    ]
