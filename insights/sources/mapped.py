"""An adapter's inner class, looked up in the host's models and ready to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DatabaseError
from django.db.models import CharField, F, Model, Q, QuerySet
from django.db.models.functions import Trim

from insights.batches import batches
from insights.cleaning import Unusable, Ways, Why
from insights.sources.adapter import Adapter
from insights.sources.paths import follow_path
from insights.sources.records import Kind


class Given(NamedTuple):
    """One row as the host has it: its primary key, when it changed, and the values in the order of ``names``."""

    pk: Any
    changed: datetime | None
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Value:
    """Where one value comes from: a column or expression of the query, a constant, or a function of the row.

    Attributes:
        per_unit: how many of an amount as it is stored make one unit of the currency.
    """

    column: Any = None
    constant: Any = None
    of_row: Callable[[Any], Any] | None = None
    related: str = ""
    per_unit: int = 1


@dataclass(frozen=True)
class Mapped:
    """A kind of the host's rows.

    Attributes:
        names: the fields that are mapped, ``id`` first.
        values: where each comes from.
        base: gives the rows that belong to the shop, unordered.
        part: name of the table within the kind, where it is kept in several; else empty.
        prefix: what stands before the table's own keys.
        updated_at: column or expression that says when a row changed; None where there is none.
        live_column: ``updated_at`` when saving a row moves it, which a path to another table does not promise.
    """

    adapter: Adapter
    kind: Kind
    model: type[Model]
    names: tuple[str, ...]
    values: tuple[Value, ...]
    base: Callable[[], QuerySet[Any]]
    ways: Ways
    part: str = ""
    prefix: str = ""
    updated_at: Any = None
    live_column: bool = False
    guests: str = "by_email"
    identical: str = "keep"

    @property
    def label(self) -> str:
        """Where the adapter says it, for messages."""
        return f"{self.adapter.label()}.{self.kind.inner}" + (f".{self.part}" if self.part else "")

    @property
    def key_column(self) -> str | None:
        """The column that gives the rows' keys, without the prefix; None where only the row itself knows its key."""
        column = self.values[0].column
        return column if isinstance(column, str) else None

    def read(self, rows: QuerySet[Any]) -> list[Given]:
        """The rows of a sliced or narrowed queryset of ``base``, with their values."""
        rows_read = self._read(rows)
        small = {index: Decimal(value.per_unit) for index, value in enumerate(self.values) if value.per_unit != 1}
        return [_in_units(row, small) for row in rows_read] if small else rows_read

    def _read(self, rows: QuerySet[Any]) -> list[Given]:
        changed = F(self.updated_at) if isinstance(self.updated_at, str) else self.updated_at
        if any(value.of_row for value in self.values):
            return [self._with_prefix(given) for given in self._read_objects(rows, changed)]
        columns = [value.column for value in self.values if value.column is not None]
        if changed is not None:
            columns.append(changed)
        found = rows.values_list("pk", *columns)
        given = (
            ((pk, last, rest) for pk, *rest, last in found)
            if changed is not None
            else ((pk, None, rest) for pk, *rest in found)
        )
        rows_read = [Given(pk, moment, self._with_constants(rest)) for pk, moment, rest in given]
        return [self._with_prefix(row) for row in rows_read] if self.prefix else rows_read

    def _with_prefix(self, given: Given) -> Given:
        """Spaces around a key stay around it, for the cleaning to take off and ``once`` to see."""
        key, *others = given.values
        own = "" if key is None else str(key).strip()
        if not (self.prefix and own):
            return given
        return given._replace(values=(str(key).replace(own, f"{self.prefix}{own}", 1), *others))

    def _with_constants(self, columns: Sequence[Any]) -> tuple[Any, ...]:
        if len(columns) == len(self.values):
            return tuple(columns)
        left = iter(columns)
        return tuple(next(left) if value.column is not None else value.constant for value in self.values)

    def _read_objects(self, rows: QuerySet[Any], changed: Any) -> Iterator[Given]:
        named = {
            f"insights_{index}": value.column for index, value in enumerate(self.values) if value.column is not None
        }
        columns = {alias: F(column) if isinstance(column, str) else column for alias, column in named.items()}
        if changed is not None:
            columns["insights_changed"] = changed
        related = sorted({value.related for value in self.values if value.related})
        rows = rows.annotate(**columns)
        for row in rows.select_related(*related) if related else rows:
            values = tuple(
                self._value_of(row, index, name, value)
                for index, (name, value) in enumerate(zip(self.names, self.values, strict=True))
            )
            yield Given(row.pk, getattr(row, "insights_changed", None), values)

    @staticmethod
    def _value_of(row: Any, index: int, name: str, value: Value) -> Any:
        if value.of_row is not None:
            try:
                return value.of_row(row)
            except DatabaseError:
                raise
            except Exception as error:  # the shop's own function, and one row must not hold up all
                return Unusable("failed_function", Why.FAILED, field=name, error=f"{type(error).__name__}: {error}")
        return value.constant if value.column is None else getattr(row, f"insights_{index}")

    def once(self, rows: Sequence[Given]) -> list[Given]:
        """The rows without those whose key is that of another row but for spaces around it.

        Both cannot be kept, and taking the later one would write both anew at each sync.
        """
        untidy = {key: key.strip() for row in rows if type(key := row.values[0]) is str and key != key.strip()}
        tidy = self._keyed(list(untidy.values())) if untidy else None
        if tidy is None or self.key_column is None:
            return list(rows)
        taken = {f"{self.prefix}{key}" for key in tidy.order_by().values_list(self.key_column, flat=True)}
        return [row for row in rows if untidy.get(row.values[0]) not in taken]

    def after(self, pk: Any, limit: int, since: datetime | None = None) -> list[Given]:
        """The next rows by primary key; with ``since``, those that changed at or after it, or never say when."""
        rows = self.base().order_by("pk")
        if since is not None:
            rows = self._changed_since(rows, since)
        if pk is not None:
            rows = rows.filter(pk__gt=pk)
        return self.read(rows[:limit])

    def with_pks(self, pks: Sequence[Any]) -> list[Given]:
        """Certain rows, by primary key."""
        return self.read(self.base().order_by("pk").filter(pk__in=pks))

    def with_keys(self, keys: Sequence[str]) -> list[Given]:
        """Certain rows, by our key for them; none where the key is not a column, or reads differently there."""
        rows = self._keyed(keys)
        return [] if rows is None else self.read(rows.order_by("pk"))

    def of_orders(self, keys: Sequence[str]) -> list[Given] | None:
        """The rows that belong to certain orders; None where only the row itself knows its order."""
        column = self.values[self.names.index("order")].column
        if not isinstance(column, str):
            return None
        return self.read(self.base().order_by("pk").filter(**{f"{column}__in": self._as_given(keys, column)}))

    def present(self, keys: Sequence[str]) -> set[str]:
        """Those of our keys that the host still has, whatever spaces it writes around them."""
        rows = self._keyed(keys)
        assert rows is not None
        assert self.key_column is not None
        found = {str(key).strip() for key in rows.order_by().values_list(self.key_column, flat=True)}
        missing = [key for key in self._own(keys) if key not in found]
        if missing and isinstance(self._field(self.key_column), CharField):
            trimmed = self.base().annotate(insights_key=Trim(self.key_column)).filter(insights_key__in=missing)
            found |= {str(key).strip() for key in trimmed.order_by().values_list("insights_key", flat=True)}
        return {f"{self.prefix}{key}" for key in found}

    def left_out(self, keys: Sequence[str]) -> set[str]:
        """Those of our keys that the host has, and that the adapter does not want."""
        if self.key_column is None:
            return set()
        whole = replace(self, base=self.model._base_manager.using(self.adapter.database).all)
        found: set[str] = set()
        for some in batches(list(keys), 500):
            found |= whole.present(some) - self.present(some)
            if "status" in self.names:
                found |= {str(row.values[0]).strip() for row in self.with_keys(some) if self._is_ignored(row)}
        return found

    def _is_ignored(self, row: Given) -> bool:
        word = row.values[self.names.index("status")]
        return self.ways.status("" if word is None else word) == "ignore"

    def _keyed(self, keys: Sequence[str]) -> QuerySet[Any] | None:
        if self.key_column is None:
            return None
        return self.base().filter(**{f"{self.key_column}__in": self._as_given(self._own(keys), self.key_column)})

    def owns(self, key: str) -> bool:
        """Whether a key of the kind is one of this table's."""
        return key.startswith(self.prefix)

    def _own(self, keys: Sequence[str]) -> list[str]:
        """The table's own keys, as they stand there."""
        return [key.removeprefix(self.prefix) for key in keys if self.owns(key)]

    def _field(self, column: str) -> Any:
        """The column of the host's that holds the values, at the end of all relations."""
        field: Any = follow_path(self.model, column).field
        while field is not None and field.is_relation:
            try:
                field = field.target_field
            except (AttributeError, FieldDoesNotExist):
                field = None
        return field

    def _as_given(self, keys: Sequence[str], column: str) -> list[Any]:
        """Our textual keys in the type of the host's column; those that cannot be are left out."""
        field = self._field(column)
        if field is None:
            return list(keys)
        found = []
        for key in keys:
            try:
                found.append(field.to_python(key))
            except (ValidationError, ValueError, TypeError):
                continue
        return found

    def _changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        column = self.updated_at
        if not isinstance(column, str):
            rows, column = rows.alias(insights_moved=column), "insights_moved"
        return rows.filter(Q(**{f"{column}__gte": since}) | Q(**{f"{column}__isnull": True}))


def _in_units(row: Given, small: Mapping[int, Decimal]) -> Given:
    """The row with its cents as units of the currency; what is no number is left to the rules."""
    values = list(row.values)
    for index, per_unit in small.items():
        value = values[index]
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            values[index] = Decimal(value) / per_unit
    return row._replace(values=tuple(values))
