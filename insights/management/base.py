"""What all commands share: an error is one line that says what to do, never a traceback."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections, router
from django.db.migrations.executor import MigrationExecutor

from insights.days import midnight
from insights.exceptions import InsightsError
from insights.models import Order

_MIGRATE = "The tables of insights are not there yet, or not up to date. Run manage.py migrate."


class InsightsCommand(BaseCommand):
    """A command whose errors are told; ``--traceback`` shows where they came from."""

    needs_tables = True
    """Whether it can do nothing before ``migrate``."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command.

        Raises:
            CommandError: for errors of ours, wrong settings, and tables, files or folders that are not there.
        """
        try:
            if self.needs_tables and waiting_migrations():
                raise CommandError(_MIGRATE)
            return super().execute(*args, **options)
        except (InsightsError, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise CommandError(f"{where}{error.strerror or error}") from error
        except DatabaseError as error:
            raise CommandError(_told(error)) from error


def waiting_migrations() -> list[str]:
    """Names of our migrations that are not applied yet.

    Raises:
        DatabaseError: the database cannot be reached.
    """
    executor = MigrationExecutor(connections[router.db_for_write(Order)])
    ours = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "insights"]
    return [migration.name for migration, _ in executor.migration_plan(ours) if migration.app_label == "insights"]


def end_of_day(text: str) -> datetime:
    """The end of a day that an option names, in the shop's zone.

    Raises:
        ArgumentTypeError: it is no day.
    """
    try:
        following = date.fromisoformat(text) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"“{text}” is no day; write YYYY-MM-DD, such as 2026-03-31") from None
    return midnight(following)


def _told(error: DatabaseError) -> str:
    said = str(error).strip().splitlines()
    what = said[0].rstrip(".") if said else type(error).__name__
    try:
        waiting = waiting_migrations()
    except DatabaseError:
        return f"The database cannot be reached ({what}). Is it running, and does DATABASES name it rightly?"
    if waiting:
        return _MIGRATE
    return (
        f"The database refused: {what}. If it speaks of a table or column of the shop, run manage.py migrate; "
        "manage.py insights_doctor looks at the rest."
    )
