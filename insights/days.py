"""Days of the shop."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    """When a day of the shop begins."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
