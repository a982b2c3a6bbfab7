"""``manage.py insights_access_log``: from the log of a web server to events."""

from __future__ import annotations

import json
import signal
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime
from pathlib import Path
from typing import Any

from insights.days import midnight
from insights.management.base import InsightsCommand
from insights.management.progress import ProgressBar
from insights.sources import ACCESS_LOG_CHANNEL, ACCESS_LOG_FORMATS, LogOptions, LogReport, follow_log, import_log


class Command(InsightsCommand):
    """Import an access log, or follow it."""

    help = "Takes page views, product views and searches out of an access log; what was read before is not read again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="it may be packed by gzip")
        parser.add_argument("--follow", action="store_true", help="go on as the log grows, until stopped")
        parser.add_argument(
            "--log-format",
            default="",
            metavar="FORMAT",
            help=f"{', '.join([*ACCESS_LOG_FORMATS, 'json'])}, or nginx's log_format or Apache's LogFormat itself; "
            "by default found out from the lines".replace("%", "%%"),
        )
        parser.add_argument("--products", default="shop", metavar="CHANNEL", help="whose products the pages show")
        parser.add_argument("--host", nargs="+", default=[], metavar="NAME", help="names of the shop")
        parser.add_argument(
            "--search-parameter", nargs="+", default=[], metavar="NAME", help="what the address calls a search"
        )
        parser.add_argument(
            "--ignore", nargs="+", default=[], metavar="PATH", help="beginnings of paths that are no pages"
        )
        parser.add_argument("--since", type=_day, metavar="DATE", help="leave out what was before this day")
        parser.add_argument("--until", type=_day, metavar="DATE", help="leave out this day and what came after")
        parser.add_argument(
            "--channel", default=ACCESS_LOG_CHANNEL, help="where the events belong; by default “%(default)s”"
        )
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object (with --follow, one for each look)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        how = LogOptions(
            log_format=options["log_format"],
            channel=options["channel"],
            products=options["products"],
            hosts=tuple(options["host"]),
            searches=tuple(options["search_parameter"]),
            ignore=tuple(options["ignore"]),
            since=options["since"],
            until=options["until"],
        )
        if options["follow"]:
            self._follow(options["file"], how, as_json=options["json"])
            return
        bar = ProgressBar(self.stderr)
        try:
            report = import_log(options["file"], how, progress=bar)
        finally:
            bar.close()
        self._show(report, as_json=options["json"])

    def _follow(self, path: Path, how: LogOptions, *, as_json: bool) -> None:
        stopped: list[int] = []
        earlier = signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
        try:
            for report in follow_log(path, how, stop=lambda: bool(stopped)):
                self._show(report, as_json=as_json)
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")
        finally:
            signal.signal(signal.SIGTERM, earlier)

    def _show(self, report: LogReport, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
            return
        rows = report.rows
        if not report.lines:
            self.stdout.write("Nothing new: the log was read to its end before, or is empty.")
            return
        for reason, count in sorted(report.left_out.items(), key=lambda item: -item[1]):
            self.stdout.write(f"  {count:>9,}  {_REASONS[reason]}")
        if bots := rows.counts.get("bot", 0):
            self.stdout.write(f"  {bots:>9,}  events of machines: kept, and not counted")
        self.stdout.write(
            f"{report.lines:,} lines ({report.log_format}): {rows.created:,} new events, {rows.unchanged:,} known, "
            f"{rows.quarantined:,} lines newly kept aside in {report.seconds:.1f} s."
        )


_REASONS = {
    "asset": "no pages: scripts, pictures, ignored paths",
    "method": "no pages: sent, not asked for",
    "status": "no pages: errors and redirects",
    "refused": "of visitors who ask not to be followed",
    "time": "outside of the days that were asked for",
}


def _day(text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day; write YYYY-MM-DD, such as 2026-03-31") from None
    return midnight(day)
