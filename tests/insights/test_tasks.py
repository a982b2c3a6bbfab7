"""Messages are wake-ups: which are sent, and what is done where none can be."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from celery.exceptions import Retry
from django.utils import timezone

from insights import tasks
from insights.models import Customer, DuplicatePair, Product, Run, RunState
from insights.training import enqueue
from shop_demo.models import Product as ShopProduct
from shop_demo.simulator import simulate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def broker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One in memory, empty."""
    settings.CELERY_BROKER_URL = "memory://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    # A task that comes back later sends by the application's own connections, which remember an earlier broker.
    monkeypatch.setattr(current_app, "_pool", None)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    monkeypatch.setattr(tasks, "_silent_until", 0.0)
    messages()
    yield
    settings.CELERY_BROKER_URL = "memory://"
    messages()


def messages() -> list[tuple[str, str, list[Any]]]:
    """Takes all that were sent: queue, task, arguments."""
    found = []
    with current_app.connection_for_read() as connection:
        for name in ("training", "events"):
            queue = connection.SimpleQueue(name)
            while len(queue):
                message = queue.get(block=False)
                message.ack()
                found.append((name, message.headers["task"], message.payload[0]))
            queue.close()
    return found


def test_wake__goes_to_the_queue_of_trainings() -> None:
    assert tasks.wake(7)
    assert tasks.hint("shop", "orders", [1, 2])
    assert messages() == [
        ("training", "insights.train", [7]),
        ("events", "insights.sync_rows", ["shop", "orders", [1, 2]]),
    ]


def test_hint__names_at_most_five_hundred_rows() -> None:
    assert tasks.hint("shop", "orders", list(range(1_100)))
    assert [len(arguments[2]) for _, _, arguments in messages()] == [500, 500, 100]


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "amqp://guest:guest@127.0.0.1:1//", "nonsense://"])
def test_hint__a_dead_broker_holds_nobody_up_and_is_left_alone_for_a_minute(settings: Any, url: str) -> None:
    settings.CELERY_BROKER_URL = url
    started = time.monotonic()
    assert not tasks.hint("shop", "orders", [1])
    assert time.monotonic() - started < 3
    settings.CELERY_BROKER_URL = "memory://"
    assert not tasks.hint("shop", "orders", [1])
    assert tasks.wake(), "a person who waits is another matter"


@pytest.mark.parametrize("url", ["redis://127.0.0.1:{}/0", "amqp://guest:guest@127.0.0.1:{}//"])
def test_hint__a_broker_that_hears_and_does_not_answer(settings: Any, url: str) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        settings.CELERY_BROKER_URL = url.format(mute.getsockname()[1])
        started = time.monotonic()
        assert not tasks.hint("shop", "orders", [1])
        assert time.monotonic() - started < 4


def test_wake__without_a_broker(settings: Any) -> None:
    settings.CELERY_BROKER_URL = ""
    assert not tasks.wake()
    assert not tasks.hint("shop", "orders", [1])


def test_sweep__wakes_a_worker_only_for_what_can_begin() -> None:
    tasks.sweep()
    assert messages() == []
    lost, waits = enqueue(["segmentation"]), enqueue(["segmentation"])
    now = timezone.now()
    Run.objects.filter(pk=lost.pk).update(state=RunState.RUNNING, attempt=1, lease_until=now + timedelta(minutes=1))
    tasks.sweep()
    tasks.train(waits.pk)
    assert messages() == [], "the one that runs takes the next when it is done"
    waits.refresh_from_db()
    assert waits.state == RunState.QUEUED
    Run.objects.filter(pk=lost.pk).update(lease_until=now - timedelta(minutes=1))
    tasks.sweep()
    assert messages() == [("training", "insights.train", [None])]
    lost.refresh_from_db()
    assert lost.state == RunState.QUEUED


def test_sync__of_a_shop_without_an_adapter_is_no_failure(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.INSIGHTS = {}
    tasks.sync()
    assert "No sync: " in caplog.text


def test_sync_rows__takes_over_what_changed(tmp_path: Any) -> None:
    simulate(tmp_path, customers=10, days=20, seed=3)
    tasks.sync()
    product = ShopProduct.objects.order_by("pk")[0]
    ShopProduct.objects.filter(pk=product.pk).update(name="Another name")
    tasks.sync_rows("shop", "products", [product.pk])
    assert Product.objects.filter(name="Another name").count() == 1


def test_nightly__syncs_and_queues_one_training(tmp_path: Any) -> None:
    simulate(tmp_path, customers=10, days=20, seed=3)
    tasks.nightly()
    tasks.nightly()
    run = Run.objects.get(kind="training")
    assert (run.state, run.requested_by) == (RunState.QUEUED, "schedule")
    assert Run.objects.filter(kind="sync", state=RunState.DONE).count() == 2
    assert messages() == [("training", "insights.train", [None])] * 2


def test_nightly__trains_without_an_adapter(settings: Any) -> None:
    settings.INSIGHTS = {}
    tasks.nightly()
    assert Run.objects.get().kind == "training"


def test_nightly__comes_back_later_while_another_sync_runs_and_trains_in_the_end() -> None:
    Run.objects.create(
        kind="sync", families=["shop"], state=RunState.RUNNING, lease_until=timezone.now() + timedelta(minutes=3)
    )
    tasks.nightly.apply(retries=tasks.nightly.max_retries)
    assert Run.objects.filter(kind="training").count() == 1
    Run.objects.filter(kind="training").delete()
    messages()
    tasks.nightly.push_request(retries=0, called_directly=False, delivery_info={"routing_key": "training"})
    try:
        with pytest.raises(Retry):
            tasks.nightly.run()
    finally:
        tasks.nightly.pop_request()
    assert not Run.objects.filter(kind="training").exists()
    ((_, name, _),) = messages()
    assert name == "insights.nightly"


def test_duplicates__fills_the_queue() -> None:
    for key in ("1", "2"):
        Customer.objects.create(external_id=key, email="ada@example.com", name="Ada Lovelace")
    tasks.duplicates()
    assert DuplicatePair.objects.count() == 1
