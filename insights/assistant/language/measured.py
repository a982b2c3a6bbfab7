"""Which figures a question is about: those that it names, or the one that its words come down to."""

from __future__ import annotations

import re

from insights.assistant.language.said import Note, conditions_of, has_condition, measures, ranked_by
from insights.assistant.language.scan import Scan

STATE_DIMENSIONS = frozenset(["segment", "rfm_type", "cluster", "churn_band", "value_band"])


def metrics_of(found: Scan, dimensions: list[str], notes: list[Note]) -> list[str]:
    """Keys of the figures; ``notes`` is told which one was taken where none was named."""
    metrics = _of_customers(found, dimensions, measures(found))
    if metrics == ["orders"] and found.has("verb", "refund"):
        # "What share of orders is returned", "how many orders were refunded": orders are told by their rate.
        metrics = ["refund_rate" if found.has("intent", "share", "count") else "refund_amount"]
        notes.append(("measured_by", {"metric": metrics[0]}))
    if metrics == ["page_views"] and "product" in dimensions:
        return ["product_views"]
    if metrics:
        return metrics
    if other := ranked_by(found):
        return [other]
    if found.has("verb", "refund"):
        if found.has("word", "top", "bottom"):
            notes.append(("measured_by", {"metric": "refund_amount"}))
        return ["refund_amount"]
    bought = found.has("word", "ordered", "bestseller") or found.has("verb", "sell")
    if _when_they_order(found, dimensions) and bought:
        return ["orders"]
    names_goods = any(meaning.key in ("product", "category", "brand") for meaning in found.values())
    if found.has("noun", "customer") and (names_goods or (bought and found.has("intent", "count"))):
        return ["buyers"]
    if found.has("verb", "sell") or found.has("word", "bestseller", "slow_seller"):
        pieces = found.has("intent", "count") or found.has("word", "bestseller", "slow_seller", "pieces")
        chosen = "units" if pieces and not found.has("intent", "money") else "revenue"
        notes.append(("measured_by", {"metric": chosen}))
        return [chosen]
    if has_condition(found) and found.has("word", "spent"):
        return ["revenue"]
    if has_condition(found) or found.has("noun", "customer") or set(dimensions) & STATE_DIMENSIONS:
        return ["customers"]
    if found.has("noun", "order") or (found.has("intent", "count") and bought):
        return ["orders"]
    chosen = "units" if found.has("intent", "count") and ("product" in dimensions or names_goods) else "revenue"
    notes.append(("measured_by", {"metric": chosen}))
    return [chosen]


def _of_customers(found: Scan, dimensions: list[str], metrics: list[str]) -> list[str]:
    """The figures that were named, without the customers who are only those that they are of."""
    together = re.search(r"\band\b|和|与|、|,", found.text)
    if {"customers", "buyers"} & set(metrics) and len(metrics) > 1 and not together:
        metrics = [key for key in metrics if key not in ("customers", "buyers")] or metrics
    sells = spends(found) or found.has("word", "bestseller", "slow_seller")
    if metrics == ["customers"] and (
        (sells and not found.has("intent", "count")) or _when_they_order(found, dimensions)
    ):
        # "How much did customers spend", "when do people order": customers do it, money or orders are asked for.
        return []
    if {"new_customers", "returning_customers"} & set(metrics):
        rest = [key for key in metrics if key not in ("new_customers", "returning_customers")]
        spoken = {"new_or_returning:new", "new_or_returning:returning"} & set(conditions_of(found))
        if (spoken and (rest or spends(found))) or (rest and not together):
            return rest
    return metrics


def _when_they_order(found: Scan, dimensions: list[str]) -> bool:
    return bool({"hour", "weekday"} & set(dimensions)) and (
        found.has("word", "ordered", "bestseller") or found.has("noun", "order")
    )


def spends(found: Scan) -> bool:
    """Whether money is said to be spent, or goods to be sold."""
    return found.has("word", "spent") or found.has("verb", "sell")
