"""``manage.py insights_bots``: what is taken for a machine's, and what counts after all."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from insights.analytics import last_days, noise, today
from insights.cleaning import MARKED, REASONS
from insights.collect import decide, recount
from insights.management.base import InsightsCommand
from insights.models import BotRule, Verdict

_SWITCHED = [key for key in REASONS if key != MARKED]


class Command(InsightsCommand):
    """Show what bots do, and apply what is decided about them."""

    help = (
        "Shows how many views are by bots and why; applies decisions that wait, and new ones of --count or --leave-out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="the last so many days; 30 by default")
        parser.add_argument("--count", choices=_SWITCHED, metavar="REASON", help="count what has this label after all")
        parser.add_argument("--leave-out", choices=_SWITCHED, metavar="REASON", help="leave it out again")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        for option, verdict in (("count", Verdict.PEOPLE), ("leave_out", Verdict.NONE)):
            if options[option]:
                decide(BotRule.Kind.REASON, options[option], verdict, "insights_bots")
        changed = recount()
        found = noise(last_days(max(options["days"], 1), today()))
        if options["json"]:
            self.stdout.write(json.dumps({**found.as_dict(), "changed": changed}, ensure_ascii=False))
            return
        for key, days in found.reasons.items():
            label = REASONS[key].label if key in REASONS else key
            after_all = "  counted" if found.counted[key] else ""
            self.stdout.write(f"  {sum(days):>9,}  {label} ({key}){after_all}")
        self.stdout.write(
            f"\n{found.machines:,} of {found.machines + found.people + found.others:,} page and product views in "
            f"{max(options['days'], 1)} days are by bots ({found.share:.1%}); {changed:,} events are counted otherwise now."
        )
