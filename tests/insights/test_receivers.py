from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from insights import tasks
from insights.models import Customer, Order, Product, Rating
from insights.sources import sync as take_over
from insights.sources import sync_rows
from shop_demo import models as shop
from tests.insights.sources.shop import order, person, product, review

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, list[Any]]]:
    heard: list[tuple[str, str, list[Any]]] = []
    monkeypatch.setattr(tasks, "hint", lambda *said: heard.append(said) or True)
    return heard


def test_a_change_is_told_once_after_the_commit(
    told: list[Any], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = order(person(), (tea := product(), 1, "3"), (product(), 2, "4"))
        made.save()
        assert told == []
    by_kind = {kind: pks for channel, kind, pks in told if channel == "shop"}
    assert by_kind["orders"] == [made.pk]
    assert len(by_kind["order_lines"]) == 2
    assert tea.pk in by_kind["products"]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told_and_the_next_change_is(told: list[Any]) -> None:
    with transaction.atomic():
        product("lost")
        transaction.set_rollback(True)
    assert told == []
    kept = product("kept")
    assert ("shop", "products", [kept.pk]) in told


def test_the_switch(
    told: list[Any], settings: Any, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.INSIGHTS = {**settings.INSIGHTS, "LIVE": False}
    with django_capture_on_commit_callbacks(execute=True):
        product()
    assert told == []


def test_a_broken_broker_never_reaches_the_shop(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    monkeypatch.setattr(tasks, "hint", lambda *_: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        made = product()
    assert shop.Product.objects.filter(pk=made.pk).exists()


def test_the_rows_told_are_taken_over() -> None:
    made = order(person(), (tea := product(), 1, "3"))
    take_over()
    later = order(person(), (tea, 2, "3"), days=1)
    shop.Order.objects.filter(pk=made.pk).update(country="FR")

    sync_rows("shop", "products", [tea.pk])
    report = sync_rows("shop", "orders", [made.pk, later.pk])

    assert (report.kinds["orders"].created, report.kinds["orders"].updated) == (1, 1)
    taken = Order.objects.get(external_id=later.number)
    assert (taken.counts, taken.lines.count()) == (True, 1)
    assert Order.objects.get(external_id=made.number).country == "FR"
    assert Product.objects.count() == 1


def test_a_row_that_is_gone_is_taken_out_at_once() -> None:
    """Where the primary key is the key; other rows are found to be gone by the next sync."""
    ada = person()
    rated = review(ada, product("tea"))
    take_over()
    pks = ada.pk, rated.pk
    rated.delete()
    ada.delete()

    assert sync_rows("shop", "customers", [str(pks[0])]).kinds["customers"].deleted == 1
    assert sync_rows("shop", "ratings", [pks[1]]).kinds["ratings"].deleted == 1
    assert not Customer.objects.exists()
    assert not Rating.objects.exists()
    assert all(not kind.changed for kind in take_over().kinds.values())
