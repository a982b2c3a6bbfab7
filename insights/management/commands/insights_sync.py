"""``manage.py insights_sync``: from the host's tables to ours."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from insights.management.base import InsightsCommand
from insights.sources import KINDS, SyncReport, sync


class Command(InsightsCommand):
    """Take over the host's data."""

    help = "Takes over what changed in the shop's own tables since the last sync."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--adapter", help="the name of one adapter; by default all, one after the other")
        parser.add_argument("--full", action="store_true", help="read everything again, and so find silent changes")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        report = sync(options["adapter"], full=options["full"], progress=self._progress)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            self._show(report)

    def _progress(self, kind: str, done: int, there: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r  {kind}: {done:,} / {there:,}   ", ending="")
            self.stderr.flush()

    def _show(self, report: SyncReport) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r", ending="\x1b[K")
        columns = ("read", "created", "updated", "unchanged", "deleted", "quarantined")
        self.stdout.write(f"{'':14}" + "".join(f"{column:>13}" for column in columns))
        for kind in (kind for kind in KINDS if kind in report.kinds):
            numbers = report.kinds[kind].as_dict()
            self.stdout.write(f"{kind:14}" + "".join(f"{numbers[column]:>13,}" for column in columns))
        if report.cleaning:
            from insights.cleaning import BY_KEY

            self.stdout.write("\nCleaning")
            for rule, count in sorted(report.cleaning.items(), key=lambda item: -item[1]):
                self.stdout.write(f"  {count:>9,}  {BY_KEY[rule].label} ({BY_KEY[rule].effect})")
        self.stdout.write(f"\n{report.adapter}: {report.changed:,} rows changed in {report.seconds:.1f} s.")
        if aside := sum(kind.quarantined for kind in report.kinds.values()):
            self.stdout.write(
                f"{aside:,} rows could not be taken over and are in no figure. "
                "See why under Insights → Data in the admin, or run manage.py insights_doctor."
            )
