"""The ready deployment as it is used: a worker in a process of its own, on each broker that we promise."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from kombu import Connection, Exchange, Queue

from insights.models import Product, Run, RunState
from insights.training import enqueue, registry
from tests.conftest import missing
from tests.deployment import Deployment, await_true

pytestmark = pytest.mark.django_db(transaction=True)

BROKERS = {
    "redis": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
    "rabbitmq": os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}
SAVE = """
import time
from django.core.management import call_command
from insights.models import Run
from shop_demo.models import Product

call_command("insights_train", "all", "--queue", "--json")
while Run.objects.filter(kind="training").first().state == "queued":
    time.sleep(0.05)
product = Product.objects.order_by("pk").first()
product.name = "Told by a signal"
product.save()
"""


@pytest.fixture(params=["files", *(pytest.param(name, marks=pytest.mark.services) for name in BROKERS)])
def deployed(request: pytest.FixtureRequest, grown: Deployment, tmp_path: Path) -> Iterator[Deployment]:
    """A shop with a broker; queues of its own, since other runs of the tests may use the same broker."""
    copy = grown.copy(tmp_path / "shop")
    if request.param == "files":
        yield copy
        return
    url = BROKERS[request.param]
    address = urlsplit(url)
    try:
        socket.create_connection((address.hostname or "127.0.0.1", address.port or 0), timeout=3).close()
    except OSError as error:
        missing(f"{request.param} does not answer at {address.hostname}:{address.port} ({error})")
    prefix = f"test-{uuid.uuid4().hex[:8]}-"
    yield replace(copy, settings={"CELERY_BROKER_URL": url, "CELERY_QUEUE_PREFIX": prefix})
    with Connection(url) as connection, connection.channel() as channel:
        for name in ("training", "events"):
            exchange = Exchange(f"{prefix}events")
            Queue(f"{prefix}{name}", exchange, routing_key=f"{prefix}{name}")(channel).delete()
        exchange(channel).delete()


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "worker.txt"


@pytest.fixture
def worker(deployed: Deployment, output: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """What is put into the list is stopped in the end."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_worker__finds_lost_work_trains_apart_and_does_not_keep_events_waiting(
    deployed: Deployment, worker: list[subprocess.Popen[str]], output: Path
) -> None:
    with deployed.here():
        # No message is sent: it is as good as lost.
        lost = enqueue(["segmentation"])
        with output.open("w") as file:
            name = f"test-{uuid.uuid4().hex[:8]}@here"
            command = ("-m", "celery", "-A", "tasks", "worker", "--loglevel", "info", "-n", name)
            worker.append(deployed.begin(*command, stdout=file, stderr=subprocess.STDOUT))
        await_true(lambda: _state(lost) == RunState.RUNNING, 90, output.read_text)
        lost.refresh_from_db()
        trainer = int(lost.owner.split(":")[1])
        assert b"insights.training.process" in Path(f"/proc/{trainer}/cmdline").read_bytes()
        await_true(lambda: _state(lost) == RunState.DONE, 90, output.read_text)
        version = registry.current("segmentation")
        assert version is not None
        assert version.run == lost
        await_true(lambda: not Path(f"/proc/{trainer}").exists(), 60)
        assert worker[0].poll() is None

        with deployed.begin("manage.py", "shell", "-c", SAVE, stdout=subprocess.DEVNULL) as shop:
            assert shop.wait(timeout=120) == 0, output.read_text()
        await_true(Product.objects.filter(name="Told by a signal").exists, 60, output.read_text)
        woken = Run.objects.filter(kind="training").order_by("-pk")[0]
        assert woken != lost
        assert woken.state == RunState.RUNNING, "the row was taken over while the training ran"
        assert b"insights.training.process" in Path(f"/proc/{woken.owner.split(':')[1]}/cmdline").read_bytes()

        # Ctrl-C reaches the whole group: the training is given back, and the worker ends.
        os.killpg(worker[0].pid, signal.SIGINT)
        await_true(lambda: _state(woken) == RunState.QUEUED, 60, output.read_text)
        assert worker[0].wait(timeout=60) is not None
        assert registry.current("segmentation") == version


def _state(run: Run) -> str:
    return Run.objects.values_list("state", flat=True).get(pk=run.pk)
