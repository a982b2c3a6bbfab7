"""The answer to a query: columns, rows, totals, and the period it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from insights.analytics.time import TimeRange


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        kind: ``dimension`` or ``metric``.
        unit: of a metric, as in the catalogue; of a dimension, its kind.
        labels: names of coded values (segments, weekdays), where a value is not its own name.
    """

    key: str
    label: str
    kind: Literal["dimension", "metric"]
    unit: str = ""
    labels: Mapping[Any, str] = field(default_factory=dict)

    def show(self, value: Any) -> str:
        """The name of a value of a dimension."""
        return self.labels.get(value, "" if value is None else str(value))


@dataclass(frozen=True)
class Comparison:
    """The same figures of another period.

    Attributes:
        rows: the metrics of the other period, one list for each row of the result; stretches of time
            are matched by their place in the period.
        totals: by metric.
        change: (now − then) / |then| by metric; None where there is nothing to divide by.
    """

    time_range: TimeRange
    rows: list[list[Any]]
    totals: dict[str, Any]
    change: dict[str, float | None]


@dataclass(frozen=True)
class Result:
    """Rows carry the dimensions first, then the metrics.

    Money is ``Decimal``, rates are fractions, stretches of time are their first day.

    Attributes:
        totals: by metric, of all rows whether shown or not; never a sum of what does not add up.
        groups: how many rows there were before the limit.
        definitions: what each metric means here, in the active language.
        notes: what the reader should know, in the active language.
    """

    columns: list[Column]
    rows: list[list[Any]]
    totals: dict[str, Any]
    query: BaseModel
    groups: int = 0
    comparison: Comparison | None = None
    definitions: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    currency: str = ""
    seconds: float = 0.0

    def column(self, key: str) -> list[Any]:
        """All values of one column."""
        index = [column.key for column in self.columns].index(key)
        return [row[index] for row in self.rows]

    @property
    def metrics(self) -> list[Column]:
        """The columns that are metrics."""
        return [column for column in self.columns if column.kind == "metric"]

    @property
    def dimensions(self) -> list[Column]:
        """The columns that are dimensions."""
        return [column for column in self.columns if column.kind == "dimension"]

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON-safe data."""
        return {
            "columns": [
                {
                    "key": column.key,
                    "label": column.label,
                    "kind": column.kind,
                    "unit": column.unit,
                    **(
                        {"labels": {str(plain(key)): name for key, name in column.labels.items()}}
                        if column.labels
                        else {}
                    ),
                }
                for column in self.columns
            ],
            "rows": plain(self.rows),
            "totals": plain(self.totals),
            "groups": self.groups,
            "comparison": None
            if self.comparison is None
            else {
                "time_range": self.comparison.time_range.model_dump(mode="json"),
                "rows": plain(self.comparison.rows),
                "totals": plain(self.comparison.totals),
                "change": plain(self.comparison.change),
            },
            "query": self.query.model_dump(mode="json"),
            "definitions": dict(self.definitions),
            "notes": list(self.notes),
            "currency": self.currency,
            "seconds": round(self.seconds, 4),
        }


def plain(value: Any) -> Any:
    """A value as JSON can carry it: a Decimal becomes a number, a date its ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def change(now: Any, then: Any) -> float | None:
    """How much of what it was a figure has moved: 0.1 is ten per cent more."""
    if now is None or not then or isinstance(now, date):
        return None
    return float((now - then) / abs(then))
