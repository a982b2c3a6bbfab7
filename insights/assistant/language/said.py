"""What a question says, in the terms of the semantic layer, whatever tool it ends in."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from insights.analytics import GRAINS, METRICS
from insights.assistant.language.calendar import Days, whole_units
from insights.assistant.language.reading import Reading
from insights.assistant.language.scan import Scan

Note = tuple[str, dict[str, Any]]

_JOINED = re.compile(r"\band\b|\bplus\b|,|、|和|与|及|以及|;|/|&|\bvs\b|\bor\b")
# What is meant more narrowly stands for itself: "how many orders were cancelled" asks for one figure.
_GENERAL = {
    "cancelled_orders": {"orders"},
    "refund_rate": {"orders", "refund_amount"},
    "refund_amount": {"revenue"},
    "new_customers": {"customers", "buyers"},
    "returning_customers": {"customers", "buyers"},
    "product_views": {"page_views"},
    "clv": {"customers"},
    "churn_risk": {"customers"},
    "purchase_probability": {"customers"},
    "average_rating": {"reviews"},
}
_RANKED_BY = {
    "spend": "revenue",
    "orders": "orders",
    "churn_probability": "churn_risk",
    "purchase_probability": "purchase_probability",
    "value_365": "clv",
}
"""What customers are sorted by, as the metric that the same words mean of anything else."""


def call(found: Scan, tool: str, notes: list[Note] | None = None, **arguments: Any) -> Reading:
    """The reading of a question as one call of a tool."""
    return Reading(tool, arguments, found.language, notes or [])


def measures(found: Scan) -> list[str]:
    """Keys of the metrics that were named, each once; a narrower one stands for the wider one beside it."""
    spans = [(span, meaning.key) for span in found.spans if (meaning := span.get("metric")) and meaning.key in METRICS]
    keys = list(dict.fromkeys(key for _span, key in spans))
    if len(keys) > 1:
        first, last = min(span.end for span, _key in spans), max(span.start for span, _key in spans)
        if not _JOINED.search(found.text, first, max(first, last)):
            wider = set().union(*(_GENERAL.get(key, set()) for key in keys))
            keys = [key for key in keys if key not in wider] or keys
    return keys


def ranked_by(found: Scan) -> str | None:
    """The metric that "spent the most", "ordered most" mean where not customers are sorted."""
    return next((_RANKED_BY[key] for key in found.keys("order_by") if key in _RANKED_BY), None)


def has_segment(found: Scan) -> bool:
    """Whether a segment was named."""
    return any(key.startswith(("segment:", "rfm_type:")) for key in conditions_of(found))


def has_condition(found: Scan) -> bool:
    """Whether there is a condition on customers."""
    keys = [key for key in conditions_of(found) if not key.startswith(("new_or_returning", "weekday"))]
    return bool(keys or found.conditions)


def conditions_of(found: Scan, *, negated: bool | None = None) -> list[str]:
    """Keys of the conditions; "new customers" is a figure before it is a segment."""
    keys = []
    for span in found.spans:
        condition = span.get("condition")
        if condition is None or (span.get("metric") and condition.key.startswith("segment:")):
            continue
        if negated is None or negated is found.negated(span.start, span.end):
            keys.append(condition.key)
    return list(dict.fromkeys(keys))


def period_of(found: Scan, today: date, default: Days | None) -> tuple[Days | None, list[Note]]:
    """The period that is asked about, and what the reader should know of it."""
    if not found.dates:
        if default is None:
            return None, []
        return default, [("default_period", {"start": default.start, "end": default.end})]
    first = found.dates[0]
    named = first.days
    notes: list[Note] = []
    for other in found.dates[1:]:
        if found.has("word", "compare", "previous", "year_ago"):
            break
        if other.days.start == named.end:
            named = Days(named.start, other.days.end)
        else:
            notes.append(("unused", {"words": [found.text[slice(*other.span)].strip()]}))
    days = named.until(today)
    if first.guess:
        notes.append((first.guess, {"start": days.start, "end": days.end}))
    if days.end < named.end:
        notes.append(("so_far", {"start": days.start, "end": days.end}))
    return days, notes


def compared_to(found: Scan) -> str | None:
    """``previous_year`` or ``previous_period``, where a comparison is asked for."""
    if found.has("word", "year_ago"):
        return "previous_year"
    if found.has("word", "previous"):
        return "previous_period"
    if not found.has("word", "compare") or _among_values(found):
        return None
    if len(found.dates) > 1:
        first, second = found.dates[0].days, found.dates[1].days
        if second.unit == first.unit and second.start == year_before(first.start):
            return "previous_year"
    return "previous_period"


def _among_values(found: Scan) -> bool:
    return len(found.dates) < 2 and bool(rivals(found))


def rivals(found: Scan) -> str | None:
    """The dimension of which two values are set against each other: Germany against France."""
    if not found.has("word", "compare", "by"):
        return None
    kinds = [meaning.key for meaning in found.values(negated=False)]
    return next((kind for kind in dict.fromkeys(kinds) if kinds.count(kind) > 1 and kind != "product"), None)


def compared_with(found: Scan, days: Days | None, today: date, week_start: str = "monday") -> Days | None:
    """A second period that was named to compare with, where it is not simply the one before."""
    if days is None or not found.has("word", "compare", "same_weekday"):
        return None
    if found.has("word", "same_weekday") and (days.end - days.start).days == 1:
        back = timedelta(days=7)
        return Days(days.start - back, days.end - back, "day")
    if len(found.dates) < 2:
        return None
    second = found.dates[1].days
    if second.start < days.end and days.start < second.end:
        # "November against last month", asked in December: the month before November is meant.
        return None
    if second.unit == found.dates[0].days.unit == "span":
        return second.until(today)
    if second.unit in GRAINS and second == whole_units(second.unit, -1, today, week_start) and second.end == days.start:
        return None
    if second.end == days.start or second.start == year_before(days.start):
        return None
    return second.until(today)


def year_before(day: date) -> date:
    """The same day of the year before; the 28th for 29 February."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def as_range(days: Days) -> dict[str, str]:
    """A stretch of days as the semantic layer takes it."""
    unit = {"unit": days.unit} if days.unit in GRAINS[1:] else {}
    return {"start": days.start.isoformat(), "end": days.end.isoformat(), **unit}
