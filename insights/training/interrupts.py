"""Told to stop in the middle of a step: what became of the ``KeyboardInterrupt``.

The interpreter raises it wherever it happens to be. Raised inside a C extension it comes out as that extension's own
error (an import that is cut short gives an ``ImportError``), or is printed and forgotten by a callback. What counts is
that the process was told, and not what came of it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible() -> Iterator[None]:
    """A block that, once the process was told to stop, ends with ``KeyboardInterrupt`` and with nothing else.

    Only signals that raise ``KeyboardInterrupt`` already are watched, and only in the main thread, which gets them.

    Raises:
        KeyboardInterrupt: when told to stop while the block ran.
    """
    told: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        told.append(number)
        signal.default_int_handler(number, frame)

    watched = [
        number
        for number in (signal.SIGINT, signal.SIGTERM)
        if threading.current_thread() is threading.main_thread()
        and signal.getsignal(number) is signal.default_int_handler
    ]
    for number in watched:
        signal.signal(number, note)
    try:
        yield
    except Exception as error:
        if told:
            raise KeyboardInterrupt from error
        raise
    else:
        if told:
            raise KeyboardInterrupt
    finally:
        for number in watched:
            signal.signal(number, signal.default_int_handler)
