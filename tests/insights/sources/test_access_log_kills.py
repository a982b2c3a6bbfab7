"""A follower of a log that is killed at any moment, while the log grows and is rotated, loses no line and doubles none."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.insights.sources.test_kills import ROOT, SERVERS, _database, _run

_START = "import django; django.setup(); "
_FOLLOW = (
    _START
    + """
import sys, time
from datetime import timedelta
from django.utils import timezone
from insights.models import Run
from insights.sources import LogOptions, follow_log, log_tail
log_tail._BLOCK = 4096
# A lease that was cut off ends by itself after minutes, which this does not wait for.
Run.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(seconds=1))
print("begun", flush=True)
until = time.monotonic() + float(sys.argv[2])
for report in follow_log(sys.argv[1], LogOptions("combined"), every=0.02, stop=lambda: time.monotonic() > until):
    pass
"""
)
_PAGES = _START + "from insights.models import Event; print(*sorted(Event.objects.values_list('page', flat=True)))"
LINE = '203.{}.{}.7 - - [02/Mar/2026:13:00:{:02} +0000] "GET /page{:05} HTTP/1.1" 200 5 "-" "Firefox"\n'


@pytest.mark.slow
@pytest.mark.parametrize("server", SERVERS)
def test_a_follower_that_is_killed_again_and_again_takes_each_line_once(server: str, tmp_path: Path) -> None:
    dice = random.Random(7)
    log, written, killed, rotated = tmp_path / "access.log", 0, 0, 0
    log.touch()
    with _database(server, tmp_path) as environment:
        _run(environment, "manage.py", "migrate", "-v0")
        for turn in range(8):
            process = subprocess.Popen(
                [sys.executable, "-c", _FOLLOW, str(log), "60"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
            )
            assert process.stdout is not None
            with process, process.stdout:
                assert process.stdout.readline().strip() == b"begun"
                end = time.monotonic() + dice.uniform(0.1, 1.2)
                with log.open("a") as file:
                    while time.monotonic() < end:
                        for _ in range(dice.randrange(1, 60)):
                            file.write(LINE.format(written // 200 % 200, written % 200, written % 60, written))
                            written += 1
                        file.flush()
                        time.sleep(0.01)
                process.send_signal(signal.SIGKILL)
                killed += process.wait() == -signal.SIGKILL
            if turn % 4 == 3:
                rotated += 1
                log.rename(tmp_path / f"access.log.{rotated}")
                log.touch()
                _run(environment, "-c", _FOLLOW, str(log), "0.5")
        _run(environment, "-c", _FOLLOW, str(log), "0.5")
        pages = _run(environment, "-c", _PAGES).split()
    assert killed == 8
    assert written > 1_000
    assert pages == [f"/page{number:05}" for number in range(written)]
