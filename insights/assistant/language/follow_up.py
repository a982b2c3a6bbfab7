"""Questions that lean on the one before: "and by country?", "那上海呢？", "why?", "as a chart"."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from insights.analytics import TimeRange, previous_period
from insights.assistant.language.calendar import Days
from insights.assistant.language.customers import GROUPS, customers
from insights.assistant.language.figures import KINDS, figures, fitting_grain, ranking
from insights.assistant.language.periods import as_range, asked
from insights.assistant.language.reading import Reading
from insights.assistant.language.said import (
    Note,
    call,
    has_condition,
    measures,
    rivals,
)
from insights.assistant.language.scan import Scan

_JOINS = re.compile(
    r"^(?:ok(?:ay)?,? |so,? |now,? |yes,? |no,? )*(?:and|what about|how about|same (?:thing )?for|the same for|only|just|instead|then|but|for|in|as|"
    r"compared|broken|split|sorted|make it|show it|without|excluding|除了|那么?|还有|再|换成?|改成?|只看?|仅|同样|如果是|按|改为|用)(?:\b|(?=[\u4e00-\u9fff]))|呢[?？]?$"
)
_PRONOUN = re.compile(
    r"\b(?:he|she|him|her|his|they|them|their|this (?:customer|person|one)|that (?:customer|person|one)|same customer)\b|[他她]们?|该客户|这个?客户|这位|此人|\bta\b"
)
_SHIFTED = re.compile(
    r"^(?:and |what about |how about )?(?:the )?(?:one |(?P<unit>period|month|week|quarter|year|day) )before(?: that)?\W*$|^那?(?:再)?(?:前一[期个周月]\S{0,3}|上一?期)呢?\W*$"
)


_HOW_MANY = re.compile(
    r"(?:\s|[?？!.,、，。&]|\band\b|\bthe\b|\btotal\b|\bwhat(?:'s| is| are| was| were)\b|\bhow (?:many|much)\b|\bnumber of\b|[和与及的是呢吗]|有?多少|几个?)*"
)


def names_figures_alone(found: Scan) -> bool:
    """Whether it is nothing but figures: "Orders?", "客单价呢", "how many orders?"."""
    if not measures(found) or found.dates or found.conditions or found.unused or found.customer:
        return False
    rest, end = "", 0
    for span in found.spans:
        if span.get("metric"):
            rest, end = rest + found.text[end : span.start], span.end
    rest += found.text[end:]
    return _HOW_MANY.fullmatch(rest) is not None


def leans_back(found: Scan) -> bool:
    """Whether a question says too little to stand alone."""
    if found.all("ask_back"):
        return False
    if _JOINS.search(found.text):
        return bool(found.spans or found.dates or found.conditions or found.count)
    if found.has("word", "chart") or _SHIFTED.match(found.text):
        return not measures(found)
    if found.count and found.has("word", "top", "bottom") and not (measures(found) or _names_columns(found)):
        return not found.has("word", "bestseller", "slow_seller")
    own = (
        measures(found)
        or has_condition(found)
        or found.has("intent", "list", "who", "count", "define")
        or found.all("order_by")
    )
    joins = (
        found.has("word", "by", "compare", "previous", "year_ago", "top", "bottom") or found.all("grain") or found.count
    )
    return (
        not own
        and bool(joins or found.dates or found.values())
        and not found.has("verb", "sell")
        and not found.all("noun")
    )


def of_a_person(found: Scan, previous: Reading | None) -> str | None:
    """The customer of the question before, where a pronoun, or nothing but a figure, is said of one."""
    if previous is None or found.customer or not (_PRONOUN.search(found.text) or names_figures_alone(found)):
        return None
    who = previous.arguments.get("customer")
    return str(who) if who else None


def asks_why(found: Scan) -> bool:
    """Whether it is nothing but "why?"."""
    return bool(
        re.fullmatch(
            r"(?:but |and )?(?:why|how come)(?: (?:is|was) (?:that|this|it))?(?: so)?\W*|(?:那)?(?:为什么|为何|原因(?:是什么)?|怎么回事)呢?\W*",
            found.text,
        )
    )


def follow_up(found: Scan, today: date, previous: Reading) -> Reading:
    """The question before, with what this one says in its place."""
    if previous.tool == "find_customers":
        return _of_customers(found, today, previous)
    if previous.tool == "why_did_it_change":
        arguments = {**previous.arguments}
        when = asked(found, today, None)
        arguments.update({"time_range": as_range(when.days)} if when.days else {})
        arguments.update({"metric": measures(found)[0]} if measures(found) else {})
        return call(found, previous.tool, when.notes, **arguments)
    if previous.tool != "query_metrics":
        return figures(found, today)
    return _of_figures(found, today, previous)


def why(found: Scan, previous: Reading) -> Reading:
    """Why the figure of the question before is what it is, against what it was compared with."""
    query = previous.arguments["query"]
    compare = query.get("compare_to")
    arguments = {"metric": query["metrics"][0], "time_range": query["time_range"]}
    arguments["compare_to"] = compare if isinstance(compare, str) else "previous_period"
    return call(found, "why_did_it_change", [("follow_up", {})], **arguments)


def _of_customers(found: Scan, today: date, previous: Reading) -> Reading:
    wanted = customers(found, today).arguments
    arguments = {**previous.arguments}
    changed = {condition["field"] for condition in wanted["conditions"]}
    kept = [condition for condition in arguments["conditions"] if condition["field"] not in changed]
    arguments["conditions"] = kept + wanted["conditions"]
    arguments.update({"limit": wanted["limit"]} if found.count else {})
    arguments.update({"order_by": wanted["order_by"]} if found.all("order_by") else {})
    arguments.pop("by", None)
    if found.has("intent", "count"):
        arguments["count_only"] = True
    elif found.has("intent", "list", "who"):
        arguments.pop("count_only", None)
    if by := next((key for key in found.keys("dimension") if key in GROUPS), None):
        arguments |= {"by": by, "count_only": True}
    return call(found, "find_customers", [("follow_up", {})], **arguments)


def _of_figures(found: Scan, today: date, previous: Reading) -> Reading:
    query = {**previous.arguments["query"]}
    fresh = figures(found, today).arguments["query"]
    own = _own_metrics(found, fresh)
    if own:
        query["metrics"] = own
        if query.get("order_by"):
            query["order_by"] = [{**query["order_by"][0], "key": own[0]}]
    query["filters"] = _merged(query.get("filters", []), [*fresh["filters"], *_narrowed(found, own, fresh)])
    before = query.get("time_range")
    notes = [("follow_up", {}), *_set_days(query, found, today)]
    if fresh["dimensions"] and (_names_columns(found) or not query.get("dimensions")):
        query["dimensions"] = fresh["dimensions"]
        query.pop("order_by", None)
        query.pop("limit", None)
    elif found.has("word", "chart") and not query.get("dimensions") and before:
        start, end = date.fromisoformat(before["start"]), date.fromisoformat(before["end"])
        query["dimensions"] = [fitting_grain(Days(start, end))]
    ranked = ranking(found, query["metrics"][0], query.get("dimensions", []))
    if ranked:
        query |= (
            ranked
            if found.count
            else {"order_by": ranked["order_by"], "limit": query.get("limit") or ranked.get("limit", 10)}
        )
    return call(found, "query_metrics", notes, query=query)


def _set_days(query: dict[str, Any], found: Scan, today: date) -> list[Note]:
    """Put the period of a question, and what it is set against, in the place of those before."""
    before = query.get("time_range")
    if _SHIFTED.match(found.text) and before:
        query["time_range"] = _shifted(before)
        query.pop("compare_to", None)
        return []
    when = asked(
        found, today, None, base=_as_days(before) if before else None, side_by_side=bool(query.get("dimensions"))
    )
    if when.days and as_range(when.days) != before:
        query["time_range"] = as_range(when.days)
        if isinstance(query.get("compare_to"), dict):
            query.pop("compare_to")
    if when.unit and not query.get("dimensions"):
        query["dimensions"] = [when.unit]
    if when.against:
        query["compare_to"] = when.compare_to
    return when.notes


def _as_days(time_range: dict[str, str]) -> Days:
    days = TimeRange.model_validate(time_range)
    return Days(days.start, days.end, days.unit or "span")


def _names_columns(found: Scan) -> bool:
    """Whether a breakdown was named, and not only guessed from "top 5"."""
    return bool(found.all("dimension") or found.all("grain") or found.all("noun") or rivals(found))


def _own_metrics(found: Scan, fresh: dict[str, Any]) -> list[str]:
    """The figures that the question names itself; "only new customers" narrows the ones before."""
    named = measures(found)
    if not named and found.has("verb", "sell", "refund"):
        return list(fresh["metrics"])
    if re.match(r"^(?:only|just|for|from|只看?|仅)", found.text) and set(named) <= {
        "new_customers",
        "returning_customers",
        "customers",
    }:
        return []
    return named


def _narrowed(found: Scan, own: list[str], fresh: dict[str, Any]) -> list[dict[str, Any]]:
    named = [KINDS[key] for key in measures(found) if key in KINDS]
    if own or not named or any(item["dimension"] == "new_or_returning" for item in fresh["filters"]):
        return []
    return [{"dimension": "new_or_returning", "op": "in", "values": named}]


def _merged(before: list[dict[str, Any]], fresh: list[dict[str, Any]]) -> list[dict[str, Any]]:
    places = {"country", "region", "city"}
    replaced = {item["dimension"] for item in fresh}
    if replaced & places:
        # "And Shanghai?" after Germany means Shanghai alone, and no city of Germany.
        replaced |= places
    return [item for item in before if item["dimension"] not in replaced] + fresh


def _shifted(time_range: dict[str, str]) -> dict[str, str]:
    return previous_period(TimeRange.model_validate(time_range)).model_dump(mode="json", exclude_none=True)
