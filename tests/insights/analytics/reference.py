"""Writes ``docs/reference/metrics.md`` from the catalogue: ``python -m tests.insights.analytics.reference``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "metrics.md"

_HEAD = """# Metrics, dimensions and customer fields

What every figure of the panel, the API and the assistant means. This page is written from the catalogue; do not edit
it by hand, run `python -m tests.insights.analytics.reference`.

A *valid order* is neither cancelled nor fully refunded. Days are those of the shop's time zone (`TIME_ZONE`), periods
are half-open, weeks begin as `INSIGHTS["WEEK_START"]` says. Money is in the base currency unless a query asks for
another one. Rates are fractions from 0 to 1 in data and percentages on screen. Guests count in revenue and orders;
they are customers only where an e-mail address or a phone number makes them one. What is not known is `unknown`,
and never left out.

## Metrics

“By lines” marks the metrics that change their ground when they are broken down or filtered by product, category, brand
or price band: they then look at the lines of the orders.
"""


def render() -> str:
    """The page."""
    from insights.analytics import CUSTOMER_FIELDS, DIMENSIONS, METRICS

    parts = [_HEAD]
    for metric in METRICS.values():
        parts.append(f"### {metric.label_en} · {metric.label_zh}\n")
        unit = f"`{metric.key}` · {metric.unit}" + (" · adds up" if metric.additive else "")
        parts.append(f"{unit}\n")
        parts.append(f"{metric.definition_en}\n\n{metric.definition_zh}\n")
        for recipe in metric.recipes:
            if recipe.definition_en:
                name = "Without a period" if recipe.of_all_time else "By lines"
                parts.append(f"{name}: {recipe.definition_en}\n\n{recipe.definition_zh}\n")
        parts.append(f"Also understood: {_words(metric.synonyms_en, metric.synonyms_zh)}.\n")
    parts.append("## Dimensions\n")
    rows = [
        (f"`{key}`", item.label_en, item.label_zh, _words(item.synonyms_en, item.synonyms_zh), ", ".join(item.facts))
        for key, item in DIMENSIONS.items()
    ]
    parts.append(_table(("Key", "English", "中文", "Also understood", "Applies to"), rows))
    parts.append("## Customer fields\n")
    parts.append("What customers can be chosen and sorted by.\n")
    fields = [
        (f"`{key}`", item.label_en, item.label_zh, item.kind, "yes" if item.recent else "")
        for key, item in CUSTOMER_FIELDS.items()
    ]
    parts.append(_table(("Key", "English", "中文", "Kind", "Of the last N days"), fields))
    return "\n".join(parts)


def _words(english: Iterable[str], chinese: Iterable[str]) -> str:
    return ", ".join([*english, *chinese])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return "".join(f"| {line} |\n" for line in lines)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    PAGE.write_text(render(), encoding="utf-8")
