from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from insights.models import Order, QuarantinedRow, Run, RunState
from insights.panel.health import health, left_out
from tests.insights.panel import data

pytestmark = pytest.mark.django_db


def sync(state: str = RunState.DONE, hours: int = 1) -> Run:
    return Run.objects.create(kind="sync", state=state, finished_at=timezone.now() - timedelta(hours=hours))


def test_health__knows_nothing_before_the_first_sync(bare: None) -> None:
    state = health()
    assert (state.mark, state.fresh, state.orders) == ("none", False, 0)


@pytest.mark.parametrize(("hours", "mark"), [(1, ""), (25, ""), (27, "warn")])
def test_health__wants_a_look_when_the_data_grow_old(bare: None, hours: int, mark: str) -> None:
    sync(hours=hours)
    assert health().mark == mark


def test_health__a_failed_sync_is_named_until_the_next_that_ends_well(bare: None) -> None:
    sync()
    failed = sync(RunState.FAILED)
    assert (health().failed, health().mark) == (failed, "warn")
    sync()
    assert (health().failed, health().mark) == (None, "")


def test_health__counts_orders_and_what_waits(bare: None) -> None:
    data.shop(8)
    sync()
    QuarantinedRow.objects.create(channel="shop", kind="orders", external_id="1", rule="orphan")
    QuarantinedRow.objects.create(
        channel="shop", kind="orders", external_id="2", rule="orphan", resolved_at=timezone.now()
    )
    Order.objects.filter(pk=Order.objects.filter(counts=True)[0].pk).update(counts=False, excluded="no_rate")
    state = health()
    assert (state.quarantined, state.without_rate, state.mark) == (1, 1, "warn")
    assert state.counted == Order.objects.filter(counts=True).count()
    assert sum(row["count"] for row in left_out()) == state.orders == Order.objects.count()
