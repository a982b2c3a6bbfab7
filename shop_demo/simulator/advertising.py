"""What the simulated shop paid for its visitors: a file as an ad platform would give it, and what it comes to."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from shop_demo.simulator.looking import SOURCES, Step

FILE = "ad_spend.csv"
_PRICES = {
    ("google", "cpc"): (0.42, "GBP"),
    ("facebook", "paid_social"): (0.31, "EUR"),
    ("baidu", "cpc"): (0.28, "GBP"),
}
"""What a click costs, by source and medium."""
_UNSEEN = 0.4
"""Clicks of people who did not agree to be followed, for each visit that was."""
_SHOWN = 55
"""How often an advertisement is shown for a click."""


class Clicks:
    """Counts the visits that advertisements led to, while they pass by."""

    def __init__(self) -> None:
        self.found: Counter[tuple[int, int]] = Counter()

    def count(self, steps: Iterable[Step]) -> Iterator[Step]:
        """The steps as they are; each visit begins with one page."""
        for step in steps:
            if step.name == "page_view" and SOURCES[step.source][:2] in _PRICES:
                self.found[step.moment // 86400, step.source] += 1
            yield step


def save_spend(folder: Path, clicks: Clicks, start: date, dice: np.random.Generator) -> dict[str, dict[str, float]]:
    """Write the file of what was spent; gives cost and clicks by campaign.

    Args:
        start: the first simulated day.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truth: dict[str, dict[str, float]] = {}
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["day", "source", "medium", "campaign", "currency", "cost", "impressions", "clicks"])
        for (day, place), visits in sorted(clicks.found.items()):
            source, medium, campaign = SOURCES[place][:3]
            price, currency = _PRICES[source, medium]
            clicked = visits + int(dice.poisson(_UNSEEN * visits))
            cost = round(clicked * price * float(dice.uniform(0.8, 1.2)), 2)
            shown = clicked * _SHOWN + int(dice.integers(_SHOWN))
            said = (start + timedelta(days=day)).isoformat()
            sheet.writerow([said, source, medium, campaign, currency, f"{cost:.2f}", shown, clicked])
            total = truth.setdefault(campaign, {"cost": 0.0, "clicks": 0})
            total["cost"] = round(total["cost"] + cost, 2)
            total["clicks"] += clicked
    return truth
