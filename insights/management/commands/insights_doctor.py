"""``manage.py insights_doctor``: is everything there, and what is to be mended?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from insights.management.base import InsightsCommand
from insights.management.doctor import examine
from insights.management.findings import Finding


class Command(InsightsCommand):
    """Look at the installation."""

    help = "Looks at the installation and says what to mend. Ends with 1 when something does not work."
    requires_system_checks = []
    needs_tables = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine()
        broken = [finding for finding in findings if finding.state == "mend"]
        if options["json"]:
            said = {"ok": not broken, "findings": [finding.as_dict() for finding in findings]}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            for finding in findings:
                self._show(finding)
            count = len(broken)
            self.stdout.write("\nNothing to mend." if not count else f"\nTo be mended: {count}.")
        if broken:
            raise SystemExit(1)

    def _show(self, finding: Finding) -> None:
        style = {"ok": self.style.SUCCESS, "look": self.style.WARNING, "mend": self.style.ERROR}[finding.state]
        self.stdout.write(f"{style(f'{finding.state:5}')} {finding.key:26} {finding.message}")
        if finding.remedy:
            self.stdout.write(f"{'':33}{finding.remedy}")
