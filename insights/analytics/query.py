"""A question to the semantic layer, as typed data that survives a round trip through JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from insights.analytics.dimensions import DIMENSIONS
from insights.analytics.metrics import METRICS
from insights.analytics.time import GRAINS, Grain, TimeRange, previous_period, previous_year
from insights.conf import settings
from insights.exceptions import QueryError, UnknownKeyError

Op = Literal["in", "not_in", "contains", "gt", "gte", "lt", "lte", "between"]
Value = str | int | float | bool | date
MAX_ROWS = 10_000


def known_key(kind: str, word: str, options: Iterable[str]) -> str:
    """A key that exists.

    Raises:
        QueryError: it does not; the message names the nearest.
    """
    options = list(options)
    if word not in options:
        raise QueryError(str(UnknownKeyError(kind, word, options)))
    return word


class Part(BaseModel):
    """A part of a query: frozen, and outspoken about what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: Any, handler: Any) -> Any:
        try:
            return handler(data)
        except ValidationError as error:
            raise QueryError(_sentence(cls, error)) from None


class Filter(Part):
    """Rows whose dimension has, or has not, one of the values; or lies beyond one, or between two."""

    dimension: str
    op: Op = "in"
    values: tuple[Value, ...] = Field(min_length=1, max_length=200)

    @field_validator("dimension")
    @classmethod
    def _known(cls, key: str) -> str:
        return known_key("dimension", key, DIMENSIONS)

    @field_validator("values", mode="before")
    @classmethod
    def _several(cls, values: Any) -> Any:
        return [values] if isinstance(values, (str, int, float, date)) else values


class Having(Part):
    """Groups whose metric lies beyond a number."""

    metric: str
    op: Literal["gt", "gte", "lt", "lte"]
    value: float


class OrderBy(Part):
    """By which column rows are sorted."""

    key: str
    descending: bool = True


class Query(Part):
    """What to show, by what, of when.

    Attributes:
        metrics: keys of metrics; at least one.
        dimensions: keys of dimensions, in the order of the columns.
        filters: all of them hold.
        time_range: days, the end not included; None is all time.
        grain: a time dimension put before the others.
        order_by: columns to sort by; by default time runs forward, else the first metric falls.
        limit: the most rows.
        having: conditions on metrics.
        compare_to: the period before, the year before, or a time range.
        as_of: facts that became known later are left out. A date without an hour stands for the end of that day.
        currency: ISO code; None is the base currency.
    """

    metrics: tuple[str, ...] = Field(min_length=1, max_length=20)
    dimensions: tuple[str, ...] = Field(default=(), max_length=5)
    filters: tuple[Filter, ...] = Field(default=(), max_length=20)
    time_range: TimeRange | None = None
    grain: Grain | None = None
    order_by: tuple[OrderBy, ...] = ()
    limit: int | None = Field(default=None, ge=1, le=MAX_ROWS)
    having: tuple[Having, ...] = ()
    compare_to: Literal["previous_period", "previous_year"] | TimeRange | None = None
    as_of: datetime | None = None
    currency: str | None = None

    @field_validator("metrics", "dimensions", mode="before")
    @classmethod
    def _several(cls, keys: Any) -> Any:
        return (keys,) if isinstance(keys, str) else keys

    @field_validator("metrics")
    @classmethod
    def _known_metrics(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known_key("metric", key, METRICS) for key in keys))

    @field_validator("dimensions")
    @classmethod
    def _known_dimensions(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known_key("dimension", key, DIMENSIONS) for key in keys))

    @field_validator("grain", mode="before")
    @classmethod
    def _known_grain(cls, key: Any) -> Any:
        return key if key is None else known_key("grain", key, GRAINS)

    @field_validator("as_of", mode="before")
    @classmethod
    def _whole_day(cls, as_of: Any) -> Any:
        try:
            day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        except ValueError:
            return as_of
        if isinstance(day, datetime) or not isinstance(day, date):
            return as_of
        return datetime.combine(day + timedelta(days=1), time.min)

    @field_validator("as_of")
    @classmethod
    def _in_the_shop(cls, as_of: datetime | None) -> datetime | None:
        if as_of is not None and timezone.is_naive(as_of):
            return timezone.make_aware(as_of, timezone.get_default_timezone())
        return as_of

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, code: str | None) -> str | None:
        known = [settings.BASE_CURRENCY, *settings.RATES]
        return code if code is None else known_key("currency", code.upper(), known)

    @model_validator(mode="after")
    def _fits(self) -> Query:
        columns = [*self.columns, *self.metrics]
        for order in self.order_by:
            known_key("column to order by", order.key, columns)
        for condition in self.having:
            known_key("metric of this query", condition.metric, self.metrics)
        if self.compare_to is not None and self.time_range is None:
            raise QueryError("A comparison needs a time range: say which days are to be compared with those before.")
        if "day" in self.columns and self.time_range is not None and self.time_range.days > MAX_ROWS:
            raise QueryError(f"A time range of {self.time_range.days} days is too long to show by day; take “month”.")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The dimensions of the rows, the grain among them."""
        if self.grain is None or self.grain in self.dimensions:
            return self.dimensions
        return (self.grain, *self.dimensions)

    @property
    def finest_grain(self) -> Grain | None:
        """The shortest stretch of time that rows are broken down by."""
        return next((grain for grain in GRAINS if grain in self.columns), None)

    @property
    def compared(self) -> TimeRange | None:
        """The days that the time range is compared with."""
        if self.time_range is None or self.compare_to is None:
            return None
        if isinstance(self.compare_to, TimeRange):
            return self.compare_to
        return {"previous_period": previous_period, "previous_year": previous_year}[self.compare_to](self.time_range)


def _sentence(cls: type[BaseModel], error: ValidationError) -> str:
    first = error.errors()[0]
    if not first["loc"]:
        return f"A {cls.__name__.lower()} is an object with the fields {', '.join(cls.model_fields)}."
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return str(UnknownKeyError(f"field of a {cls.__name__.lower()}", first["loc"][-1], cls.model_fields))
    if first["type"] == "missing":
        return f"A {cls.__name__.lower()} needs “{name}”."
    return f"“{name}” of the {cls.__name__.lower()} is wrong: {first['msg']}."
