from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from insights.models import Customer, Event, Order, Rating, Refund
from insights.panel import timeline as module
from insights.panel.timeline import KINDS, timeline
from tests.insights.panel import data

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(world: None) -> Customer:
    return Rating.objects.order_by("pk")[0].customer  # type: ignore[return-value]


def test_timeline__has_each_day_once_the_latest_first(customer: Customer) -> None:
    days = [day.day for day in timeline(customer, size=500)]
    assert days == sorted(set(days), reverse=True)
    assert set(days) >= set(Order.objects.filter(customer=customer).values_list("local_date", flat=True))


@pytest.mark.parametrize("kind", KINDS)
def test_timeline__can_be_narrowed(customer: Customer, kind: str) -> None:
    kinds = {day.kind for day in timeline(customer, kind, size=500)}
    allowed = {"orders": {"order", "refund"}, "visits": {"visit"}, "ratings": {"rating"}}
    assert kinds
    assert kinds <= allowed.get(kind, {"order", "refund", "visit", "rating"})


def test_timeline__says_an_order_with_its_lines_and_why_it_does_not_count(customer: Customer) -> None:
    order = Order.objects.filter(customer=customer).order_by("-local_date")[0]
    Order.objects.filter(pk=order.pk).update(counts=False, excluded="cancelled", local_date=timezone.localdate())
    [day, *_] = timeline(customer, "orders")
    assert day.entries[0].title.startswith(f"Order {order.external_id}, £")
    assert day.entries[0].detail.startswith("cancelled · ")


def test_timeline__says_a_refund_and_its_reason(customer: Customer) -> None:
    order = Order.objects.filter(customer=customer)[0]
    Refund.objects.create(external_id="f", order=order, amount=5, base_amount=5, counts=True, reason="chipped",
                          occurred_at=timezone.now(), local_date=timezone.localdate())  # fmt: skip
    entries = timeline(customer, "orders")[0].entries
    assert (f"£5.00 given back for order {order.external_id}", "chipped") in [
        (entry.title, entry.detail) for entry in entries
    ]


def test_timeline__leaves_the_steps_of_machines_out(customer: Customer) -> None:
    before = [day.day for day in timeline(customer, "visits", size=500)]
    Event.objects.filter(customer=customer, local_date=before[0]).update(counts=False)
    assert before[0] not in [day.day for day in timeline(customer, "visits", size=500)]


def test_timeline__is_whole_however_it_is_paged(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [day.day for day in timeline(customer, size=500)]
    monkeypatch.setattr(module, "_ROWS", 3)
    seen, before = [], None
    while days := timeline(customer, before=before, size=4):
        seen += [day.day for day in days]
        before = days[-1].day
    assert seen == whole


def test_timeline__of_somebody_else_is_not_shown(world: None) -> None:
    stranger = Customer.objects.create(external_id="stranger", joined_at=data.at(timezone.localdate()))
    assert timeline(stranger) == []
    assert timeline(stranger, before=timezone.localdate() - timedelta(days=9999)) == []
