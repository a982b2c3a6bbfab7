"""``manage.py insights_collect``: write what lies in the inbox, without a broker."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections

from insights.collect import WorkReport, purge, replay, work

PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_PURGE_EVERY = 60.0


class Command(BaseCommand):
    """Writes the events that browsers and pages sent."""

    help = "Write the batches of events that wait in the inbox; with --watch, go on as they come."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the switches."""
        parser.add_argument("--watch", action="store_true", help="go on until stopped")
        parser.add_argument("--replay", action="store_true", help="first put what was put aside back into the inbox")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, watch: bool, replay: bool, json: bool, **options: Any) -> None:
        """Work, and say what was done."""
        if replay:
            self._replay(quiet=json)
        if watch:
            self._watch()
            return
        report = work()
        purge()
        self.stdout.write(_json(report) if json else _sentence(report))

    def _replay(self, *, quiet: bool) -> None:
        found, gone = replay()
        if not quiet:
            self.stdout.write(
                f"{found} batches are read again" + (f"; {gone} are not there any more." if gone else ".")
            )

    def _watch(self) -> None:
        """Until interrupted. A database that is gone is waited for."""
        pause, purged = PAUSE, 0.0
        while True:
            try:
                report = work()
                if report.batches:
                    self.stdout.write(_sentence(report))
                if time.monotonic() - purged > _PURGE_EVERY:
                    purge()
                    purged = time.monotonic()
                pause = PAUSE
            except (DatabaseError, InterfaceError) as error:
                pause = min(2 * pause, _LONGEST_PAUSE)
                self.stderr.write(f"The database fails ({type(error).__name__}); next try in {pause:.0f} s.")
            time.sleep(pause)
            close_old_connections()


def _json(report: WorkReport) -> str:
    return json.dumps(report.as_dict())


def _sentence(report: WorkReport) -> str:
    return (
        f"{report.batches} batches in {report.seconds:.1f} s: {report.events} events written, {report.twice} there "
        f"already, {report.aside} put aside; {report.visits} sessions drawn."
    )
