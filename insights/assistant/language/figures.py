"""Questions that end in figures."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from insights.analytics import DIMENSIONS, GRAINS, METRICS, allowed
from insights.assistant.language.calendar import Days, last_days, whole_units
from insights.assistant.language.customers import beyond_figures
from insights.assistant.language.measured import STATE_DIMENSIONS, metrics_of, spends
from insights.assistant.language.periods import as_range, asked
from insights.assistant.language.reading import Reading
from insights.assistant.language.said import (
    Note,
    call,
    conditions_of,
    has_condition,
    measures,
    ranked_by,
    rivals,
)
from insights.assistant.language.scan import Scan

# Figures that are a state, or that a month is too short for: without a period all time is meant.
LASTING = frozenset(["average_rating", "reviews", "repeat_rate", "purchase_frequency", "days_between_orders"])
KINDS = {"new_customers": "new", "returning_customers": "returning"}
"""Kinds of customers that are a figure of their own."""
_WHERE_CUSTOMERS_ARE = frozenset(["country", "region", "city", "channel", "cohort", *STATE_DIMENSIONS])
# A bare "month" is no breakdown in "during the month of October", but is one after these.
_BREAKS_DOWN = re.compile(
    r"(?:\bby|\bper|\beach|\bevery|\bwhich|\bwhat|\bbest|\bworst|\bstrongest|\bweakest|\band|,|/|按|各|每个?|哪一?个?|和|与|、|分)(?: the)?\s*\x00*$"
)


def figures(found: Scan, today: date) -> Reading:
    """A query to the semantic layer."""
    notes: list[Note] = []
    dimensions = _dimensions(found)
    metrics = metrics_of(found, dimensions, notes)
    dimensions = _of_advertising(dimensions, metrics, notes)
    filters = [_by_first(chosen, metrics) for chosen in _filters(found) if not _goes_without_saying(chosen, metrics)]
    if dimensions and ranked_by(found):
        # "Which segment is the most valuable" sorts by value, and picks no band of it.
        filters = [chosen for chosen in filters if chosen["dimension"] != "value_band"]
    share_of = None
    if found.has("intent", "share") and METRICS[metrics[0]].unit != "rate":
        dimensions, filters, share_of = _as_shares(dimensions, filters, metrics)
        if not dimensions and len(metrics) == 1 and metrics[0] in KINDS:
            # "What percentage of customers come back": of all who bought.
            metrics, dimensions, share_of = ["buyers"], ["new_or_returning"], [KINDS[metrics[0]]]
    rival = rivals(found)
    if rival and len(found.dates) < 2 and rival not in dimensions:
        dimensions = [*dimensions, rival]
    query: dict[str, Any] = {"metrics": metrics, "dimensions": dimensions, "filters": filters}
    lasting = all(METRICS[key].is_state or key in LASTING for key in metrics) or _counts_states(query)
    over_time = found.has("intent", "trend") or found.all("grain") or set(dimensions) & set(GRAINS)
    everything = found.has("word", "all_time") or (lasting and not over_time)
    default = None if everything else _default_period(found, today, dimensions)
    when = asked(found, today, default, side_by_side=bool(dimensions) and not set(dimensions) & set(GRAINS))
    notes += when.notes
    grain = _grain(found, when.days, dimensions) or when.unit
    if grain:
        query["dimensions"] = [grain, *[key for key in dimensions if key not in GRAINS]]
    if when.days:
        query["time_range"] = as_range(when.days)
    query |= ranking(found, metrics[0], query["dimensions"])
    if when.against and when.days:
        query["compare_to"] = when.compare_to
    if currency := next(iter(found.keys("currency")), None):
        query["currency"] = currency
    if left_out := beyond_figures(found):
        notes.append(("unused", {"words": left_out}))
    more = {} if share_of is None else {"share_of": share_of}
    return call(found, "query_metrics", notes, query=query, **more)


def _of_advertising(dimensions: list[str], metrics: list[str], notes: list[Note]) -> list[str]:
    """What advertising does knows no channel of sale: by "channel" the kind of source is meant."""
    if "channel" not in dimensions or any("channel" in allowed(metric) for metric in metrics):
        return dimensions
    chosen = "last_channel" if "roas" in metrics else "first_channel"
    notes.append(("by_source", {"dimension": chosen}))
    return [chosen if key == "channel" else key for key in dimensions]


def _by_first(chosen: dict[str, Any], metrics: list[str]) -> dict[str, Any]:
    """New customers are told by the source that came first."""
    if chosen["dimension"] == "last_channel" and set(metrics) <= {"new_customers", "cac", "payback_days"}:
        return {**chosen, "dimension": "first_channel"}
    return chosen


def _goes_without_saying(chosen: dict[str, Any], metrics: list[str]) -> bool:
    """What it costs to win customers, and when they have paid for it, is of new ones in any case; so is their number."""
    of_themselves = {"cac", "payback_days", "new_customers", "returning_customers"}
    return chosen["dimension"] == "new_or_returning" and of_themselves >= set(metrics)


def ranking(found: Scan, metric: str, columns: list[str]) -> dict[str, Any]:
    """How the rows are ordered and cut, where the most or the least is asked for."""
    top = found.has("word", "top", "bestseller") or ranked_by(found)
    bottom = found.has("word", "bottom", "slow_seller")
    if not (top or bottom or found.count):
        return {}
    ranked = [key for key in columns if key not in (*GRAINS, "weekday", "hour", "price_band")]
    if ranked:
        return {"order_by": [{"key": metric, "descending": not bottom}], "limit": found.count or 10}
    return {"order_by": [{"key": metric, "descending": not bottom}]} if columns and (top or bottom) else {}


def _as_shares(
    dimensions: list[str], filters: list[dict[str, Any]], metrics: list[str]
) -> tuple[list[str], list[dict[str, Any]], list[str]]:
    """A share is seen against the rest, so what was a condition becomes a breakdown."""
    if dimensions or not filters:
        return dimensions, filters, []
    chosen = filters[-1]
    if chosen["op"] != "in" or chosen["dimension"] == "product":
        return dimensions, filters, []
    return [chosen["dimension"]], filters[:-1], chosen["values"]


def _counts_states(query: dict[str, Any]) -> bool:
    """Whether customers are counted as they stand now, for which there is no period."""
    keys = {*query["dimensions"], *(item["dimension"] for item in query["filters"])}
    return query["metrics"] == ["customers"] and keys <= _WHERE_CUSTOMERS_ARE


def _dimensions(found: Scan) -> list[str]:
    keys = []
    for span in found.spans:
        meaning = span.get("dimension")
        if meaning is None or meaning.key not in DIMENSIONS or meaning.key == "customer":
            continue
        if (
            meaning.key in GRAINS
            and not span.has("grain", meaning.key)
            and not _BREAKS_DOWN.search(found.text[: span.start])
        ):
            continue
        keys.append(meaning.key)
    keys = list(dict.fromkeys(keys))
    if "weekday" in keys:
        keys = [key for key in keys if key not in ("day", "week")]
    if (
        found.has("noun", "product")
        and "product" not in keys
        and not _names_product(found)
        and (
            found.has("word", "top", "bottom", "by", "bestseller", "slow_seller")
            or found.has("intent", "list")
            or found.count
        )
    ):
        keys.append("product")
    if (
        not keys
        and found.has("word", "bestseller", "slow_seller", "top", "bottom")
        and not measures(found)
        and not _asks_of_customers(found)
    ):
        keys.append("product")
    taken = {meaning.key for meaning in found.values()} | {key.split(":")[0] for key in conditions_of(found)}
    explicit = found.has("word", "by", "top", "bottom", "bestseller", "slow_seller") or found.count
    explicit = explicit or found.has("intent", "list", "share")
    # "sales in the category Green tea" names a value and no breakdown.
    return [key for key in keys if key not in taken or explicit]


def _names_product(found: Scan) -> bool:
    return any(meaning.key == "product" for meaning in found.values())


def _asks_of_customers(found: Scan) -> bool:
    return found.has("noun", "customer") or has_condition(found)


def _filters(found: Scan) -> list[dict[str, Any]]:
    filters = []
    for negated in (False, True):
        by_dimension: dict[str, list[str]] = {}
        for meaning in found.values(negated=negated):
            by_dimension.setdefault(meaning.key, []).append(meaning.value)
        for key in conditions_of(found, negated=negated):
            kind, _, value = key.partition(":")
            if key == "guest:yes":
                kind, value = "new_or_returning", "guest"
            if kind in DIMENSIONS:
                by_dimension.setdefault(kind, []).extend(value.split(","))
        for key, value in KINDS.items():
            named = [span for span in found.spans if span.has("metric", key)]
            if named and len(measures(found)) > 1 and "new_or_returning" not in by_dimension and not negated:
                if not re.search(r"\band\b|和|与|、|,", found.text):
                    by_dimension["new_or_returning"] = [value]
            elif named and not negated and "new_or_returning" not in by_dimension and spends(found):
                by_dimension["new_or_returning"] = [value]
        op = "not_in" if negated else "in"
        filters += [
            {"dimension": key, "op": op, "values": list(dict.fromkeys(values))} for key, values in by_dimension.items()
        ]
    return filters


def _default_period(found: Scan, today: date, dimensions: list[str]) -> Days:
    for word, unit in (("week_on_week", "week"), ("month_on_month", "month")):
        if found.has("word", word):
            return whole_units(unit, 0, today).until(today)
    if (
        found.has("intent", "trend")
        or set(found.keys("grain")) & {"week", "month", "quarter", "year"}
        or set(dimensions) & {"month", "quarter", "year"}
    ):
        return Days(date(today.year - 1, today.month, 1), today + timedelta(days=1))
    return last_days(30, today)


def _grain(found: Scan, days: Days | None, dimensions: list[str]) -> str | None:
    named = found.keys("grain") or [key for key in dimensions if key in GRAINS]
    if named:
        return named[0]
    if found.has("intent", "trend"):
        return fitting_grain(days)
    return None


def fitting_grain(days: Days | None) -> str:
    """In what a curve over a stretch is best drawn."""
    length = (days.end - days.start).days if days else 365
    return "day" if length <= 45 else "week" if length <= 120 else "month"
