"""A broker in a folder, for a shop that has no other: ``folder://``.

It is Kombu's, but that each file appears whole or not at all. Kombu opens a message under the name that a worker looks
for and fills it afterwards: a worker that comes in between takes an empty message, and ends with a JSONDecodeError.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Kombu's channel with files that are written beside their place and then put there."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        place = Path(self.data_folder_out) / name
        with _draft(place, dumps(payload)) as draft:
            draft.replace(place)

    def _get(self, queue: str) -> Any:
        try:
            return super()._get(queue)
        except ValueError:
            # Torn by a power cut. It is out of the folder now, and every message can be lost.
            raise Empty from None

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        # Kombu changes a table under a lock, but two who both find none would each begin one.
        table = self._exchange_file(exchange)
        if not table.exists():
            with _draft(table, "[]") as draft, suppress(FileExistsError):
                os.link(draft, table)
        super()._queue_bind(exchange, routing_key, pattern, queue)


class Transport(filesystem.Transport):
    """Kombu's transport with the channel above."""

    Channel = Channel


def register() -> None:
    """Have Kombu know the scheme."""
    TRANSPORT_ALIASES["folder"] = f"{__name__}:Transport"


@contextmanager
def _draft(place: Path, text: str) -> Iterator[Path]:
    draft = place.with_name(f"{uuid.uuid4()}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        yield draft
    finally:
        draft.unlink(missing_ok=True)
