"""Import, sync and training on all of Online Retail II: ``python -m benchmarks.online_retail FILE``.

Each step is the command that an owner would run, in a process of its own, on a fresh database: SQLite in a folder of
its own, or that of ``DATABASE_URL``, which must be empty. With ``--check`` the overview is compared with pandas.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BAR_SECONDS, BAR_MEGABYTES = 480, 2000


@dataclass(frozen=True)
class Step:
    """What one command took, with the processes that it started."""

    name: str
    wall: float
    cpu: float
    megabytes: float


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="online_retail_ii.csv.gz")
    parser.add_argument("--check", action="store_true", help="compare the overview with a plain computation")
    parser.add_argument("--no-train", action="store_true", help="stop after the sync")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="online-retail-") as folder:
        environment = {"DEBUG": "0", **os.environ, "INSIGHTS_VAR": os.environ.get("INSIGHTS_VAR", folder)}
        _measure("migrate", ["migrate", "-v0"], environment)
        steps = [
            _measure("import into the shop", ["shop_import_online_retail", str(options.file)], environment),
            _measure("sync", ["insights_sync"], environment),
            _measure("second sync", ["insights_sync"], environment),
        ]
        if not options.no_train:
            steps.append(_measure("train", ["insights_train"], environment))
        _show(steps)
        if options.check:
            _check(options.file, environment)


def _measure(name: str, command: list[str], environment: dict[str, str]) -> Step:
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    # The peak is that of the largest process; Linux counts in KiB, macOS in bytes.
    megabytes = used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1024 / 1.048576)
    return Step(name, time.perf_counter() - started, used.ru_utime + used.ru_stime, megabytes)


def _show(steps: list[Step]) -> None:
    print(f"{'':22}{'seconds':>9}{'CPU':>9}{'peak MB':>9}")
    for step in steps:
        print(f"{step.name:22}{step.wall:>9.0f}{step.cpu:>9.0f}{step.megabytes:>9.0f}")
    wall, cpu = sum(step.wall for step in steps), sum(step.cpu for step in steps)
    peak = max(step.megabytes for step in steps)
    print(f"{'together':22}{wall:>9.0f}{cpu:>9.0f}{peak:>9.0f}   (the bar: {BAR_SECONDS} s, {BAR_MEGABYTES} MB)")


def _check(file: Path, environment: dict[str, str]) -> None:
    """The overview's figures beside those of ``tests/insights/sources/retail.py``, which uses nothing of ours."""
    code = (
        "import json, django; django.setup()\n"
        "from insights.analytics import Query, run\n"
        "((revenue, orders, buyers),) = run(Query(metrics=['revenue', 'orders', 'buyers'])).rows\n"
        "print(json.dumps([f'{revenue:.4f}', orders, buyers]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "shop_demo.settings"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    from tests.insights.sources import retail

    books = retail.read(file)
    expected = [f"{books.revenue:.4f}", books.orders, books.customers]
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"\nnet revenue, orders, customers: {found}; by pandas: {expected}")
    if found != expected:
        raise SystemExit("They differ.")


if __name__ == "__main__":
    main()
