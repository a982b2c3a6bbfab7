"""What a question says, in the terms of the semantic layer, whatever tool it ends in."""

from __future__ import annotations

import re
from typing import Any

from insights.analytics import METRICS
from insights.assistant.language.lexicon import Span
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
        # "新客的销售额": of new customers, and not how many there are.
        narrowing = {key for span, key in spans if _narrows(span)}
        keys = [key for key in keys if key not in narrowing] or keys
        spans = [(span, key) for span, key in spans if key in keys]
        first, last = min(span.end for span, _key in spans), max(span.start for span, _key in spans)
        if not _JOINED.search(found.text, first, max(first, last)):
            wider = set().union(*(_GENERAL.get(key, set()) for key in keys))
            keys = [key for key in keys if key not in wider] or keys
    return keys


def _narrows(span: Span) -> bool:
    condition = span.get("condition")
    return condition is not None and condition.key.startswith("new_or_returning:")


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


def rivals(found: Scan) -> str | None:
    """The dimension of which two values are set against each other: Germany against France."""
    if not found.has("word", "compare", "by"):
        return None
    kinds = [meaning.key for meaning in found.values(negated=False)]
    return next((kind for kind in dict.fromkeys(kinds) if kinds.count(kind) > 1 and kind != "product"), None)
