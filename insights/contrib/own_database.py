"""A router that keeps our tables in a database of their own, and all others out of it.

``DATABASE_ROUTERS = ["insights.contrib.own_database.Router"]``, with ``DATABASES["insights"]``.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model

ALIAS = "insights"


class Router:
    """Our models live in the database ``insights``. None of them refers to a table of the host's."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        """Where our rows are read; nothing is said of others."""
        return ALIAS if model._meta.app_label == "insights" else None

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        """Where our rows are written; nothing is said of others."""
        return ALIAS if model._meta.app_label == "insights" else None

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool | None:
        """Ours refer to ours alone."""
        ours = [row._meta.app_label == "insights" for row in (one, other)]
        return all(ours) if any(ours) else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """Our tables there and nowhere else, and no others there."""
        if app_label == "insights":
            return db == ALIAS
        return False if db == ALIAS else None
