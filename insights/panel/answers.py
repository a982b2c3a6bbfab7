"""An answer of the assistant as it is shown: how it was understood, figure, sentence, chart, table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from insights import formats
from insights.analytics import GRAINS, METRICS
from insights.models import Message
from insights.panel import charts
from insights.panel.figures import Delta, delta, short
from insights.panel.page import link
from insights.panel.tables import Column, Figure, Table
from insights.panel.understood import Chip, chips, metric_label, when

BARS = 12
"""More bars than this are no longer compared by eye; the table has them all."""


@dataclass(frozen=True)
class Cell:
    """One cell of the table of an answer."""

    text: str
    css: str = ""
    url: str = ""


@dataclass(frozen=True)
class AnswerView:
    """An answer, ready for its template."""

    kind: str
    lang: str
    chips: list[Chip]
    hero: str
    delta: Delta | None
    text: str
    figure: Figure | None
    key: tuple[str, str] | None
    table: Table | None
    rows: list[list[Cell]]
    definitions: list[tuple[str, str]]
    assumptions: list[str]
    follow_ups: list[str]
    asked: str
    took: str
    feedback: str
    feedback_url: str
    csv: str


def speaking(answer: Mapping[str, Any]) -> Any:
    """Have what is around an answer in the language of the answer."""
    chinese = str(answer.get("language", "")).startswith("zh")
    if chinese == (formats.language() == "zh"):
        return translation.override(translation.get_language())
    return translation.override("zh-hans" if chinese else "en")


def view(request: HttpRequest, message: Message) -> AnswerView:
    """A remembered answer as it is shown."""
    answer = message.answer
    with speaking(answer):
        columns, rows = answer.get("columns") or [], answer.get("rows") or []
        table = table_of(answer) if rows else None
        csv = link(request, "ask_csv", message.pk) if rows and message.pk else ""
        drawing = _drawing(answer)
        number = answer.get("kind") == "number" and len(rows) == 1 and columns
        return AnswerView(
            kind=str(answer.get("kind", "")),
            lang="zh-Hans" if formats.language() == "zh" else "en",
            chips=chips(answer.get("plan") or {}),
            hero=_value(columns[-1], rows[0][-1]) if number else "",
            delta=_moved(answer) if number else None,
            text=str(answer.get("text", "")),
            figure=Figure(drawing, table, csv) if drawing and table else None,
            key=_key(answer) if drawing else None,
            table=None if number else table,
            rows=_cells(request, answer, table) if table and not number else [],
            definitions=sorted((metric_label(key), text) for key, text in (answer.get("definitions") or {}).items()),
            assumptions=list(answer.get("assumptions") or []),
            follow_ups=list(answer.get("follow_ups") or []),
            asked=formats.moment(message.asked_at),
            took=formats.duration(message.seconds),
            feedback=message.feedback,
            feedback_url=link(request, "ask_feedback", message.pk) if message.pk else "",
            csv=csv,
        )


def _value(column: Mapping[str, Any], value: Any) -> str:
    """A value of a column as it is written; a dimension's value by its name."""
    unit = str(column.get("unit", ""))
    if column.get("key") == "contribution" and value is not None:
        return _("%(number)s pts") % {"number": formats.signed(float(value) * 100, 1)}
    if unit == "rate" and value is not None and str(column.get("key", "")).endswith("probability"):
        return formats.chance(float(value))
    if column.get("kind") == "metric" or unit in ("money", "rate"):
        return formats.figure(Decimal(str(value)) if unit == "money" and value is not None else value, unit)
    labels = column.get("labels") or {}
    if str(value) in labels:
        return str(labels[str(value)])
    key = str(column.get("key", ""))
    if key in GRAINS and isinstance(value, str):
        return formats.bucket(date.fromisoformat(value[:10]), key)
    return "–" if value is None else formats.number(value, 2) if isinstance(value, float) else str(value)


