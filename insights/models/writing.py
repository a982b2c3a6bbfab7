"""Many rows into one table.

``bulk_create`` compiles each value of each row anew, which for a million lines takes several times as long as the
database does. Here Django compiles the statement for one row, and the database runs it for all of them; PostgreSQL
takes them as one statement of arrays, which is planned once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.db.models import Field, JSONField, Model, Q
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

from insights.batches import batches
from insights.models.fields import FixedPointField, Scaled

_AS_IT_IS = frozenset({str, int, type(None)})
"""Types that every database takes without a conversion."""
_PLAIN = _AS_IT_IS | {bool, date, datetime, UUID}
"""Types that PostgreSQL reads as Python writes them."""
_AT_ONCE = 1_000
"""Rows of one statement; MariaDB reads each as a query of its own."""
_TURNED = frozenset({"BooleanField", "UUIDField"})
"""Fields that convert these too."""


def upsert(
    model: type[Model],
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: Sequence[str],
    update: Sequence[str] | None = None,
) -> None:
    """Insert rows; where one with the same ``unique`` columns is there, write the ``update`` columns onto it.

    Args:
        rows: value by column, the same columns in each.
        unique: columns, named as in the rows.
        update: columns to be overwritten; None leaves a row that is there as it is.
    """
    if not rows:
        return
    names = list(rows[0])
    values_of = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    if update is None:
        _insert(model, names, [values_of(row) for row in rows], InsertQuery(model, on_conflict=OnConflict.IGNORE))
        return
    has_target = connections[router.db_for_write(model)].features.supports_update_conflicts_with_target
    query = InsertQuery(
        model,
        on_conflict=OnConflict.UPDATE,
        update_fields=[_field(model, name) for name in update],
        unique_fields=[_field(model, name) for name in unique] if has_target else (),
    )
    # One statement must not meet the same row twice; of two the later one would have had the last word.
    last = {tuple(row[name] for name in unique): row for row in rows}
    _insert(model, names, [values_of(row) for row in last.values()], query)


def overwrite(model: type[Model], columns: Sequence[str], rows: Mapping[int, Sequence[Any]]) -> None:
    """Write columns of rows that are there, each with values of its own; a row that has gone meanwhile stays away.

    ``bulk_update`` builds one statement with a condition for each value, and takes ten times as long.

    Args:
        rows: the values in the order of the columns, by primary key.
    """
    if not rows:
        return
    using = router.db_for_write(model)
    connection = connections[using]
    fields = [_field(model, name) for name in columns]
    if connection.vendor in ("postgresql", "mysql"):
        for some in batches(rows.items(), _AT_ONCE):
            with connection.cursor() as cursor:
                cursor.execute(*_joined_update(model, fields, dict(some), connection))
        return
    given = list(zip(*rows.values(), strict=True))
    # A column that is empty in all rows has no parameter: the compiler writes NULL for it.
    samples = [next((value for value in column if value is not None), None) for column in given]
    places = [place for place, sample in enumerate(samples) if sample is not None]
    query = UpdateQuery(model)
    said: list[Any] = [(field, None, sample) for field, sample in zip(fields, samples, strict=True)]
    query.add_update_fields(said)
    query.add_q(Q(pk=next(iter(rows))))
    statement, _ = query.get_compiler(using).as_sql()
    prepared = _prepared([fields[at] for at in places], [given[at] for at in places], connection)
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(zip(*prepared, rows, strict=True)))


def count_anew(model: type[Model]) -> None:
    """Have PostgreSQL look at a table that has grown fast; until it does so itself, it plans as if the table were empty."""
    connection = connections[router.db_for_write(model)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def insert(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows that are none of those that are there.

    Args:
        names: the columns of each row, in their order; other columns have the model's default.
    """
    if rows:
        _insert(model, names, rows, InsertQuery(model))


def insert_new(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """The same; a row that meets another in a unique column is left out. Gives how many were written."""
    return _insert(model, names, rows, InsertQuery(model, on_conflict=OnConflict.IGNORE)) if rows else 0


def _insert(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]], query: InsertQuery) -> int:
    """Insert rows by a query that says what becomes of conflicts. Gives how many were written."""
    using = router.db_for_write(model)
    connection = connections[using]
    fields = [_field(model, name) for name in names]
    given = {field.attname for field in fields}
    others = [f for f in model._meta.concrete_fields if f.attname not in given and not f.primary_key]
    blank = model()
    columns = _prepared(fields, list(zip(*rows, strict=True)), connection)
    columns += [[field.get_db_prep_save(getattr(blank, field.attname), connection)] * len(rows) for field in others]
    prepared = list(zip(*columns, strict=True))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > 1:
            statement, parameters = _compiled(query, [*fields, *others], prepared[:2], using)
            # One array a column takes any number of rows; a field that cannot stand in an array has two parameters here.
            if len(parameters) == len(columns):
                cursor.execute(statement, [_array(column) for column in columns])
                return int(cursor.rowcount)
        statement, _ = _compiled(query, [*fields, *others], prepared[:1], using)
        cursor.executemany(statement, prepared)
        return int(cursor.rowcount)


