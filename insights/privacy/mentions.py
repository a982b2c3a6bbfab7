"""Where a person is named in rows that are not theirs: in free texts of any table of ours, whatever is added to them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import BinaryField, CharField, Field, JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from insights.models import (
    Category,
    Customer,
    Erasure,
    ExternalIdField,
    ModelVersion,
    Product,
    QuarantinedRow,
    Suppression,
    SyncCursor,
)
from insights.models.base import Sourced
from insights.privacy.traces import Traces

_LEFT_ALONE = (Category, Customer, Erasure, ModelVersion, Product, Suppression)
"""The catalogue is what the shop publishes, other customers' rows are theirs, and the rest holds no word of anybody's."""
_LONGEST_WORD = 40
"""Columns of so few characters hold keys of ours, such as the name of a rule."""
_AT_ONCE = 200


@dataclass(frozen=True)
class Mention:
    """A row that names the person.

    Attributes:
        columns: what names them, and as it is without; None where the whole row goes.
        said: the columns as they are.
    """

    model: type[Model]
    pk: int
    said: dict[str, Any]
    columns: dict[str, Any] | None

    @property
    def table(self) -> str:
        """The name of the table."""
        return self.model._meta.model_name or ""

    def mend(self, but: Collection[str] = ()) -> None:
        """Take the person out.

        Args:
            but: columns that are left as they are.
        """
        row = self.model._default_manager.filter(pk=self.pk)
        if self.columns is None:
            row.delete()
        elif columns := {name: value for name, value in self.columns.items() if name not in but}:
            row.update(**columns)


def mentions_of(traces: Traces) -> Iterator[Mention]:
    """Every row that names the person, theirs too."""
    if not traces.texts:
        return
    for model in apps.get_app_config("insights").get_models():
        if model in _LEFT_ALONE or not model._meta.managed:
            continue
        columns = [field for field in model._meta.concrete_fields if _may_hold_words(field)]
        for row in _candidates(model, columns, traces):
            found = _mention(model, columns, row, traces)
            if found is not None:
                yield found


def _may_hold_words(field: Field[Any, Any]) -> bool:
    if isinstance(field, ExternalIdField):
        # A key of the shop's own is what its next sync finds the row by.
        return not issubclass(field.model, Sourced)
    if isinstance(field, CharField):
        return not field.choices and not field.unique and (field.max_length is None or field.max_length > _LONGEST_WORD)
    return isinstance(field, (TextField, JSONField, BinaryField))


def _candidates(model: type[Model], columns: list[Field[Any, Any]], traces: Traces) -> Iterator[dict[str, Any]]:
    """Rows in which the database finds any of the texts; of bytes all rows, since it cannot look into them."""
    rows: QuerySet[Model] = model._default_manager.order_by()
    texts = [field for field in columns if not isinstance(field, BinaryField)]
    if len(texts) == len(columns):
        plain = {f"text_{field.name}": Cast(field.name, TextField()) for field in texts if isinstance(field, JSONField)}
        found = Q(pk__in=[])
        for field in texts:
            name = f"text_{field.name}" if isinstance(field, JSONField) else field.name
            for needle in traces.needles:
                found |= Q(**{f"{name}__icontains": needle})
        rows = rows.alias(**plain).filter(found)
    yield from rows.values("pk", *(field.name for field in columns)).iterator(chunk_size=_AT_ONCE)


def _mention(model: type[Model], columns: list[Field[Any, Any]], row: dict[str, Any], traces: Traces) -> Mention | None:
    said = {field.name: row[field.name] for field in columns}
    without = {name: _without(value, traces) for name, value in said.items()}
    changed = {name: value for name, value in without.items() if value != said[name]}
    if not changed:
        return None
    mended: dict[str, Any] | None = changed
    if model is QuarantinedRow:
        # Without its values a row can be mended no more; the source gives it again.
        mended = None
    elif model is SyncCursor:
        # Where a reading stood cannot be told without the person, so that the next sync reads everything.
        mended = {"position": {}, "watermark": {}}
    return Mention(model, row["pk"], {name: said[name] for name in changed}, mended)


def _without(value: Any, traces: Traces) -> Any:
    if not isinstance(value, (bytes, memoryview, bytearray)):
        return traces.without(value)
    kept = bytes(value)
    text = kept.decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        without = traces.without(text)
        return value if without == text else without.encode()
    without = traces.without(said)
    return value if without == said else json.dumps(without, ensure_ascii=False, separators=(",", ":")).encode()
