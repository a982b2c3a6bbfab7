"""What each kind of source and each campaign brought, and what it cost, beside the period before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from insights import formats
from insights.analytics import METRICS, Filter, Query, Result, run
from insights.panel.figures import Delta, Headline, delta, headline
from insights.panel.period import Period

OF_CHANNELS = ("visits", "orders", "revenue", "new_customers", "ad_spend", "cac", "roas", "payback_days")
OF_CAMPAIGNS = ("visits", "orders", "revenue", "new_customers", "ad_spend", "cac", "roas")
_WON = ("new_customers", "cac", "payback_days")
"""Figures that go by the first touch; the others go by the last."""
_AT_ONCE = ("revenue", "cac")
"""What a telephone has room for."""
_SHORT = {"cac": "CAC", "roas": "ROAS"}
"""Heads of columns that are short in every language."""
_HEADLINES = ("ad_spend", "new_customers", "cac", "roas", "payback_days")
CAMPAIGNS = 25


@dataclass(frozen=True)
class Cell:
    """A figure as it is shown, and how it moved."""

    text: str
    delta: Delta | None
    css: str


@dataclass(frozen=True)
class Source:
    """A kind of source, or a campaign, with its figures in the order of the columns.

    Attributes:
        raw: the figures as they are, for a file.
    """

    name: str
    cells: Sequence[Cell]
    raw: Sequence[Any]


@dataclass(frozen=True)
class Sheet:
    """A table of sources.

    Attributes:
        heads: key, label, definition and class of each column.
        total: all of them together.
        more: how many sources there is no room for.
    """

    heads: Sequence[tuple[str, str, str, str]]
    rows: Sequence[Source]
    total: Source | None = None
    more: int = 0


def channels(period: Period) -> tuple[Sheet, list[Headline]]:
    """What each kind of source brought, orders by their last touch and new customers by their first; and all together."""
    led = _ask([key for key in OF_CHANNELS if key not in _WON], "last_channel", period)
    won = _ask(_WON, "first_channel", period)
    heads = [headline(won if key in _WON else led, key, note="–") for key in _HEADLINES]
    return _sheet(OF_CHANNELS, [led, won]), heads


def campaigns(period: Period) -> Sheet:
    """The campaigns that brought or cost most, by the last touch before an order."""
    named = Filter(dimension="campaign", op="not_in", values=("unknown",))
    return _sheet(OF_CAMPAIGNS, [_ask(OF_CAMPAIGNS, "campaign", period, named)], most=CAMPAIGNS)


def _ask(metrics: Sequence[str], dimension: str, period: Period, *filters: Filter) -> Result:
    return run(
        Query(
            metrics=tuple(metrics),
            dimensions=(dimension,),
            filters=filters,
            time_range=period.time_range,
            compare_to="previous_period",
            limit=1000,
        )
    )


Pair = tuple[Any, Any]
"""A figure now, and in the period before."""


def _sheet(metrics: Sequence[str], results: Iterable[Result], most: int = 1000) -> Sheet:
    names: dict[Any, str] = {}
    found: dict[Any, dict[str, Pair]] = {}
    totals: dict[str, Pair] = {}
    definitions: dict[str, str] = {}
    for result in results:
        assert result.comparison is not None
        keys = [column.key for column in result.metrics]
        for (value, *now), then in zip(result.rows, result.comparison.rows, strict=True):
            names.setdefault(value, result.columns[0].show(value))
            found.setdefault(value, {}).update(zip(keys, zip(now, then, strict=True), strict=True))
        totals |= {key: (result.totals[key], result.comparison.totals[key]) for key in keys}
        definitions |= result.definitions
    ranked = sorted(found, key=lambda value: (value == "unknown", *(-_size(found[value], key) for key in _RANKED)))
    rows = [_source(names[value], found[value], metrics) for value in ranked]
    language = formats.language()
    return Sheet(
        [(key, _SHORT.get(key) or METRICS[key].label(language), definitions[key], _css(key)) for key in metrics],
        rows[:most],
        _source("", totals, metrics) if rows else None,
        max(len(rows) - most, 0),
    )


_RANKED = ("revenue", "ad_spend", "visits")


def _size(figures: dict[str, Pair], key: str) -> Decimal:
    return Decimal(figures.get(key, (0, 0))[0] or 0)


def _source(name: str, figures: dict[str, Pair], metrics: Sequence[str]) -> Source:
    if not figures.get("ad_spend", (0, 0))[0]:
        # What cost nothing has no cost per customer that could be set beside the others.
        figures = {**figures, "cac": (None, None)}
    pairs = [figures.get(key, (None, None)) for key in metrics]
    return Source(
        name, [_cell(key, *pair) for key, pair in zip(metrics, pairs, strict=True)], [now for now, _ in pairs]
    )


def _cell(key: str, now: Any, then: Any) -> Cell:
    metric = METRICS[key]
    # Nothing spent is no figure, and nothing that could have grown.
    if now is None or (key == "ad_spend" and not now and not then):
        return Cell("–", None, _css(key))
    moved = delta(now, then, metric.unit, metric.better) if then else None
    return Cell(formats.figure(now, metric.unit), moved, _css(key))


def _css(key: str) -> str:
    return "" if key in _AT_ONCE else "ins-hide-s"
