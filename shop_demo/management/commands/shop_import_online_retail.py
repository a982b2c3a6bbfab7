"""``manage.py shop_import_online_retail FILE``: real books for the demo shop."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop_demo.online_retail import BooksError, import_books


class Command(BaseCommand):
    """Take the UCI Online Retail (II) data into the shop."""

    help = "Loads UCI Online Retail or Online Retail II (CSV, gzipped CSV or XLSX) into the demo shop's own tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="take out what the shop holds first")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_books(options["file"], replace=options["replace"], progress=self._progress)
        except BooksError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict()))
            return
        if self.stderr.isatty():
            self.stderr.write("\r", ending="\x1b[K")
        self.stdout.write(
            f"{report.lines:,} lines of {report.orders:,} orders by {report.customers:,} customers, "
            f"{report.products:,} products, in {report.seconds:.0f} s."
        )
        for reason, count in report.skipped.items():
            self.stdout.write(f"  {count:,} lines skipped: {reason}")
        self.stdout.write("Next: manage.py insights_sync, then manage.py insights_train.")

    def _progress(self, done: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r  {done:,} lines", ending="")
            self.stderr.flush()
