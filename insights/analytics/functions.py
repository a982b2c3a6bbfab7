"""What Django's ORM has not, or has on SQLite only as a Python function called for every row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateField, Func, IntegerField
from django.db.models.sql.compiler import SQLCompiler

_START_OF: dict[str, dict[str, str]] = {
    "sqlite": {
        "week": "DATE({0}, '-6 days', 'weekday 1')",
        "sunday_week": "DATE({0}, '-6 days', 'weekday 0')",
        "month": "DATE({0}, 'start of month')",
        "quarter": "DATE({0}, 'start of month', "
        "'-' || ((CAST(STRFTIME('%%m', {0}) AS INTEGER) - 1) %% 3) || ' months')",
        "year": "DATE({0}, 'start of year')",
    },
    "postgresql": {
        "week": "DATE_TRUNC('week', {0})::date",
        "sunday_week": "(DATE_TRUNC('week', {0} + 1)::date - 1)",
        "month": "DATE_TRUNC('month', {0})::date",
        "quarter": "DATE_TRUNC('quarter', {0})::date",
        "year": "DATE_TRUNC('year', {0})::date",
    },
    "mysql": {
        "week": "CAST(DATE_SUB({0}, INTERVAL WEEKDAY({0}) DAY) AS DATE)",
        "sunday_week": "CAST(DATE_SUB({0}, INTERVAL DAYOFWEEK({0}) - 1 DAY) AS DATE)",
        "month": "CAST(DATE_FORMAT({0}, '%%Y-%%m-01') AS DATE)",
        "quarter": "CAST(MAKEDATE(YEAR({0}), 1) + INTERVAL QUARTER({0}) - 1 QUARTER AS DATE)",
        "year": "CAST(MAKEDATE(YEAR({0}), 1) AS DATE)",
    },
}


_WEEKDAY = {
    "sqlite": "((CAST(STRFTIME('%%w', {0}) AS INTEGER) + 6) %% 7 + 1)",
    "postgresql": "EXTRACT(ISODOW FROM {0})::integer",
    "mysql": "(WEEKDAY({0}) + 1)",
}
_DAYS_BETWEEN = {
    "sqlite": "CAST(JULIANDAY({1}) - JULIANDAY({0}) AS INTEGER)",
    "postgresql": "({1} - {0})",
    "mysql": "DATEDIFF({1}, {0})",
}
_ARGUMENT = re.compile(r"{(\d)}")


class ByVendor(Func):
    """A function whose SQL is a template a database: ``{0}`` is the first argument, ``{1}`` the second."""

    templates: Mapping[str, str]

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> Any:
        arguments = [compiler.compile(expression) for expression in self.get_source_expressions()]
        written = self.templates[connection.vendor]
        places = [int(place) for place in _ARGUMENT.findall(written)]
        return written.format(*(sql for sql, _ in arguments)), [
            part for place in places for part in arguments[place][1]
        ]


class StartOf(ByVendor):
    """The first day of the week, month, quarter or year that holds a date.

    Args:
        expression: a date.
        unit: ``week`` (from Monday), ``sunday_week``, ``month``, ``quarter`` or ``year``.
    """

    output_field = DateField()
    arity = 1

    def __init__(self, expression: Any, unit: str) -> None:
        super().__init__(expression, unit=unit)
        self.templates = {vendor: units[unit] for vendor, units in _START_OF.items()}


class Weekday(ByVendor):
    """The day of the week of a date: 1 is Monday, 7 Sunday."""

    output_field = IntegerField()
    arity = 1
    templates = _WEEKDAY


class DaysBetween(ByVendor):
    """Whole days from a date to another; negative where that is earlier."""

    output_field = IntegerField()
    arity = 2
    templates = _DAYS_BETWEEN