def table_of(answer: Mapping[str, Any]) -> Table:
    """All rows, with the period before and the change beside the first figure."""
    columns = list(answer["columns"])
    shown = [
        Column(str(column.get("label", column.get("key", ""))), _writer(column), _side(column)) for column in columns
    ]
    rows = [list(row) for row in answer["rows"]]
    then = (answer.get("comparison") or {}).get("rows")
    metrics = [place for place, column in enumerate(columns) if column.get("kind") == "metric"]
    if not then or not metrics or len(then) != len(rows):
        return Table(shown, rows)
    place = metrics[0]
    before = [row[0] if row else None for row in then]
    unit = str(columns[place].get("unit", ""))
    metric = METRICS.get(str(columns[place].get("key")))
    extra = [
        Column(_period_before(answer) or _("Before"), _writer(columns[place]), "ins-quiet"),
        Column(pgettext("of a figure", "Change"), str, tone=partial(_tone, better=metric.better if metric else "up")),
    ]
    moved = [delta(row[place], earlier, unit) for row, earlier in zip(rows, before, strict=True)]
    return Table(
        [*shown[: place + 1], *extra, *shown[place + 1 :]],
        [
            [*row[: place + 1], earlier, step.text if step else None, *row[place + 1 :]]
            for row, earlier, step in zip(rows, before, moved, strict=True)
        ],
    )


def _period_before(answer: Mapping[str, Any]) -> str:
    time_range = (answer.get("comparison") or {}).get("time_range")
    return when(time_range) if time_range else ""


def _key(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    """What the full and the hollow or dotted marks of a drawing stand for."""
    before = _period_before(answer)
    plan = answer.get("plan") or {}
    query = plan.get("query") or (plan.get("arguments") or {}).get("query") or {}
    return (when(query.get("time_range")), before) if before else None


def _tone(moved: str | None, better: str) -> str:
    """Whether a change is good or bad news, from its arrow."""
    if not moved or moved == "=" or better == "none":
        return "ins-quiet"
    return "ins-good" if moved.startswith("▲") == (better == "up") else "ins-bad"


def _writer(column: Mapping[str, Any]) -> Any:
    return lambda value: _value(column, value)


def _side(column: Mapping[str, Any]) -> str:
    return "" if column.get("kind") == "metric" else "ins-left"


def _moved(answer: Mapping[str, Any]) -> Delta | None:
    then = (answer.get("comparison") or {}).get("rows")
    column = answer["columns"][-1]
    if not then or not then[0]:
        return None
    metric = METRICS.get(str(column.get("key")))
    return delta(answer["rows"][0][-1], then[0][-1], str(column.get("unit", "")), metric.better if metric else "up")


def _drawing(answer: Mapping[str, Any]) -> SafeString | None:
    """The chart that fits the rows: a line over time, bars to compare; nothing for a single number."""
    columns, rows = answer.get("columns") or [], answer.get("rows") or []
    metrics = [place for place, column in enumerate(columns) if column.get("kind") == "metric"]
    if len(rows) < 2 or not metrics or metrics[0] != 1 or answer.get("kind") not in ("series", "table"):
        return None
    unit = str(columns[1].get("unit", ""))
    if unit == "date":
        return None
    values = [None if row[1] is None else float(row[1]) for row in rows]
    then = (answer.get("comparison") or {}).get("rows") or []
    before = [None if not row or row[0] is None else float(row[0]) for row in then]
    label = f"{columns[1].get('label')}, {columns[0].get('label')}"
    names = [_value(columns[0], row[0]) for row in rows]
    if answer.get("kind") == "series":
        data = charts.Line(
            names,
            values,
            _("This period") if before else "",
            before,
            _("Before") if before else "",
            whole=unit == "count",
        )
        return charts.line(
            data, label=label, show=lambda value: formats.figure(value, unit), axis=lambda value: short(value, unit)
        )
    bars = [
        charts.Bar(name, value or 0.0, before[place] if place < len(before) else None)
        for place, (name, value) in enumerate(zip(names, values, strict=True))
    ]
    return charts.bars(bars[:BARS], label=label, show=lambda value: formats.figure(value, unit))


def _short(key: str, most: int = 14) -> str:
    """A customer's number; the long ones of guests cut off, since nobody reads them."""
    return key if len(key) <= most else key[: most - 1] + "…"


def _cells(request: HttpRequest, answer: Mapping[str, Any], table: Table) -> list[list[Cell]]:
    """The table's cells; a customer in the first one leads to the customer's page."""
    people = answer["columns"][0].get("key") == "customer"
    return [
        [
            Cell(
                _short(text) if people and not place else text,
                css,
                link(request, "customer", row[0]) if people and not place and row[0] else "",
            )
            for place, (text, css) in enumerate(cells)
        ]
        for row, cells in zip(table.rows, table.shown, strict=True)
    ]