def _compiled(
    query: InsertQuery, fields: Sequence[Field[Any, Any]], rows: Sequence[Sequence[Any]], using: str
) -> tuple[str, Sequence[Any]]:
    """The statement that inserts rows whose values are the database's already."""
    query.insert_values(list(fields), rows)  # type: ignore[arg-type]
    compiler = query.get_compiler(using)
    place = {field: at for at, field in enumerate(fields)}
    compiler.pre_save_val = lambda field, row: row[place[field]]
    compiler.prepare_value = lambda field, value: value
    ((statement, parameters),) = compiler.as_sql()
    return statement, parameters


def _joined_update(
    model: type[Model], fields: Sequence[Field[Any, Any]], rows: Mapping[int, Sequence[Any]], connection: Any
) -> tuple[str, list[Any]]:
    """One statement for all rows: a statement a row costs servers three to five times as much."""
    quoted = connection.ops.quote_name
    assert model._meta.pk is not None, "our models have keys"
    key, table = quoted(model._meta.pk.column), quoted(model._meta.db_table)
    columns = [list(rows), *_prepared(fields, list(zip(*rows.values(), strict=True)), connection)]
    names = [f"v{at}" for at in range(len(columns))]
    said = ", ".join(f"{quoted(field.column)} = given.v{at}" for at, field in enumerate(fields, 1))
    if connection.vendor == "mysql":
        first = ", ".join(f"%s AS {name}" for name in names)
        others = f" UNION ALL SELECT {', '.join(['%s'] * len(columns))}" * (len(rows) - 1)
        given = f"(SELECT {first}{others}) AS given"
        statement = f"UPDATE {table} INNER JOIN {given} ON {table}.{key} = given.v0 SET {said}"  # noqa: S608 - as below
        return statement, [value for row in zip(*columns, strict=True) for value in row]
    arrays = [f"%s::{_array_of(field, connection)}" for field in (model._meta.pk, *fields)]
    statement = (
        f"UPDATE {table} SET {said} FROM UNNEST({', '.join(arrays)}) AS given ({', '.join(names)}) "  # noqa: S608 - names of our own
        f"WHERE {table}.{key} = given.v0"
    )
    return statement, [_array(column) for column in columns]


def _array_of(field: Field[Any, Any], connection: Any) -> str:
    """The type of an array of values; without a length, to which PostgreSQL would cut them in silence."""
    return f"{re.sub(r'[(][^)]*[)]', '', field.rel_db_type(connection) or '')}[]"


def _array(values: list[Any]) -> Any:
    """A column as PostgreSQL writes arrays, if its values are plain: psycopg takes ten times as long over each of them."""
    if not set(map(type, values)) <= _PLAIN:
        return values
    said = (
        "NULL" if value is None else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in values
    )
    return f"{{{','.join(said)}}}"


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    if name.endswith("_id"):
        for field in model._meta.concrete_fields:
            if field.attname == name:
                return field
    return model._meta.get_field(name)  # type: ignore[return-value]


def _prepared(fields: Sequence[Field[Any, Any]], columns: Sequence[Sequence[Any]], connection: Any) -> list[list[Any]]:
    """Columns of values as the database takes them."""
    return [_turned(field, values, connection) for field, values in zip(fields, columns, strict=True)]


def _turned(field: Field[Any, Any], values: Sequence[Any], connection: Any) -> list[Any]:
    """The values of one column; those that are equal are turned once."""

    def turn(value: Any) -> Any:
        return None if value is None else field.get_db_prep_save(value, connection)

    if isinstance(field, FixedPointField):
        return [int(value) if type(value) is Scaled else turn(value) for value in values]
    if isinstance(field, JSONField):
        # An empty list equals no empty dictionary, and neither can be a key.
        empty = {kind: turn(kind()) for kind in (list, dict)}
        return [turn(value) if value or type(value) not in empty else empty[type(value)] for value in values]
    if field.get_internal_type() not in _TURNED and set(map(type, values)) <= _AS_IT_IS:
        return list(values)
    if field.unique:
        return [turn(value) for value in values]
    known = {value: turn(value) for value in set(values)}
    return [known[value] for value in values]
