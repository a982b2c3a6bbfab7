from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from insights.analytics import Jump, Silence
from insights.models import Order, Run
from insights.panel import quality
from tests.insights.panel import data

pytestmark = pytest.mark.django_db
URL = "/admin/insights/data/"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_the_page_tells_the_score_and_the_step_for_each_problem(owner: Client, world: None) -> None:
    Order.objects.filter(pk__in=list(Order.objects.values_list("pk", flat=True)[:20])).update(customer=None)
    page = owner.get(URL).content.decode()
    assert f"Data health: {quality.score()} of 100" in page
    assert "Orders without a customer" in page
    assert "Map the guest" in page
    assert "How the score is made" in page
    assert "of 12, all at 2%" in page, "three rows lie in quarantine"


def test_the_overview_has_it_in_its_line(owner: Client, world: None) -> None:
    page = owner.get("/admin/insights/").content.decode()
    assert f"Data health {quality.score()} of 100" in page


def test_without_data_there_is_no_score(owner: Client, bare: None) -> None:
    assert "Data health" not in owner.get(URL).content.decode()


@pytest.mark.parametrize(
    ("score", "mark"), [(None, "none"), (100, ""), (90, ""), (89, "warn"), (70, "warn"), (69, "bad")]
)
def test_mark__by_what_is_left(score: int | None, mark: str) -> None:
    assert quality.mark(score) == mark


def test_score__is_kept_until_the_next_sync(bare: None) -> None:
    data.shop(6)
    before = quality.score()
    Order.objects.update(customer=None)
    assert quality.score() == before
    Run.objects.create(kind="sync", state="done", finished_at=timezone.now())
    assert quality.score() != before


def test_alarms_say_since_when_and_what_to_look_at(owner: Client, world: None, monkeypatch: pytest.MonkeyPatch) -> None:
    since = timezone.now() - timedelta(hours=2)

    def silent(now: Any) -> list[Silence]:
        return [Silence("view_item", since, 41.3, 1e-12), Silence("orders", since, 20.0, 1e-8)]

    monkeypatch.setattr(quality, "silences", silent)
    monkeypatch.setattr(quality, "jumps", lambda now: [Jump("no_rate", 0.12, 0.01, 300)])
    page = owner.get(URL).content.decode()
    assert "No view_item since" in page
    assert "About 41 would have come by now" in page
    assert "No order since" in page
    assert "12.0% of the last seven days, 1.0% in the weeks before." in page
