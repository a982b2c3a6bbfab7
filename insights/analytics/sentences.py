"""Conditions on customers in words, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import translation

from insights import formats, places
from insights.analytics.customer_fields import CustomerField
from insights.analytics.time import TimeRange

_RANGES = {
    "en": {
        "eq": "exactly {0}",
        "in": "{0}",
        "not_in": "not {0}",
        "gt": "more than {0}",
        "gte": "at least {0}",
        "lt": "less than {0}",
        "lte": "at most {0}",
        "between": "{0} to {1}",
        "not_between": "not {0} to {1}",
    },
    "zh": {
        "eq": "为{0}",
        "in": "为{0}",
        "not_in": "不为{0}",
        "gt": "超过{0}",
        "gte": "至少{0}",
        "lt": "低于{0}",
        "lte": "至多{0}",
        "between": "在{0}到{1}之间",
        "not_between": "不在{0}到{1}之间",
    },
}
_DAYS = {
    "en": {
        "eq": "on {0}",
        "gt": "after {0}",
        "gte": "on {0} or later",
        "lt": "before {0}",
        "lte": "on {0} or earlier",
        "between": "between {0} and {1}",
        "not_between": "not between {0} and {1}",
    },
    "zh": {
        "eq": "在{0}",
        "gt": "晚于{0}",
        "gte": "不早于{0}",
        "lt": "早于{0}",
        "lte": "不晚于{0}",
        "between": "在{0}到{1}之间",
        "not_between": "不在{0}到{1}之间",
    },
}
_SEAM = re.compile(r"(?<=[A-Za-z0-9%])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9€£$¥−])")


def sentence(clauses: Sequence[str], language: str) -> str:
    """Clauses as one sentence; no clauses, all customers."""
    if language.startswith("zh"):
        return _SEAM.sub(" ", f"{'、'.join(clauses)}的客户。") if clauses else "全部客户。"
    if not clauses:
        return "All customers."
    return f"Customers {', '.join(clauses[:-1])}{' and ' if clauses[1:] else ''}{clauses[-1]}."


def clause(
    about: CustomerField,
    op: str,
    values: Sequence[Any],
    language: str,
    *,
    days: int | None = None,
    within: TimeRange | None = None,
) -> str:
    """One condition, as the part of a sentence that follows "customers"."""
    tongue = "zh" if language.startswith("zh") else "en"
    with translation.override("zh-hans" if tongue == "zh" else "en"):
        words = _words(about, op, values, tongue)
        if days is not None:
            return f"最近{days}天内{words}" if tongue == "zh" else f"{words} in the last {days} days"
        if within is None:
            return words
        first, last = formats.long_day(within.start), formats.long_day(within.end - timedelta(days=1))
        if tongue == "zh":
            return f"{first}{words}" if first == last else f"{first}至{last}期间{words}"
        return f"{words} on {first}" if first == last else f"{words} from {first} to {last}"


def _words(about: CustomerField, op: str, values: Sequence[Any], tongue: str) -> str:
    phrase = about.phrase_zh if tongue == "zh" else about.phrase_en
    if about.kind == "flag":
        return phrase.split("|")[0 if values[0] else 1]
    if about.kind in ("product", "category", "brand"):
        listed = _either([f"“{value}”" for value in values], tongue)
        if op == "not_in":
            phrase = (
                phrase.replace("买过", "没买过") if tongue == "zh" else phrase.replace("who bought", "who did not buy")
            )
        return phrase.format(r=listed)
    if about.kind in ("date", "period"):
        return _dated(phrase, about, op, values, tongue)
    if about.kind in ("term", "text"):
        return phrase.format(r=_named(about, op, values, tongue))
    shown = [_shown(about.kind, value, tongue) for value in values]
    if op in ("in", "not_in"):
        shown = [_either(shown, tongue)]
    words = phrase.format(r=_RANGES[tongue][op].format(*shown))
    if about.kind == "number" and tongue == "en":
        words = words.replace("less than", "fewer than")
        return words.removesuffix("s") if values[-1] == 1 and words.endswith("orders") else words
    return words


def _named(about: CustomerField, op: str, values: Sequence[Any], tongue: str) -> str:
    names = [about.terms[value].label(tongue) if value in about.terms else str(value) for value in values]
    if about.key == "country":
        names = [places.country_name(name, tongue) for name in names]
    listed = _either(names, tongue)
    if op == "contains":
        return f"包含“{listed}”" if tongue == "zh" else f"like “{listed}”"
    return _RANGES[tongue]["not_in" if op == "not_in" else "in"].format(listed)


def _dated(phrase: str, about: CustomerField, op: str, values: Sequence[date], tongue: str) -> str:
    last = values[-1] - timedelta(days=1) if "between" in op else values[-1]
    shown = [formats.long_day(value) for value in (*values[:-1], last)]
    if about.kind == "period" and op == "not_between":
        if tongue == "zh":
            return f"{_DAYS['zh']['between'].format(*shown)}没有下过单"
        return f"who did not order {_DAYS['en']['between'].format(*shown)}"
    return phrase.format(r=_DAYS[tongue][op].format(*shown))


def _shown(kind: str, value: Any, tongue: str) -> str:
    if kind == "money":
        return formats.money(value)
    if kind == "rate":
        return formats.percent(value, 0 if value * 100 == int(value * 100) else 1)
    if kind == "days":
        return (
            f"{formats.number(value)} 天"
            if tongue == "zh"
            else f"{formats.number(value)} day{'' if value == 1 else 's'}"
        )
    return formats.number(value, 0 if value == int(value) else 1)


def _either(names: Sequence[str], tongue: str) -> str:
    if len(names) < 2:
        return "".join(names)
    if tongue == "zh":
        return f"{'、'.join(names[:-1])}或{names[-1]}"
    return f"{', '.join(names[:-1])} or {names[-1]}"
