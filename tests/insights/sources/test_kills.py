"""A sync that is killed at any moment, again and again, ends where an undisturbed one ends."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[3]
KILLS = 15
SERVERS = {
    "sqlite": "",
    "postgresql": os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
    "mariadb": os.environ.get("TEST_MARIADB_URL", "mysql://root@127.0.0.1:3306/test"),
}
_START = "import django; django.setup(); from django.core.management import call_command; "
_SYNC = (
    _START
    + """
from datetime import timedelta
from importlib import import_module
from django.utils import timezone
from insights.models import Run
import_module("insights.sources.sync").CHUNK = 40
# A lease that was cut off ends by itself after minutes, which this does not wait for.
Run.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(seconds=1))
print("begun", flush=True)
call_command("insights_sync")
"""
)
_DIGEST = (
    _START
    + """
from hashlib import sha256
from tests.insights.sources.shop import everything
from insights.models import QuarantinedRow, SyncCursor
aside = sorted(QuarantinedRow.objects.values_list("channel", "kind", "external_id", "rule", "reason"))
cursors = sorted(map(repr, SyncCursor.objects.values_list("channel", "kind", "position", "watermark")))
for name, rows in (*everything().items(), ("aside", aside), ("cursors", cursors)):
    print(name, len(rows), sha256(repr(rows).encode()).hexdigest()[:16])
"""
)
_EMPTY = (
    _START
    + """
from insights import models
for name in "OrderLine Refund Order Rating Event Visit Visitor Product Category QuarantinedRow SyncCursor Run".split():
    getattr(models, name)._base_manager.all().delete()
models.Customer.objects.update(merged_into=None)
models.Customer.objects.all().delete()
"""
)


@pytest.mark.slow
@pytest.mark.parametrize("server", SERVERS)
def test_a_sync_that_is_killed_again_and_again_ends_as_an_undisturbed_one(server: str, tmp_path: Path) -> None:
    with _database(server, tmp_path) as environment:
        _run(environment, "manage.py", "migrate", "-v0")
        _run(environment, "manage.py", "shop_simulate", "--customers", "60", "--until", "2026-03-01")
        _run(environment, "-c", _SYNC)
        undisturbed = _run(environment, "-c", _DIGEST)
        _run(environment, "-c", _EMPTY)
        assert _run(environment, "-c", _DIGEST) != undisturbed

        killed = sum(_kill(environment, random.Random(number)) for number in range(KILLS))
        assert killed > KILLS // 3, "the sync was over before it could be killed"
        _run(environment, "-c", _SYNC)

        assert _run(environment, "-c", _DIGEST) == undisturbed
        assert "0 rows changed" in _run(environment, "-c", _SYNC)


@contextmanager
def _database(server: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a process that works on a database of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_", "INSIGHTS_VAR"))}
    environment = kept | {"DJANGO_SETTINGS_MODULE": "shop_demo.settings", "INSIGHTS_VAR": str(folder), "DEBUG": "0"}
    if not SERVERS[server]:
        yield environment | {"DATABASE_URL": ""}
        return
    address = urlsplit(SERVERS[server])
    try:
        socket.create_connection((address.hostname or "127.0.0.1", address.port or 0), timeout=3).close()
    except OSError as error:
        missing(f"{server} does not answer ({error})")
    name = f"insights_kills_{os.getpid()}"
    _ask(environment | {"DATABASE_URL": SERVERS[server]}, f"CREATE DATABASE {name}")
    try:
        yield environment | {"DATABASE_URL": address._replace(path=f"/{name}").geturl()}
    finally:
        _ask(environment | {"DATABASE_URL": SERVERS[server]}, f"DROP DATABASE {name}")


def _ask(environment: dict[str, str], statement: str) -> None:
    _run(environment, "-c", f"{_START} from django.db import connection; connection.cursor().execute({statement!r})")


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _kill(environment: dict[str, str], dice: random.Random) -> bool:
    """Start a sync and kill it at some moment of its work; gives whether it was still at it."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SYNC], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    with process, process.stdout:
        first = process.stdout.readline()
        assert first.strip() == b"begun", first + process.stdout.read()
        time.sleep(dice.uniform(0, 1.5))
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL
