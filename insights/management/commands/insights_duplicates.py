"""``manage.py insights_duplicates``: look for people who are there twice."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from insights.identity import find_duplicates
from insights.management.base import InsightsCommand


class Command(InsightsCommand):
    """Fill the queue of duplicates anew."""

    help = "Looks for customers who may be one person, for the page Duplicates of the panel; it joins nobody itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        report = find_duplicates()
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict()))
            return
        self.stdout.write(
            f"{report.people:,} customers, {report.compared:,} pairs compared in {report.seconds:.1f} s.\n"
            f"{report.open:,} pairs wait for a decision: {report.new:,} new; {report.gone:,} are none any more."
        )
        if report.too_common:
            self.stdout.write(f"{report.too_common:,} traits of too many people, such as a common name, said nothing.")
