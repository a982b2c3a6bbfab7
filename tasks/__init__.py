"""The ready deployment of the tasks of ``insights``: ``celery -A tasks worker``."""

from tasks.app import app

__all__ = ["app"]
