"""The bars of the ingest, by processor seconds, since other work shares the machine."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import missing

pytestmark = [pytest.mark.slow, pytest.mark.services]

ROOT = Path(__file__).resolve().parents[3]
SERVER = os.environ.get("INSIGHTS_POSTGRES", "postgres://postgres@127.0.0.1:5432")


def test_ingest__five_thousand_events_a_second_and_core_and_an_eighth_of_copy(tmp_path: Path) -> None:
    try:
        socket.create_connection(("127.0.0.1", 5432), timeout=2).close()
    except OSError:
        missing("no PostgreSQL on this machine")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.ingest", "--events", "40000", "--stored", "300000"],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": f"{SERVER}/insights_speed",
            "DJANGO_SETTINGS_MODULE": "shop_demo.settings",
            "INSIGHTS_VAR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rate = re.search(r"inbox to tables.*?([\d,]+) events/s", done.stdout)
    ratio = re.search(r"by CPU (\d\.\d+)", done.stdout)
    costs = [int(found) for found in re.findall(r"rows +(\d+) µs", done.stdout)]
    assert rate
    assert ratio
    assert int(rate[1].replace(",", "")) >= 5_000, done.stdout
    assert float(ratio[1]) >= 0.125, done.stdout
    assert max(costs) < 1.5 * min(costs), done.stdout
