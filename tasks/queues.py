"""Two queues: a training takes minutes, and what a customer just did must not wait behind it."""

from __future__ import annotations

import os

from kombu import Queue

PREFIX = os.environ.get("CELERY_QUEUE_PREFIX", "")
"""Before the names of the queues, where several shops share a broker."""
TRAINING, EVENTS = f"{PREFIX}training", f"{PREFIX}events"
QUEUES = tuple(Queue(name, routing_key=name) for name in (TRAINING, EVENTS))
ROUTES = {name: {"queue": TRAINING} for name in ("insights.train", "insights.nightly", "insights.retention")}
ROUTES["*"] = {"queue": EVENTS}
