"""How far a long command is, on one line of a terminal that is written again and again."""

from __future__ import annotations

import time
from typing import Protocol

_WIDTH = 24
_EVERY = 0.2
"""Seconds between two drawings."""


class Terminal(Protocol):
    """What is written to; a command's standard error is one."""

    def isatty(self) -> bool:
        """Whether somebody is looking."""
        ...

    def write(self, msg: str, *, ending: str) -> object:
        """Write a text."""
        ...

    def flush(self) -> object:
        """Let it be seen."""
        ...


class ProgressBar:
    """Draws rows done, rows a second and, where the share is known, a bar and the time left.

    It writes nothing where nobody is looking: into files and pipes.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._shown = terminal.isatty()
        self._started = time.monotonic()
        self._drawn = 0.0

    def __call__(self, done: int, share: float | None = None) -> None:
        """Draw, at most five times a second."""
        now = time.monotonic()
        if not self._shown or (now - self._drawn < _EVERY and share != 1.0):
            return
        self._drawn = now
        self._write(said(done, share, now - self._started))

    def close(self) -> None:
        """Take the line away."""
        if self._shown and self._drawn:
            self._write("")

    def _write(self, text: str) -> None:
        self._terminal.write(f"\r\x1b[2K{text}", ending="")
        self._terminal.flush()


def said(done: int, share: float | None, seconds: float) -> str:
    """The line."""
    pace = f"{done:,} rows, {done / max(seconds, 0.001):,.0f} a second"
    if share is None:
        return f"  {pace}"
    full = round(min(max(share, 0.0), 1.0) * _WIDTH)
    left = seconds * (1 - share) / share if share > 0 else 0.0
    bar = "█" * full + "░" * (_WIDTH - full)
    return f"  {bar} {share:4.0%}  {pace}, {int(left) // 60}:{int(left) % 60:02} left"
