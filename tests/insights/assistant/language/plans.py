"""Readings written as one line each, so that a table of questions can be read at a glance."""

from __future__ import annotations

from datetime import date
from typing import Any

from insights.assistant.language import Reading

TODAY = date(2026, 11, 26)  # a Thursday
VALUES: dict[str, Any] = {
    "country": ["GB", "DE", "FR", "US", "NL", "CN"],
    "region": ["England", "Scotland", "California", "Berlin", "华东"],
    "city": ["London", "Paris", "Berlin", "上海", "北京", "杭州"],
    "category": {
        "Tea": ["茶叶"],
        "Teaware": ["茶器"],
        "Green tea": ["绿茶"],
        "Black tea": ["红茶"],
        "Gift boxes": ["礼盒"],
    },
    "brand": ["Misty Peak", "Old Kiln"],
    "product": {
        "Sencha, 50 g": ["煎茶，50 克"],
        "Sencha, 100 g": ["煎茶，100 克"],
        "Dragon Well, 50 g": ["龙井，50 克"],
        "Matcha bowl, celadon": [],
        "Gaiwan, 120 ml, celadon": [],
    },
}
_SIGNS = {
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
    "eq": "=",
    "in": "=",
    "not_in": "≠",
    "between": "∈",
    "not_between": "∉",
}


def written(reading: Reading) -> str:
    """A reading in one line: ``revenue by country where country=DE @2026-10-01..2026-11-01 top 5``."""
    arguments = reading.arguments
    if reading.tool == "query_metrics":
        return _query(arguments["query"], arguments.get("share_of"))
    if reading.tool == "find_customers":
        return _customers(arguments)
    if reading.tool == "why_did_it_change":
        return f"why {arguments['metric']} {_days(arguments['time_range'])} vs {arguments['compare_to']}"
    shown = [_listed(arguments[key]) for key in arguments if key not in ("words", "limit") and arguments[key]]
    return " ".join([reading.tool, *shown])


def _query(query: dict[str, Any], share_of: list[str] | None) -> str:
    parts = [",".join(query["metrics"])]
    if query["dimensions"]:
        parts.append("by " + ",".join(query["dimensions"]))
    parts += [f"where {item['dimension']}{_SIGNS[item['op']]}{_listed(item['values'])}" for item in query["filters"]]
    if "time_range" in query:
        parts.append(_days(query["time_range"]))
    if against := query.get("compare_to"):
        parts.append(f"vs {against if isinstance(against, str) else _days(against)}")
    if order := query.get("order_by"):
        parts.append(f"{'top' if order[0]['descending'] else 'bottom'} {query.get('limit', '')}".strip())
    if share_of is not None:
        parts.append(f"shares {_listed(share_of)}".strip())
    return " ".join(parts)


def _customers(arguments: dict[str, Any]) -> str:
    parts = ["count" if arguments.get("count_only") else "customers"]
    for item in arguments["conditions"]:
        days = f"~{item['days']}d" if "days" in item else _days(item["within"]) if "within" in item else ""
        parts.append(f"{item['field']}{_SIGNS[item['op']]}{_listed(item['value'])}{days}")
    if arguments.get("by"):
        parts.append(f"by {arguments['by']}")
    if not arguments.get("count_only"):
        way = " ascending" if arguments.get("ascending") else ""
        within = _days(arguments["within"]) if "within" in arguments else ""
        parts.append(f"sort {arguments['order_by']}{within}{way} limit {arguments['limit']}")
    return " ".join(parts)


def _days(days: dict[str, str]) -> str:
    return f"@{days['start']}..{days['end']}"


def _listed(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "|".join(map(_listed, value))
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)
