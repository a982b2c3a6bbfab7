"""The broker in a folder."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from tasks import folder

MESSAGES = 2_000


@pytest.fixture
def options(tmp_path: Path) -> dict[str, str]:
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    messages = str(tmp_path / "messages")
    return {"data_folder_in": messages, "data_folder_out": messages, "control_folder": str(tmp_path / "control")}


@pytest.fixture
def channel(options: dict[str, str]) -> Callable[[], Any]:
    """What gives channels of one folder."""
    folder.register()
    return lambda: Connection("folder://", transport_options=options).channel()


def send(options: dict[str, str], first: int) -> None:
    """Send many messages, from a process of its own."""
    folder.register()
    channel = Connection("folder://", transport_options=options).channel()
    for number in range(first, first + MESSAGES):
        channel._put("events", {"number": number})


def test_a_worker_that_looks_while_others_send_takes_each_message_whole(
    channel: Callable[[], Any], options: dict[str, str]
) -> None:
    worker, taken = channel(), []
    processes = multiprocessing.get_context("spawn")
    sending = [processes.Process(target=send, args=(options, sender * MESSAGES)) for sender in range(2)]
    for process in sending:
        process.start()
    while any(process.is_alive() for process in sending) or worker._size("events"):
        with suppress(Empty):
            taken.append(worker._get("events")["number"])
    assert sorted(taken) == list(range(2 * MESSAGES))


def test_a_torn_message_is_left_behind_and_the_next_is_taken(channel: Callable[[], Any], tmp_path: Path) -> None:
    (tmp_path / "messages" / "0_torn.events.msg").write_text("")
    worker = channel()
    with pytest.raises(Empty):
        worker._get("events")
    worker._put("events", {"number": 1})
    assert worker._get("events") == {"number": 1}


def test_what_could_not_be_put_there_leaves_nothing(channel: Callable[[], Any], tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        channel()._put("events", object())
    assert not list((tmp_path / "messages").iterdir())


def test_everybody_who_binds_at_once_finds_the_queue_bound(channel: Callable[[], Any], tmp_path: Path) -> None:
    names = [f"queue{number}" for number in range(12)]
    start = threading.Barrier(len(names))

    def bind(name: str) -> None:
        own = channel()
        start.wait()
        own._queue_bind("events", name, "", name)

    binding = [threading.Thread(target=bind, args=(name,)) for name in names]
    for thread in binding:
        thread.start()
    for thread in binding:
        thread.join()
    assert sorted(row.queue for row in channel().get_table("events")) == sorted(names)
    assert [path.name for path in (tmp_path / "control").iterdir()] == ["events.exchange"]
