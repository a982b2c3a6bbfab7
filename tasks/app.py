"""The Celery application: Django's settings, the queues, the schedule."""

from __future__ import annotations

import os

from celery import Celery

from tasks import folder
from tasks.queues import EVENTS, QUEUES, ROUTES
from tasks.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_demo.settings")

folder.register()
app = Celery("insights")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=QUEUES,
    task_default_queue=EVENTS,
    task_routes=ROUTES,
    beat_schedule=SCHEDULE,
    result_backend=None,
    worker_prefetch_multiplier=1,
    # A training, a nightly sync, and one that is always free for events.
    worker_concurrency=3,
    broker_connection_retry_on_startup=True,
)
app.autodiscover_tasks(["insights"])
