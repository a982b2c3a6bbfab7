from __future__ import annotations

import threading

import pytest

from insights.assistant.bridge import AnswerTimeoutError, Bridge


def test_run__work_is_done_in_the_callers_thread() -> None:
    threads: list[str] = []

    def agent(bridge: Bridge) -> None:
        threads.append(threading.current_thread().name)
        given = bridge.call(lambda: threads.append(threading.current_thread().name) or 7)
        bridge.emit({"given": given})

    assert list(Bridge(5).run(agent)) == [{"given": 7}]
    assert threads == ["insights-assistant", threading.current_thread().name]


def test_run__errors_reach_their_side() -> None:
    def agent(bridge: Bridge) -> None:
        try:
            bridge.call(lambda: 1 / 0)
        except ZeroDivisionError:
            bridge.emit({"caught": True})
        raise LookupError("the agent's own")

    events = Bridge(5).run(agent)
    assert next(events) == {"caught": True}
    with pytest.raises(LookupError):
        next(events)


def test_run__gives_up_when_the_time_is_up() -> None:
    release = threading.Event()
    with pytest.raises(AnswerTimeoutError):
        list(Bridge(0.05).run(lambda bridge: release.wait(5) and None))
    release.set()


def test_call__after_the_caller_left_does_not_hang() -> None:
    left, seen = threading.Event(), threading.Event()

    def agent(bridge: Bridge) -> None:
        bridge.emit({"n": 1})
        left.wait(5)
        try:
            bridge.call(lambda: 1)
        except AnswerTimeoutError:
            seen.set()

    events = Bridge(5).run(agent)
    next(events)
    events.close()
    left.set()
    assert seen.wait(5)
