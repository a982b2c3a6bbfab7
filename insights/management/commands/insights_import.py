"""``manage.py insights_import``: from a file to our tables."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from insights.cleaning import BY_KEY
from insights.management.base import InsightsCommand
from insights.management.progress import ProgressBar
from insights.sources import (
    EXPORT_MAPPINGS,
    FILES_CHANNEL,
    FORMATS,
    KINDS,
    ExportReport,
    ImportReport,
    import_export,
    import_file,
)


class Command(InsightsCommand):
    """Import a file."""

    help = "Takes over the rows of a CSV, JSON Lines, Excel or Parquet file; what cannot be read is kept aside."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", nargs="?", choices=list(KINDS), metavar="KIND", help=", ".join(KINDS))
        parser.add_argument("file", type=Path, metavar="FILE", help="it may be packed by gzip")
        parser.add_argument("--format", choices=FORMATS, help="by default the file's ending says it")
        parser.add_argument(
            "--map",
            nargs="+",
            action="extend",
            default=[],
            type=_pair,
            metavar="FIELD=COLUMN",
            help="which column a field is in, where its name does not say it; FIELD= leaves the field out",
        )
        parser.add_argument(
            "--mapping",
            choices=list(EXPORT_MAPPINGS),
            metavar="NAME",
            help=f"the export of another platform, in place of KIND: {', '.join(EXPORT_MAPPINGS)}",
        )
        parser.add_argument(
            "--channel", help=f"where the rows belong; by default “{FILES_CHANNEL}”, or the platform of the mapping"
        )
        parser.add_argument("--currency", default="", help="of the rows of a mapping that name none")
        parser.add_argument(
            "--date-format", help="how dates are written, such as %%d/%%m/%%Y; needed where day and month look alike"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would come of it, and write nothing")
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="PATH",
            help="write the rows that are not taken over into a file (.csv or .jsonl), each with its reason",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, mapping = options["kind"], options["mapping"]
        if (kind is None) == (mapping is None):
            raise CommandError(f"Give a KIND ({', '.join(KINDS)}) or a --mapping, one of the two.")
        if mapping is not None and options["map"]:
            raise CommandError("A --mapping knows its columns; --map belongs to a KIND.")
        bar = ProgressBar(self.stderr)
        common = {
            "file_format": options["format"],
            "date_format": options["date_format"],
            "progress": bar,
            "dry_run": options["dry_run"],
            "rejects": options["rejects"],
        }
        report: ImportReport | ExportReport
        try:
            if mapping is not None:
                channel = options["channel"] or ""
                report = import_export(
                    mapping, options["file"], channel=channel, currency=options["currency"], **common
                )
            else:
                channel = options["channel"] or FILES_CHANNEL
                report = import_file(kind, options["file"], columns=dict(options["map"]), channel=channel, **common)
        finally:
            bar.close()
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
        elif isinstance(report, ExportReport):
            self._show_export(report)
        else:
            self._show(report)

    def _show(self, report: ImportReport) -> None:
        for name, column in report.columns.items():
            self.stdout.write(f"  {name:16} ← {column}")
        if report.unused:
            self.stdout.write(f"  not used: {', '.join(report.unused)}")
        for number, row in enumerate(report.preview, 1):
            self._show_row(f"Row {number}", row)
        self._show_cleaning(report.cleaning)
        rows = report.rows
        self.stdout.write(
            f"\n{report.kind}: {rows.read:,} rows read, {rows.created:,} created, {rows.updated:,} updated, "
            f"{rows.unchanged:,} unchanged, {rows.quarantined:,} newly kept aside in {report.seconds:.1f} s."
        )
        self._show_dry(report.dry_run)
        if report.cleaning.get("unreadable_date", 0) > rows.read // 2:
            self.stdout.write("Most dates cannot be read: say how they are written, such as --date-format %d/%m/%Y.")

    def _show_export(self, report: ExportReport) -> None:
        for kind, row in report.preview:
            self._show_row(kind, row)
        self._show_cleaning(report.cleaning)
        self.stdout.write(f"\n{report.mapping}: {report.read:,} rows read in {report.seconds:.1f} s.")
        for kind, rows in report.kinds.items():
            self.stdout.write(
                f"  {kind:12} {rows.created:,} created, {rows.updated:,} updated, {rows.unchanged:,} unchanged, "
                f"{rows.quarantined:,} newly kept aside"
            )
        self._show_dry(report.dry_run)

    def _show_row(self, title: str, row: Mapping[str, Any]) -> None:
        self.stdout.write(f"\n{title}")
        for name, value in row.items():
            if value not in ("", None):
                self.stdout.write(f"  {name:16} {value}")

    def _show_cleaning(self, cleaning: Mapping[str, int]) -> None:
        if cleaning:
            self.stdout.write("\nCleaning")
            for rule, count in sorted(cleaning.items(), key=lambda item: -item[1]):
                self.stdout.write(f"  {count:>9,}  {BY_KEY[rule].label} ({BY_KEY[rule].effect})")

    def _show_dry(self, dry_run: bool) -> None:
        if dry_run:
            self.stdout.write("That was a dry run: nothing was written.")


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals:
        raise ArgumentTypeError(f"“{text}” is no pair: write FIELD=COLUMN, such as placed_at=Date.")
    return name.strip(), column
