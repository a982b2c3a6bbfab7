"""A sign of life from a thread of its own, since a fit may take longer than the lease."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connections

from insights.conf import settings
from insights.models import Run

from .claims import Claim, LostClaimError, beat

logger = logging.getLogger(__name__)

_SHORTEST = 0.2


@contextmanager
def heartbeat(run: Run, held: Claim) -> Iterator[None]:
    """Beat four times a lease until the block ends. A database that is away for a while does not stop it."""
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(run, held, over), name="insights-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(run: Run, held: Claim, over: threading.Event) -> None:
    try:
        while not over.wait(max(settings.TRAINING.LEASE_SECONDS / 4, _SHORTEST)):
            try:
                beat(run, held)
            except LostClaimError:
                # The worker itself finds out with its next write.
                return
            except DatabaseError as error:
                logger.warning("A sign of life could not be written: %s", type(error).__name__)
                connections.close_all()
    finally:
        connections.close_all()
