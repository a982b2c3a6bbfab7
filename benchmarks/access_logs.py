"""How fast access logs are read: ``python -m benchmarks.access_logs [--lines N] [--bar]``.

Lines of nginx's combined format, made with a seed, go through our reader and through a plain peer in the same run: one
regular expression with named groups, and ``strptime`` for the time, as most small parsers have it. CPU seconds, one
core. The second figure is the whole way from bytes to rows ready to be written, and the third the import itself, into
SQLite in memory.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

BAR = 80_000
_PEER = re.compile(
    r'(?P<host>\S+) (?P<ident>\S+) (?P<user>\S+) \[(?P<time>[^\]]+)\] "(?P<method>\S+) (?P<path>\S+) (?P<protocol>[^"]+)" '
    r'(?P<status>\d{3}) (?P<size>\S+) "(?P<referrer>[^"]*)" "(?P<agent>[^"]*)"$'
)
_AGENTS = [
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    for version in range(90, 140)
] + ["Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"]


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=300_000)
    parser.add_argument("--bar", action="store_true", help=f"end with 1 below {BAR:,} lines a second")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="shop_demo.settings", INSIGHTS_VAR=folder, DATABASE_URL="sqlite://:memory:"
        )
        import django

        django.setup()
        from insights.sources.access_formats import reader_of

        lines = _lines(options.lines)
        ours = _rate(reader_of("combined"), lines)
        peer = _rate(_peer, lines)
        print(f"{'ours':28} {ours:>10,.0f} lines a second")
        print(f"{'plain expression, strptime':28} {peer:>10,.0f} lines a second")
        print(f"{'ratio':28} {ours / peer:>10.2f}")
        print(f"{'bytes to rows':28} {_whole(lines):>10,.0f} lines a second")
        print(f"{'import into SQLite':28} {_imported(lines[:50_000], Path(folder)):>10,.0f} lines a second")
    sys.exit(options.bar and ours < BAR)


def _lines(number: int) -> list[str]:
    chance = random.Random(7)
    at = datetime(2026, 3, 2, 12)
    found = []
    for _ in range(number):
        at += timedelta(seconds=chance.expovariate(20))
        address = f"{chance.randrange(1, 224)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
        path = chance.choice(
            ["/", f"/p/{chance.randrange(5_000)}/", f"/search?q=term{chance.randrange(900)}", "/static/app.css"]
        )
        found.append(
            f'{address} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/2.0" 200 {chance.randrange(90_000)} '
            f'"https://shop.example/" "{chance.choice(_AGENTS)}"'
        )
    return found


def _peer(line: str) -> object:
    found = _PEER.match(line)
    return found and {**found.groupdict(), "time": datetime.strptime(found["time"], "%d/%b/%Y:%H:%M:%S %z")}


def _rate(read: Callable[[str], object], lines: list[str]) -> float:
    started = time.process_time()
    unread = sum(read(line) is None for line in lines)
    spent = time.process_time() - started
    assert unread == 0
    return len(lines) / spent


def _whole(lines: list[str]) -> float:
    from insights.sources.access_formats import reader_of
    from insights.sources.access_hits import Reading

    read, packed = reader_of("combined"), [line.encode() for line in lines]
    reading = Reading({f"/p/{number}": str(number) for number in range(5_000)}, ignore=("/static/",))
    started = time.process_time()
    rows = 0
    for data in packed:
        hit = read(data.decode("utf-8", "surrogateescape"))
        assert hit is not None
        rows += sum(1 for _ in reading.events(hit, data))
    spent = time.process_time() - started
    assert rows > len(lines)
    return len(lines) / spent


def _imported(lines: list[str], folder: Path) -> float:
    from django.core.management import call_command

    from insights.models import Event
    from insights.sources import import_log

    call_command("migrate", verbosity=0)
    path = folder / "access.log"
    path.write_text("\n".join(lines) + "\n")
    started = time.process_time()
    report = import_log(path)
    spent = time.process_time() - started
    assert report.rows.created == Event.objects.count() > 0
    return len(lines) / spent


if __name__ == "__main__":
    main()
