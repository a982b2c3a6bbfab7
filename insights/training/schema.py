"""Whether the tables are the ones that this version of the code knows."""

from __future__ import annotations

from django.db import DatabaseError, connections, router
from django.db.migrations.loader import MigrationLoader

from insights.exceptions import RunError
from insights.models import Run

_APP = "insights"


def check_schema() -> None:
    """Refuse to work on tables of another version, so that a run waits until they fit instead of failing.

    Raises:
        RunError: when migrations wait to be applied, or newer ones were applied than this code knows.
    """
    try:
        loader = MigrationLoader(connections[router.db_for_write(Run)])
    except DatabaseError as error:
        raise RunError(f"The database cannot be reached: {type(error).__name__}.") from error
    known = {key for key in loader.graph.nodes if key[0] == _APP}
    applied = {key for key in loader.applied_migrations if key[0] == _APP}
    if waiting := sorted(name for _, name in known - applied):
        raise RunError(f"The tables are older than the code: {', '.join(waiting)}. Run manage.py migrate.")
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    if newer := sorted(name for _, name in applied - set(loader.disk_migrations) - replaced):
        raise RunError(
            f"The tables are newer than the code: {', '.join(newer)}. Install the same version here, and start anew."
        )
