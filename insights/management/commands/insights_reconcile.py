"""``manage.py insights_reconcile``: our figures beside the shop's own, and why they differ."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from typing import Any

from insights.exceptions import AdapterError
from insights.management.base import InsightsCommand
from insights.sources import REASONS, Adapter, Span, Sums, get_adapter, get_adapters, reconcile


class Command(InsightsCommand):
    """Compare the shop's orders with ours, by day and currency."""

    help = (
        "Counts the shop's own orders, sets them beside ours, and explains each difference; ends with 1 if one stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--adapter", help="the name of one adapter; by default all, one after the other")
        parser.add_argument("--from", dest="first", type=_day, metavar="DAY", help="the first day, as 2026-03-01")
        parser.add_argument("--to", dest="last", type=_day, metavar="DAY", help="the last day, which is included")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        adapters = [get_adapter(options["adapter"])] if options["adapter"] else get_adapters()
        if not adapters:
            raise AdapterError("INSIGHTS['ADAPTERS'] names no adapter, so there is nothing to compare with.")
        started = time.perf_counter()
        days: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        unexplained = unchecked = 0
        for adapter in adapters:
            spans = reconcile(adapter, options["first"], options["last"])
            for span in spans if options["json"] else self._shown(adapter, spans):
                unexplained += sum(day.unexplained for day in span.days)
                unchecked += span.unchecked
                if options["json"]:
                    days += [{"channel": adapter.name, **day.as_dict()} for day in span.days]
                    rows += [{"channel": adapter.name, **row.as_dict()} for row in span.rows]
        if options["json"]:
            said = {"days": days, "rows": rows, "unexplained": unexplained, "unchecked": unchecked}
            said["seconds"] = round(time.perf_counter() - started, 3)
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        elif unchecked:
            self.stdout.write(f"{unchecked:,} totals are those of lines that cannot be looked up; ours were taken.")
        if unexplained:
            sys.exit(1)

    def _shown(self, adapter: Adapter, spans: Iterator[Span]) -> Iterator[Span]:
        """Print what each reason makes, by currency, after all spans have gone by."""
        shop: dict[str, Sums] = {}
        ours: dict[str, Sums] = {}
        reasons: dict[tuple[str, str], Sums] = {}
        days = different = 0
        for span in spans:
            for day in span.days:
                days += 1
                different += bool(day.reasons)
                shop[day.currency] = shop.get(day.currency, Sums()) + day.shop
                ours[day.currency] = ours.get(day.currency, Sums()) + day.ours
                for reason, gap in day.reasons.items():
                    reasons[day.currency, reason] = reasons.get((day.currency, reason), Sums()) + gap
            yield span
        self.stdout.write(f"{adapter.name}: {days:,} days, {different:,} of them with differences\n\n")
        self.stdout.write(f"{'':28}{'orders':>12}{'revenue':>20}{'daily customers':>18}")
        for currency in sorted(shop):
            self._line(f"{currency}: the shop", shop[currency])
            for reason in REASONS:
                if (currency, reason) in reasons:
                    self._line(f"  {REASONS[reason].label}", Sums() - reasons[currency, reason])
            self._line(f"{currency}: ours", ours[currency])

    def _line(self, label: str, sums: Sums) -> None:
        self.stdout.write(f"{label:28}{sums.orders:>12,}{sums.revenue:>20,.2f}{sums.customers:>18,}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day; write YYYY-MM-DD, such as 2026-03-31") from None
