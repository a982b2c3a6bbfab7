"""Questions that end in a list of customers."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from insights.assistant.language.calendar import Days
from insights.assistant.language.periods import as_range
from insights.assistant.language.reading import Reading
from insights.assistant.language.said import Note, call, conditions_of, has_condition, has_segment, measures
from insights.assistant.language.scan import Scan
from insights.conf import settings

_CONDITION_FIELDS = {"guest": "is_guest", "marketing": "accepts_marketing"}
_PLACES = ("country", "region", "city")
_BOUGHT = ("product", "category", "brand")
_OF_ITS_DAYS = ("spend", "orders", "bought_product", "bought_category", "bought_brand")
_DENIED = re.compile(r"\b(?:not|never|nothing|none)\b|n't\b|(?:没|未|不)[^但而]*$")
_DENIED_AFTER = re.compile(r"(?:就|却|都|一直|再|也|还)*(?:没|未|不)")
GROUPS = ("segment", "rfm_type", "churn_band", "value_band", "country", "region", "city")
"""What customers are counted by."""
_OF_PEOPLE = frozenset(["churn_rate", "churn_risk", "clv", "purchase_probability"])
_PEOPLE = frozenset(
    [
        "customers",
        "buyers",
        "churn_rate",
        "churn_risk",
        "clv",
        "purchase_probability",
        "new_customers",
        "returning_customers",
    ]
)


def wants_customers(found: Scan) -> bool:
    """Whether customers are to be listed, or counted by what only a list can be chosen by."""
    metrics = set(measures(found)) - _PEOPLE
    named = {key.split(":")[0] for key in conditions_of(found)} | {"customer"}
    grouped = bool(set(found.keys("dimension")) - named) or bool(found.all("grain"))
    names_customers = (
        found.has("noun", "customer")
        or bool(set(measures(found)) & _PEOPLE)
        or found.has("dimension", "customer")
        or found.has("intent", "who")
        or has_segment(found)
    )
    if beyond_figures(found) and not grouped and (found.conditions or not metrics):
        return True
    if found.has("intent", "amount", "money") and (found.has("word", "spent") or measures(found)):
        return False
    if found.all("order_by_least") and names_customers and not grouped:
        return True
    if found.all("order_by") and not (metrics and found.has("intent", "count")):
        return (
            (names_customers and not grouped)
            or found.has("intent", "who")
            or not (grouped or found.has("noun", "product") or metrics)
        )
    if found.has("intent", "count") or found.has("intent", "share", "trend"):
        return False
    if buy_the_most(found) and not grouped and not metrics:
        return True
    lists = found.has("intent", "list", "who")
    bought = found.has("word", "ordered", "first_order", "since_then")
    if lists and set(measures(found)) & {"new_customers"} and not metrics and not grouped:
        return True
    if (
        names_customers
        and not metrics
        and not grouped
        and ((found.values() and (lists or bought)) or (found.dates and (bought or found.has("word", "joined"))))
    ):
        return True
    if has_condition(found) and lists and not grouped:
        return not metrics
    ranked = names_customers and (found.has("word", "top") or found.count)
    ranked = ranked or (found.has("dimension", "customer") and found.has("word", "by"))
    if ranked and metrics:
        return bool(metrics & {"revenue", "orders", "aov"}) and not grouped
    if set(measures(found)) & _OF_PEOPLE:
        return False
    return bool(
        has_condition(found) and names_customers and not metrics and not grouped and not found.has("word", "by")
    )


def buy_the_most(found: Scan) -> bool:
    """ "Which customers bought most": it is they who are ranked, and not what they bought."""
    of_goods = found.has("noun", "product") or found.has("dimension", "product") or found.values()
    people = found.has("intent", "who") or (found.has("noun", "customer") and found.has("intent", "list"))
    return found.has("word", "bestseller") and people and not of_goods


def beyond_figures(found: Scan) -> list[str]:
    """The conditions, as they were typed, that only a list of customers can be chosen by."""
    of_people = not set(measures(found)) - _PEOPLE
    kinds = ("marketing:", "guest:" if of_people else "guest:no", "purchase:")
    named = [span.text for span in found.spans if (meaning := span.get("condition")) and meaning.key.startswith(kinds)]
    return named + [found.text[slice(*item.span)] for item in found.conditions]


def unread_conditions(found: Scan) -> list[str]:
    """Words that were not understood where a condition stands.

    "Who never bought a teapot" is no list of all buyers, "searches without results" not all searches.
    """
    after = r"\bnot|\bnever|n't|\bwithout|\bno|没|未|不"
    if wants_customers(found):
        after += r"|\bbought|\bbuy|\bordered|\bpurchased|买了?过?"
    between = r"(?: (?:a|an|any|some|the|our|from|of|bought|ordered|buy))* ?"
    missed = [word for word in found.unused if re.search(rf"(?:{after}){between}{re.escape(word)}", found.text)]
    if found.has("intent", "who") and not missed and not wants_customers(found):
        # Of whom something is asked that was not understood, no figure of all is told.
        return list(found.unused)
    return missed


def customers_by(found: Scan, today: date) -> Reading | None:
    """Customers counted by a dimension, where their conditions are none that figures have."""
    by = [key for key in found.keys("dimension") if key in GROUPS]
    if (
        not beyond_figures(found)
        or len(by) != 1
        or set(measures(found)) - {"customers", "buyers"}
        or found.all("grain")
    ):
        return None
    reading = customers(found, today)
    return call(found, reading.tool, reading.notes, **{**reading.arguments, "by": by[0], "count_only": True})


def customers(found: Scan, today: date) -> Reading:
    """Conditions on customers, what they are sorted by, and how many of them."""
    notes: list[Note] = []
    conditions = _named(found, notes)
    conditions += _numbers(found, notes)
    for place in found.values():
        _add_value(conditions, place.key, place.value, negated=_denied(found, place))
    order, arguments = _order(found, conditions), {}
    if buy_the_most(found):
        notes.append(("measured_by", {"metric": "revenue"}))
    beside = [span.text for span in found.spans if (told := span.get("metric")) and told.key not in _PEOPLE]
    if found.conditions and beside and order == "spend" and not found.has("word", "top", "by"):
        notes.append(("unused", {"words": beside}))
    if found.dates:
        arguments = _of_days(found, today, conditions, order)
    if any(item["field"] == "recency_days" for item in conditions):
        notes.append(("has_ordered", {}))
    arguments = {"conditions": conditions, "order_by": order, "limit": found.count or 20, **arguments}
    if found.all("order_by_least"):
        arguments["ascending"] = True
    if found.has("intent", "count"):
        arguments["count_only"] = True
    return call(found, "find_customers", notes, **arguments)


def _named(found: Scan, notes: list[Note]) -> list[dict[str, Any]]:
    conditions: list[dict[str, Any]] = []
    for negated in (False, True):
        for key in conditions_of(found, negated=negated):
            kind, _, value = key.partition(":")
            if kind in _CONDITION_FIELDS:
                conditions.append(
                    {"field": _CONDITION_FIELDS[kind], "op": "eq", "value": (value == "yes") is not negated}
                )
            elif kind == "purchase" and not found.has("order_by", "purchase_probability"):
                conditions.append({"field": "purchase_probability", "op": "lt" if negated else "gte", "value": 0.5})
                notes.append(("likely", {"share": 0.5}))
            elif kind in ("segment", "rfm_type", "churn_band", "value_band"):
                conditions.append({"field": kind, "op": "not_in" if negated else "in", "value": value.split(",")})
                if kind == "churn_band":
                    notes.append(("churn_band", {"band": value}))
    return conditions


def _numbers(found: Scan, notes: list[Note]) -> list[dict[str, Any]]:
    conditions = []
    for item in found.conditions:
        value = item.value
        if item.currency and item.currency != settings.BASE_CURRENCY:
            rate = settings.RATES.get(item.currency)
            notes.append(("converted" if rate else "no_rate", {"currency": item.currency}))
            if rate:
                value = (
                    [round(each * float(rate), 2) for each in value]
                    if isinstance(value, list)
                    else round(value * float(rate), 2)
                )
        conditions.append({"field": item.field, "op": item.op, "value": value})
    return conditions


def _denied(found: Scan, meaning: Any) -> bool:
    return any(found.negated(span.start, span.end) for span in found.spans if meaning in span.meanings)


def _add_value(conditions: list[dict[str, Any]], dimension: str, value: str, *, negated: bool) -> None:
    """A place or what was bought; several of a kind are alternatives."""
    op = "not_in" if negated else "in"
    if dimension == "last_channel":
        dimension = "first_channel"
    known = dimension in _PLACES or dimension == "first_channel"
    name = dimension if known else f"bought_{dimension}" if dimension in _BOUGHT else None
    if name is None:
        return
    there = next((item for item in conditions if item["field"] == name and item["op"] == op), None)
    if there:
        there["value"].append(value)
    else:
        conditions.append({"field": name, "op": op, "value": [value]})


def _order(found: Scan, conditions: list[dict[str, Any]]) -> str:
    if named := found.keys("order_by") or found.keys("order_by_least"):
        return named[0]
    measured = next((key for key in measures(found) if key in ("revenue", "orders")), None)
    fields = {condition["field"] for condition in conditions}
    if measured and (found.has("word", "top", "by") or found.count) and not found.conditions:
        return {"revenue": "spend", "orders": "orders"}[measured]
    if fields & {"churn_band", "churn_probability"}:
        return "churn_probability"
    return "purchase_probability" if "purchase_probability" in fields else "spend"


def _of_days(found: Scan, today: date, conditions: list[dict[str, Any]], order: str) -> dict[str, Any]:
    """Where a period belongs: to the spend or the orders that are named, else to the orders themselves.

    Returns:
        what of it goes beside the conditions: the days that customers are sorted by.
    """
    periods = [item.days.until(today) for item in found.dates]
    days = periods[0]
    stretch = [days.start.isoformat(), days.end.isoformat()]
    if found.has("word", "since_then"):
        conditions.append({"field": "ordered", "op": "between", "value": stretch})
        rest = [days.end.isoformat(), (today + timedelta(days=1)).isoformat()]
        conditions.append({"field": "ordered", "op": "not_between", "value": rest})
        return {}
    for word, key in (("first_order", "first_order"), ("last_order", "last_order"), ("joined", "joined")):
        if found.has("word", word) or (word == "first_order" and found.has("metric", "new_customers")):
            conditions.append({"field": key, "op": "between", "value": stretch})
            return {}
    if len(periods) == 2 and not found.conditions:
        _of_both(found, periods, conditions)
        return {}
    within = [
        item
        for item in conditions
        if item["field"] in _OF_ITS_DAYS and (item["op"] != "not_in" or _only_denied(conditions))
    ]
    if within:
        until_now = days.end == today + timedelta(days=1) and days.unit == "span"
        for item in within:
            item |= {"days": (days.end - days.start).days} if until_now else {"within": as_range(days)}
        return {}
    denied = found.has("word", "not") and re.search(
        r"(?:not|n't|never|no|没有?|未)\W*\w*\W*(?:order|b[uo]y|bought|purchas|shop|been|visit|come|下|买|购|来|消费)",
        found.text,
    )
    conditions.append({"field": "ordered", "op": "not_between" if denied else "between", "value": stretch})
    return {"within": as_range(days)} if order in ("spend", "orders") and found.all("order_by") else {}


def _of_both(found: Scan, periods: list[Days], conditions: list[dict[str, Any]]) -> None:
    """Conditions of two periods: "bought mooncakes last year but not this year"."""
    bought = [item for item in conditions if item["field"].startswith("bought_") and item["op"] == "in"]
    for item in bought:
        conditions.remove(item)
    end = 0
    for period, days in zip(found.dates, periods, strict=True):
        start, after = period.span
        denied = _DENIED.search(found.text, end, start) or _DENIED_AFTER.match(found.text, after)
        end = after
        conditions += [{**item, "op": "not_in" if denied else "in", "within": as_range(days)} for item in bought] or [
            {
                "field": "ordered",
                "op": "not_between" if denied else "between",
                "value": [days.start.isoformat(), days.end.isoformat()],
            }
        ]


def _only_denied(conditions: list[dict[str, Any]]) -> bool:
    return all(item["op"] == "not_in" for item in conditions if item["field"] in _OF_ITS_DAYS)
