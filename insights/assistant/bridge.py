"""The agent's thread on one side, the caller's on the other.

LangChain's tracing switch leaks when a generator yields inside it, and LangGraph runs tools in
threads of its own, where the caller's database connection and transaction are not. So the agent
runs wholly inside one thread, and all work on the database is handed back to the caller's.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

from insights.exceptions import InsightsError

T = TypeVar("T")
Event = dict[str, Any]
_Item = tuple[str, Any, Any]


class AnswerTimeoutError(InsightsError):
    """The answer took longer than ``INSIGHTS["ASSISTANT"]["TIMEOUT"]`` allows."""


class Bridge:
    """Carries events to the caller, and work to be done by it.

    Args:
        timeout: seconds after which the caller gives the answer up.
    """

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self._items: queue.Queue[_Item] = queue.Queue()
        self._closed = threading.Event()

    def emit(self, event: Event) -> None:
        """From the agent's side: tell the caller something."""
        self._items.put(("event", event, None))

    def call(self, work: Callable[[], T]) -> T:
        """From the agent's side: have ``work`` done in the caller's thread, and wait for what it gives."""
        if self._closed.is_set():
            raise AnswerTimeoutError("The answer is no longer waited for.")
        future: Future[T] = Future()
        self._items.put(("work", work, future))
        return future.result(self.timeout)

    def run(self, agent: Callable[[Bridge], None]) -> Iterator[Event]:
        """From the caller's side: start the agent, do its work, and give its events.

        Raises:
            AnswerTimeoutError: the time is up.
            Exception: whatever the agent raised.
        """
        thread = threading.Thread(target=self._drive, args=(agent,), name="insights-assistant", daemon=True)
        thread.start()
        end = time.monotonic() + self.timeout
        try:
            while True:
                try:
                    kind, payload, future = self._items.get(timeout=max(0.0, end - time.monotonic()))
                except queue.Empty:
                    raise AnswerTimeoutError(f"No answer within {self.timeout:g} seconds.") from None
                if kind == "event":
                    yield payload
                elif kind == "work":
                    _do(payload, future)
                elif kind == "failed":
                    raise payload
                else:
                    return
        finally:
            self._closed.set()

    def _drive(self, agent: Callable[[Bridge], None]) -> None:
        try:
            agent(self)
        except BaseException as error:
            self._items.put(("failed", error, None))
        else:
            self._items.put(("done", None, None))


def _do(work: Callable[[], T], future: Future[T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
