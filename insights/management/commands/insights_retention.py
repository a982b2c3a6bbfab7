"""``manage.py insights_retention``: let go of what is older than the settings say."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from insights import formats
from insights.management.base import InsightsCommand
from insights.privacy import KINDS, RetentionPlan, apply, plan

_FATES = {"deleted": "deleted", "anonymised": "made anonymous", "forgotten": "forgotten"}


class Command(InsightsCommand):
    """``manage.py insights_retention``."""

    help = "Lets go of rows that are older than INSIGHTS['RETENTION'] says. Can be stopped at any moment and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what is there and what would go")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            planned = plan(now)
            self.stdout.write(json.dumps(planned.as_dict()) if options["json"] else _table(planned))
            return
        report = apply(now)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict()))
            return
        fates = {kind.key: _FATES[kind.fate] for kind in KINDS}
        for key, rows in report.done.items():
            self.stdout.write(f"{key:14} {rows:>12,} rows {fates[key]}")
        self.stdout.write(f"Done in {report.seconds:.1f} s." if report.done else "Nothing is older than it may be.")


def _table(planned: RetentionPlan) -> str:
    head = f"{'':14} {'kept':>10} {'rows':>12} {'size':>10} {'go now':>12} {'size':>10} {'a month':>12} {'size':>10}"
    lines = [
        f"{kind.key:14} {'for ever' if kind.days is None else f'{kind.days} days':>10} {kind.rows:>12,} "
        f"{formats.size(kind.bytes):>10} {kind.due_rows:>12,} {formats.size(kind.due_bytes):>10} "
        f"{kind.month_rows:>12,} {formats.size(kind.month_bytes):>10}"
        for kind in planned.kinds
    ]
    return "\n".join([head, *lines, "Nothing was changed."])
