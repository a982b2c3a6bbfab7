"""How a question was understood, part by part, each with what it could be changed to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights import formats
from insights.analytics import CUSTOMER_FIELDS, DIMENSIONS, METRICS


@dataclass(frozen=True)
class Chip:
    """One part of how a question was understood, with what it could be changed to."""

    label: str
    value: str
    instead: tuple[tuple[str, str], ...] = ()


def chips(plan: Mapping[str, Any]) -> list[Chip]:
    """How a question was understood, part by part.

    Args:
        plan: the tool that was called with its arguments; for figures also the typed query.
    """
    arguments = plan.get("arguments") or {}
    query = plan.get("query") or arguments.get("query")
    if isinstance(query, Mapping):
        return _query_chips(query)
    found = []
    for key, value in arguments.items():
        if key == "conditions" and isinstance(value, Sequence):
            found += [Chip(_("Only"), _condition(condition)) for condition in value if isinstance(condition, Mapping)]
        elif key in _ARGUMENTS and value not in (None, "", [], {}):
            found.append(Chip(str(_ARGUMENTS[key]()), _plain(value)))
    return found


_ARGUMENTS = {
    "customer": lambda: _("Customer"),
    "product": lambda: _("Product"),
    "metric": lambda: _("Figure"),
    "time_range": lambda: _("When"),
    "order_by": lambda: _("Sorted by"),
    "limit": lambda: _("At most"),
    "what": lambda: _("About"),
    "type": lambda: _("Kind"),
}


_WORDS = {
    "churn": gettext_lazy("May not come back"),
    "purchase": gettext_lazy("Will buy soon"),
    "segment": gettext_lazy("Segment"),
    "for_you": gettext_lazy("For you"),
    "similar": gettext_lazy("Similar"),
    "bought_together": gettext_lazy("Often bought together"),
    "trending": gettext_lazy("Popular now"),
}
"""What the arguments of tools are called that are names of things."""


def _query_chips(query: Mapping[str, Any]) -> list[Chip]:
    language = formats.language()
    found = [Chip(_("Figure"), _(", ").join(metric_label(str(key)) for key in query.get("metrics") or ()))]
    by = [key for key in (query.get("grain"), *(query.get("dimensions") or ())) if key]
    names = [DIMENSIONS[key].label(language) if key in DIMENSIONS else str(key) for key in by]
    ways = {
        "country": _("By country?"),
        "category": _("By category?"),
        "month": _("By month?"),
        "segment": _("By segment?"),
    }
    if names:
        others = tuple((way, way) for key, way in ways.items() if key not in by)
        found.append(Chip(_("By"), _(", ").join(names), others))
    times = (_("Last 30 days?"), _("Last month?"), _("This year?"), _("Last year?"))
    found.append(Chip(_("When"), when(query.get("time_range")), tuple((time, time) for time in times)))
    if query.get("compare_to"):
        found.append(Chip(_("Against"), _against(query["compare_to"])))
    found += [Chip(_("Only"), _filter(condition)) for condition in query.get("filters") or ()]
    if query.get("currency"):
        found.append(Chip(_("In"), str(query["currency"])))
    return found


def metric_label(key: str) -> str:
    """What a metric is called; an unknown key is shown as it is."""
    return METRICS[key].label(formats.language()) if key in METRICS else key


def when(time_range: Any) -> str:
    """The days of a time range, in words."""
    if not isinstance(time_range, Mapping):
        return _("all time")
    start, end = date.fromisoformat(str(time_range["start"])[:10]), date.fromisoformat(str(time_range["end"])[:10])
    return formats.span(start, end - timedelta(days=1))


def _against(compared: Any) -> str:
    if compared == "previous_year":
        return _("the year before")
    return when(compared) if isinstance(compared, Mapping) else _("the period before")


def _filter(condition: Mapping[str, Any]) -> str:
    dimension = DIMENSIONS.get(str(condition.get("dimension")))
    language = formats.language()
    values = condition.get("values") or ()
    values = values if isinstance(values, (list, tuple)) else (values,)
    shown = [
        dimension.terms[value].label(language) if dimension and value in dimension.terms else str(value)
        for value in values
    ]
    name = dimension.label(language) if dimension else str(condition.get("dimension"))
    signs = {"in": ":", "not_in": " ≠", "contains": " ∋", "gt": " >", "gte": " ≥", "lt": " <", "lte": " ≤"}
    return f"{name}{signs.get(str(condition.get('op', 'in')), ':')} {_(', ').join(shown)}"


def _condition(condition: Mapping[str, Any]) -> str:
    signs = {"gt": " >", "gte": " ≥", "lt": " <", "lte": " ≤", "not_in": " ≠", "not_between": " ≠"}
    sign = signs.get(str(condition.get("op", "eq")), ":")
    key, value = str(condition.get("field", "")), condition.get("value")
    field = CUSTOMER_FIELDS.get(key)
    if field is None:
        return f"{_plain(key)}{sign} {_plain(value)}"
    language = formats.language()
    values = value if isinstance(value, (list, tuple)) else (value,)
    if field.kind == "period" and len(values) == 2:
        return f"{field.label(language)}{sign} {when({'start': values[0], 'end': values[1]})}"
    shown = [
        field.terms[item].label(language) if item in field.terms else _in_kind(item, field.kind) for item in values
    ]
    said = f"{field.label(language)}{sign} {_(', ').join(shown)}"
    if condition.get("days"):
        return f"{said} ({_('within %(days)s days') % {'days': condition['days']}})"
    return f"{said} ({when(condition['within'])})" if condition.get("within") else said


def _in_kind(value: Any, kind: str) -> str:
    writers: dict[str, Callable[[Any], str]] = {"rate": formats.chance, "money": formats.money}
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return writers[kind](value) if is_number and kind in writers else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return when(value) if {"start", "end"} <= set(value) else str(dict(value))
    if isinstance(value, (list, tuple)):
        return _(", ").join(_plain(item) for item in value)
    if isinstance(value, float):
        return formats.number(value, 0 if value == int(value) else 2)
    name = str(value)
    if name in _WORDS:
        return str(_WORDS[name])
    if name in CUSTOMER_FIELDS:
        return CUSTOMER_FIELDS[name].label(formats.language())
    return metric_label(name).replace("_", " ")
