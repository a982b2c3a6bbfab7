"""Headline figures: a value, how it moved, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from insights import formats
from insights.analytics import METRICS, Result
from insights.panel import charts


@dataclass(frozen=True)
class Delta:
    """How a figure moved: ``▲ 8.4%``, good or bad, from what."""

    text: str
    css: str
    was: str


@dataclass(frozen=True)
class Headline:
    """One headline figure, ready for its template."""

    key: str
    label: str
    value: str
    unit: str
    delta: Delta | None
    definition: str
    spark: str = ""
    note: str = ""


def short(value: float, unit: str) -> str:
    """A value for an axis."""
    if unit == "money":
        return formats.short_money(value)
    if unit == "rate":
        return formats.percent(value, 0)
    return formats.short_number(value)


def delta(now: Any, then: Any, unit: str, better: str = "up") -> Delta | None:
    """How a figure moved against the period before; None where there is nothing to compare with.

    Args:
        better: ``up``, ``down`` or ``none``: in which direction the news is good.
    """
    if now is None or then is None:
        return None
    was = _("from %(value)s") % {"value": formats.figure(then, unit)}
    if now == then:
        return Delta("=", "ins-quiet", _("as before"))
    if unit == "rate":
        moved = formats.points(float(now) - float(then))
    elif then:
        moved = times(float(now), float(then))
    else:
        moved = formats.figure(abs(now - then), unit)
    rose = now > then
    css = "ins-quiet" if better == "none" else "ins-good" if rose == (better == "up") else "ins-bad"
    return Delta(f"{'▲' if rose else '▼'} {moved}", css, was)


def between(low: float | None, high: float | None) -> str:
    """The range of a chance in whole percents, ``54 to 70``; nothing is certain, so never 0 or 100."""
    if low is None or high is None:
        return ""
    ends = [formats.number(min(max(round(end * 100), 1), 99)) for end in (low, high)]
    return _("%(low)s to %(high)s") % {"low": ends[0], "high": ends[1]}


def times(now: float, then: float) -> str:
    """A relative change without its sign: ``8.4%``; from tenfold on ``48.6×``, which is easier to grasp."""
    if now / then >= 10:
        return f"{formats.number(now / then, 1)}×"
    return formats.percent(abs(now - then) / abs(then))


def headline(result: Result, key: str, *, note: str = "", label: str = "") -> Headline:
    """A headline figure from a result that has one row a day.

    Args:
        note: said in place of the sparkline, where a course by days says nothing.
        label: another name than the catalogue's.
    """
    metric = METRICS[key]
    now = result.totals.get(key)
    then = result.comparison.totals.get(key) if result.comparison else None
    name = label or metric.label(formats.language())
    value, unit = formats.figure(now, metric.unit), ""
    if metric.unit == "rate" and value.endswith("%"):
        value, unit = value.removesuffix("%"), "%"
    spark = ""
    if not note:
        spark = charts.sparkline(course(result, key), label=_("%(name)s over the period") % {"name": name})
    return Headline(
        key,
        name,
        value,
        unit,
        delta(now, then, metric.unit, metric.better),
        result.definitions.get(key, ""),
        spark,
        note,
    )


def course(result: Result, key: str) -> list[float | None]:
    """A metric over the period in few enough points to draw."""
    if key == "aov":
        spent, orders = course(result, "revenue"), course(result, "orders")
        return [a / b if a is not None and b else None for a, b in zip(spent, orders, strict=True)]
    values = [_float(value) for value in result.column(key)]
    return [_mean(values[start:end]) for start, end in stretches(len(values))]


def stretches(count: int, most: int = 92) -> list[tuple[int, int]]:
    """How days are drawn together: singly, by 7 or by 28, counted back from the last one.

    Args:
        count: how many days.
        most: how many points at most, where 28 days a point allow it.

    Returns:
        First and behind-the-last place of each stretch; the first one may be shorter.
    """
    size = next((size for size in (1, 7, 28) if count <= most * size), 28)
    edges = [*range(count, 0, -size), 0][::-1]
    return list(pairwise(edges))


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
