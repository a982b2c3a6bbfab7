"""A demo of its own in a folder, for tests that need real processes: database in a file, models, broker.

It is built once a test run and copied for each test, so that nobody waits for it twice.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[1]
_FOREIGN = ("DJANGO_", "DATABASE_URL", "TEST_DATABASE_URL", "CELERY_", "INSIGHTS_", "PYTEST_", "COV_")
_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"},
}


@dataclass(frozen=True)
class Deployment:
    """The folder of a demo."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further variables of its environment."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        ours = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)}
        return ours | {"INSIGHTS_VAR": str(self.folder), "PYTHONPATH": str(ROOT)} | dict(self.settings)

    def begin(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a Python process of it, in a group of its own."""
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, start_new_session=True, text=True, **options
        )

    def manage(self, *arguments: str) -> str:
        """Run a command of it; gives what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def copy(self, folder: Path, **settings: str) -> Deployment:
        """Another one that begins as this one is."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Deployment(folder, {**self.settings, **settings})

    @contextmanager
    def here(self) -> Iterator[None]:
        """This process, with all its threads, works on the deployment."""
        from django.conf import settings

        kept, wrapper = connections.settings["default"], connections["default"]
        connections.settings["default"] = {**kept, **_SQLITE, "NAME": str(self.folder / "db.sqlite3")}
        del connections["default"]
        insights = {**settings.INSIGHTS, "DATA_DIR": self.folder / "insights"}
        try:
            with override_settings(MEDIA_ROOT=self.folder / "media", INSIGHTS=insights):
                yield
        finally:
            connections["default"].close()
            connections.settings["default"] = kept
            connections["default"] = wrapper


def build(folder: Path, fill: Callable[[Path], None] | None = None) -> Deployment:
    """Make one, once a test run, also where the run is spread over processes.

    Args:
        folder: where; made by whoever comes first, the others wait for it.
        fill: what is put into the empty tables.
    """
    made, draft = Deployment(folder), folder.with_suffix(".draft")
    try:
        draft.mkdir(parents=True)
    except FileExistsError:
        await_true(folder.exists, 180)
        return made
    if folder.exists():
        return made
    with Deployment(draft).here():
        call_command("migrate", verbosity=0)
        if fill is not None:
            fill(draft)
        # The copies take the file alone.
        connections["default"].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    draft.replace(folder)
    return made


def await_true(what: Callable[[], Any], seconds: float = 30, said: Callable[[], str] = str) -> Any:
    """Ask again and again until the answer is true, and give it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"not within {seconds} seconds\n{said()[-4000:]}"
        time.sleep(0.05)
    return found
