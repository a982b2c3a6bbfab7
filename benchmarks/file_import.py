"""How fast order lines come in from a file, against ``COPY`` of the same rows: ``python -m benchmarks.file_import``.

PostgreSQL, in a database of its own that is made and dropped (``DATABASE_URL`` names a server on which that is allowed).
The orders and products are there; a CSV of lines is imported by the command's own function in a process of its own,
and the rows that came of it are then copied, as they lie in the table, into an empty table with the same columns and
indexes. CPU seconds of the import include the server's share where the server's processes can be read (``/proc``), since
two cores that others use say little by the clock. ``--check`` ends with 1 above 300 MB.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

BAR_MEGABYTES = 300
_PRODUCTS = 5_000
_LINES_AN_ORDER = 4


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _import(options.child)
        return
    import psycopg
    from psycopg import sql

    server = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    base = server.rpartition("/")[0]
    name = f"insights_file_import_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with tempfile.TemporaryDirectory() as folder:
                seconds = _measure(options.lines, f"{base}/{name}", Path(folder))
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    sys.exit(options.check and seconds > BAR_MEGABYTES)


def _measure(lines: int, url: str, folder: Path) -> float:
    environment = {**os.environ, "DATABASE_URL": url, "INSIGHTS_VAR": str(folder), "DEBUG": "0"}
    os.environ.update(environment, DJANGO_SETTINGS_MODULE="shop_demo.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    path = folder / "lines.csv"
    _prepare(lines, path)
    started = time.perf_counter()
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.file_import", "--child", str(path)],
        env=environment, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    wall = time.perf_counter() - started
    cpu, server, megabytes = map(float, said)
    copied, copied_cpu, copied_server = _copy()
    print(f"{lines:,} order lines, {path.stat().st_size / 1e6:.0f} MB of CSV")
    print(
        f"import: {wall:8.1f} s by the clock, {cpu:7.1f} s CPU here, {server:6.1f} s CPU of the server, {megabytes:.0f} MB at most"
    )
    print(
        f"COPY:   {copied:8.1f} s by the clock, {copied_cpu:7.1f} s CPU here, {copied_server:6.1f} s CPU of the server"
    )
    print(f"ratio:  {wall / copied:8.1f} by the clock, {(cpu + server) / (copied_cpu + copied_server):7.1f} by CPU")
    print(f"        {lines / (cpu + server):8,.0f} lines a CPU second")
    return megabytes


def _prepare(lines: int, path: Path) -> None:
    from django.utils import timezone

    from insights.models import Product
    from insights.sources import import_file

    chance = random.Random(7)
    now = timezone.now()
    Product.objects.bulk_create(
        [Product(channel="files", external_id=f"p{n}", name=f"Product {n}", recorded_at=now) for n in range(_PRODUCTS)],
        batch_size=1_000,
    )
    orders = path.with_name("orders.csv")
    first = datetime(2024, 1, 1, tzinfo=UTC)
    with orders.open("w", newline="") as some, path.open("w", newline="") as file:
        order_rows, rows = csv.writer(some), csv.writer(file)
        order_rows.writerow(["order", "placed_at", "currency"])
        rows.writerow(["line_id", "order", "sku", "name", "quantity", "unit_price"])
        for number in range(lines):
            order, place = divmod(number, _LINES_AN_ORDER)
            if place == 0:
                at = first + timedelta(seconds=order * 60)
                order_rows.writerow([f"o{order}", at.isoformat(), "EUR"])
            product = chance.randrange(_PRODUCTS)
            rows.writerow(
                [
                    number,
                    f"o{order}",
                    f"p{product}",
                    f"Product {product}",
                    chance.randrange(1, 9),
                    f"{chance.randrange(100, 9_999) / 100:.2f}",
                ]
            )
    import_file("orders", orders)


def _import(path: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_demo.settings"
    import django

    django.setup()
    from django.db import connection

    from insights.sources import import_file

    before, used = _server_seconds(connection), time.process_time()
    report = import_file("order_lines", path)
    spent = time.process_time() - used
    assert report.rows.created == report.rows.read, report
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{spent:.2f} {_server_seconds(connection) - before:.2f} {peak:.0f}")


def _copy() -> tuple[float, float, float]:
    """The rows as they lie in the table, into an empty one with the same indexes."""
    from django.db import connection

    from insights.models import OrderLine

    table = OrderLine._meta.db_table
    with connection.cursor() as cursor, tempfile.TemporaryFile() as rows:
        with cursor.copy(f'COPY "{table}" TO STDOUT') as out:
            for block in out:
                rows.write(block)
        cursor.execute(f'CREATE TABLE copied (LIKE "{table}" INCLUDING ALL)')
        rows.seek(0, io.SEEK_SET)
        before, used, started = _server_seconds(connection), time.process_time(), time.perf_counter()
        with cursor.copy("COPY copied FROM STDIN") as into:
            while block := rows.read(1 << 16):
                into.write(block)
        return time.perf_counter() - started, time.process_time() - used, _server_seconds(connection) - before


def _server_seconds(connection: Any) -> float:
    """CPU seconds of the server's process behind the connection; none where it is on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists() or "postgres" not in stat.read_text():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
