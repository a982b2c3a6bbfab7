"""Transactions of our own database, and many rows into one table.

``bulk_create`` compiles each value of each row anew, which for a million lines takes several times as long as the
database does. Here Django compiles the statement for one row, and the database runs it for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from operator import itemgetter
from typing import Any, ParamSpec, TypeVar

from django.db import connections, router, transaction
from django.db.models import Field, Model, Q
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

from insights.models.fields import FixedPointField, Scaled

_AS_IT_IS = frozenset({str, int})
"""Types that every database takes without a conversion."""
_TURNED = frozenset({"JSONField", "BooleanField", "UUIDField"})
"""Fields that convert these too."""


_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def atomic() -> transaction.Atomic:
    """A transaction of the database that holds our tables, wherever the host's routers put them."""
    from insights.models.results import SyncCursor

    return transaction.atomic(using=router.db_for_write(SyncCursor))


def atomically(act: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Let a function run within such a transaction."""

    @wraps(act)
    def run(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        with atomic():
            return act(*args, **kwargs)

    return run


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
        update: columns to be overwritten; None leaves a row that is there as it is.
    """
    if not rows:
        return
    using = router.db_for_write(model)
    connection = connections[using]
    names = list(rows[0])
    fields = [_field(model, name) for name in names]
    first = model(**rows[0])
    # What is not given has the model's default, the same in each row.
    given = {field.attname for field in fields}
    others = [f for f in model._meta.concrete_fields if f.attname not in given and not f.primary_key]
    defaults = tuple(field.get_db_prep_save(getattr(first, field.attname), connection) for field in others)
    query = InsertQuery(
        model,
        on_conflict=OnConflict.IGNORE if update is None else OnConflict.UPDATE,
        update_fields=[_field(model, name) for name in update or ()],
        unique_fields=[_field(model, name) for name in unique]
        if connection.features.supports_update_conflicts_with_target
        else (),
    )
    query.insert_values([*fields, *others], [first])
    ((statement, _),) = query.get_compiler(using).as_sql()
    prepare = _preparer(fields, connection)
    values_of = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(*prepare(values_of(row)), *defaults) for row in rows])


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
    # A column that is empty in all rows has no parameter: the compiler writes NULL for it.
    samples = [
        next((value for value in column if value is not None), None) for column in zip(*rows.values(), strict=True)
    ]
    places = [place for place, sample in enumerate(samples) if sample is not None]
    query = UpdateQuery(model)
    said: list[Any] = [(field, None, sample) for field, sample in zip(fields, samples, strict=True)]
    query.add_update_fields(said)
    query.add_q(Q(pk=next(iter(rows))))
    statement, _ = query.get_compiler(using).as_sql()
    prepare = _preparer([fields[place] for place in places], connection)
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(*prepare([row[place] for place in places]), pk) for pk, row in rows.items()])


def insert_new(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Insert rows; one that meets another in a unique column is left out. Gives how many were written.

    On PostgreSQL all rows are one statement of arrays, which is planned once.

    Args:
        names: the columns of each row, in their order; other columns have the model's default.
    """
    if not rows:
        return 0
    using = router.db_for_write(model)
    connection = connections[using]
    fields = [_field(model, name) for name in names]
    given = {field.attname for field in fields}
    others = [f for f in model._meta.concrete_fields if f.attname not in given and not f.primary_key]
    blank = model()
    defaults = tuple(field.get_db_prep_save(getattr(blank, field.attname), connection) for field in others)
    convert = [_converter(field, connection) for field in fields]
    columns = [[to(value) for value in column] for to, column in zip(convert, zip(*rows, strict=True), strict=True)]
    columns += [[value] * len(rows) for value in defaults]
    prepared = list(zip(*columns, strict=True))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > 1:
            statement, parameters = _compiled(model, [*fields, *others], prepared[:2], using)
            # One array a column takes any number of rows; a field that cannot stand in an array has two parameters here.
            if len(parameters) == len(columns):
                cursor.execute(statement, columns)
                return int(cursor.rowcount)
        statement, _ = _compiled(model, [*fields, *others], prepared[:1], using)
        cursor.executemany(statement, prepared)
        return int(cursor.rowcount)


def _compiled(
    model: type[Model], fields: Sequence[Field[Any, Any]], rows: Sequence[Sequence[Any]], using: str
) -> tuple[str, Sequence[Any]]:
    """The statement that inserts rows whose values are the database's already, unless they are there."""
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE)
    query.insert_values(list(fields), rows)  # type: ignore[arg-type]
    compiler = query.get_compiler(using)
    place = {field: at for at, field in enumerate(fields)}
    compiler.pre_save_val = lambda field, row: row[place[field]]
    compiler.prepare_value = lambda field, value: value
    ((statement, parameters),) = compiler.as_sql()
    return statement, parameters


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    if name.endswith("_id"):
        for field in model._meta.concrete_fields:
            if field.attname == name:
                return field
    return model._meta.get_field(name)  # type: ignore[return-value]


def _preparer(fields: Sequence[Field[Any, Any]], connection: Any) -> Callable[[Sequence[Any]], list[Any]]:
    """What turns the values of a row into the database's."""
    convert = [
        (
            field.get_internal_type() not in _TURNED and not isinstance(field, FixedPointField),
            _converter(field, connection),
        )
        for field in fields
    ]
    return lambda row: [
        value if value is None or (plain and type(value) in _AS_IT_IS) else to(value)
        for value, (plain, to) in zip(row, convert, strict=True)
    ]


def _converter(field: Field[Any, Any], connection: Any) -> Callable[[Any], Any]:
    """What turns a value into the database's; equal values are turned once."""
    if isinstance(field, FixedPointField):
        return lambda value: int(value) if type(value) is Scaled else field.get_db_prep_save(value, connection)
    known: dict[Any, Any] = {}

    def convert(value: Any) -> Any:
        key = value
        if isinstance(value, (list, dict)):
            if value:
                return field.get_db_prep_save(value, connection)
            key = type(value)
        if key not in known:
            if len(known) > 10_000:
                known.clear()
            known[key] = field.get_db_prep_save(value, connection)
        return known[key]

    return convert
