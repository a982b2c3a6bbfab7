"""A real little shop that uses ``insights``."""

from tasks.app import app as celery_app

__all__ = ["celery_app"]
