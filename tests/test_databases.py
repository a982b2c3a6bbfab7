"""The tests that touch the database, once more on PostgreSQL and on MariaDB."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("insights", "shop_demo")
SERVERS = {
    "postgresql": os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
    "mariadb": os.environ.get("TEST_MARIADB_URL", "mysql://root@127.0.0.1:3306/test"),
}


ALIKE = (
    "insights/assistant",
    *(f"insights/training/test_{name}.py" for name in ("prediction", "factorization", "lifetime", "segmentation")),
    # One module asks all that the pages ask of a database; the others look at what is made of it.
    *(
        str(path.relative_to(ROOT / "tests"))
        for path in sorted((ROOT / "tests" / "insights" / "panel").rglob("test_*.py"))
        if path.parts[-2:] != ("pages", "test_init.py")
    ),
)
"""What reads and writes as the rest does, and takes its time over other things: once more in the slow tier alone."""


@pytest.mark.services
@pytest.mark.parametrize("server", SERVERS)
def test_the_suite_passes_on(server: str) -> None:
    _run(server, *(f"tests/{name}" for name in FOLDERS), *(f"--ignore=tests/{name}" for name in ALIKE))


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.parametrize("server", SERVERS)
def test_what_is_alike_passes_on(server: str) -> None:
    _run(server, *(f"tests/{name}" for name in ALIKE))


def _run(server: str, *arguments: str) -> None:
    address = urlsplit(SERVERS[server])
    try:
        socket.create_connection((address.hostname or "127.0.0.1", address.port or 0), timeout=3).close()
    except OSError as error:
        missing(f"{server} does not answer at {address.hostname}:{address.port} ({error})")
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_", "INSIGHTS_VAR"))
    }
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "--create-db", "-p", "no:cacheprovider", "-o", "addopts=",
            "--hypothesis-profile", "again", "-m", "django_db and not slow and not services and not browser", *arguments,
        ],
        cwd=ROOT,
        # A database of its own, so that two runs on one server do not take each other's tables away.
        env=environment | {"TEST_DATABASE_URL": address._replace(path=f"/insights_{os.getpid()}").geturl()},
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
