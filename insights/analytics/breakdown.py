"""Why a figure changed: how much of the difference each part of the shop accounts for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import get_language

from insights.analytics.dimensions import DIMENSIONS
from insights.analytics.metrics import METRICS
from insights.analytics.plan import allowed, plan
from insights.analytics.query import MAX_ROWS, Filter, Query, known_key
from insights.analytics.result import plain
from insights.analytics.run import run
from insights.analytics.time import TimeRange

DIMENSIONS_LOOKED_AT = (
    "new_or_returning",
    "country",
    "channel",
    "category",
    "product",
    "traffic_source",
    "segment",
    "device",
)


@dataclass(frozen=True)
class Part:
    """One value of a dimension: its figures in both periods, and its share of the difference.

    Attributes:
        value: as it stands in results; ``label`` is its name.
        share: of the difference of all values together, 1 being all of it, negative against it; None for
            figures whose parts do not add up.
    """

    dimension: str
    dimension_label: str
    value: Any
    label: str
    now: Any
    then: Any
    difference: Any
    share: float | None


@dataclass(frozen=True)
class Breakdown:
    """A figure in two periods, and the parts that moved most.

    Attributes:
        parts: the greatest movers of each dimension that has more than one value, strongest first.
        factors: of revenue: what more or fewer orders, and larger or smaller ones, did; they sum to the
            difference.
    """

    metric: str
    time_range: TimeRange
    compared: TimeRange
    now: Any
    then: Any
    difference: Any
    parts: list[Part]
    factors: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """As JSON-safe data."""
        return {
            **plain({**asdict(self), "parts": [asdict(part) for part in self.parts]}),
            "time_range": self.time_range.model_dump(mode="json"),
            "compared": self.compared.model_dump(mode="json"),
        }


def breakdown(
    metric: str,
    time_range: TimeRange,
    compare_to: Literal["previous_period", "previous_year"] | TimeRange = "previous_period",
    *,
    dimensions: Sequence[str] = (),
    filters: Sequence[Filter] = (),
    limit: int = 5,
    as_of: datetime | None = None,
) -> Breakdown:
    """Compare a metric with another period, and find the parts that account for the difference.

    Args:
        metric: its key.
        time_range: the days in question.
        compare_to: what they are compared with.
        dimensions: where to look; by default those that say something in most shops.
        filters: conditions that hold in both periods.
        limit: movers kept of each dimension.
        as_of: facts that became known later are left out.

    Raises:
        QueryError: the metric or a dimension is unknown, or they do not go together.
    """
    known_key("metric", metric, METRICS)
    looked_at = list(dimensions) or [key for key in DIMENSIONS_LOOKED_AT if key in allowed(metric)]
    extra = ["orders"] if metric == "revenue" else []
    asked: dict[str, Any] = {"time_range": time_range, "compare_to": compare_to, "filters": filters, "as_of": as_of}
    whole = run(Query(metrics=[metric, *extra], **asked))
    assert whole.comparison is not None
    now, then = whole.totals[metric], whole.comparison.totals[metric]
    difference = None if now is None or then is None else now - then
    parts: list[Part] = []
    for key in looked_at:
        parts += _movers(Query(metrics=[metric], dimensions=[key], limit=MAX_ROWS, **asked), limit)
    factors = {}
    if metric == "revenue":
        factors = _factors(whole.totals, whole.comparison.totals)
    return Breakdown(metric, time_range, whole.comparison.time_range, now, then, difference, parts, factors)


def _movers(query: Query, limit: int) -> list[Part]:
    result = run(query)
    assert result.comparison is not None
    metric, key = query.metrics[0], query.dimensions[0]
    # Only where the parts sum to the whole can a part be said to account for a share of it.
    whole = None
    if all(measure.adds_up for measure in plan(metric, [key], has_period=True).measures()) and METRICS[metric].additive:
        whole = result.totals[metric] - result.comparison.totals[metric]
    parts = []
    for (value, now), (then,) in zip(result.rows, result.comparison.rows, strict=True):
        moved = None if now is None or then is None else now - then
        share = float(moved / whole) if whole and moved is not None else None
        label = result.columns[0].show(value)
        name = DIMENSIONS[key].label(get_language() or "en")
        parts.append(Part(key, name, value, label, now, then, moved, share))
    if len(parts) < 2:
        return []
    moving = [part for part in parts if part.difference]
    return sorted(moving, key=lambda part: -abs(part.difference))[:limit]


def _factors(now: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """More orders at the old value, and a new value on the new number of orders: together the difference."""
    if not now["orders"] or not then["orders"]:
        return {}
    usual = then["revenue"] / then["orders"]
    by_orders = (now["orders"] - then["orders"]) * usual
    return {"orders": by_orders, "aov": now["revenue"] - then["revenue"] - by_orders}
