"""What happens by the clock, where ``celery -A tasks beat`` runs or a worker is started with ``-B``."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "take over what changed": {"task": "insights.sync", "schedule": 300.0},
    "read what lies in the inbox": {"task": "insights.collect", "schedule": 15.0, "options": {"expires": 15.0}},
    "look for lost runs": {"task": "insights.sweep", "schedule": 60.0},
    "let go of what is old": {"task": "insights.retention", "schedule": crontab(hour=2, minute=40)},
    "sync and train at night": {
        "task": "insights.nightly",
        "schedule": crontab(hour=3, minute=20),
    },
}
