"""Under which key an object of the host's models is known to us, without reading its table again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.apps import apps
from django.db.models import Model

from insights.cleaning import values
from insights.sources.paths import follow_path


class Declared(Protocol):
    """What an adapter's inner class says."""

    @property
    def values(self) -> Mapping[str, Any]:
        """The mapping of fields."""

    @property
    def options(self) -> Mapping[str, Any]:
        """Everything else."""

    @property
    def prefix(self) -> str:
        """What stands before the table's own keys."""


def key_of(declaration: Declared | None, row: Model) -> str | None:
    """The key of an object of the model that an inner class maps; None for an object of another model."""
    model = model_of(declaration)
    if declaration is None or model is None or not isinstance(row, model):
        return None
    said = declaration.values["id"]
    if isinstance(said, str) and "__" not in said:
        found = getattr(row, said, None)
        found = found() if callable(found) else found
    elif callable(said) and not hasattr(said, "resolve_expression"):
        found = said(row)
    else:
        found = _read(model, said, row)
    key = values.key(found, [])
    return f"{declaration.prefix}{key}" if key else None


def key_of_user(declaration: Declared | None, user: Any) -> str | None:
    """The key of the customer that a signed-in user is; None where the models do not tell.

    Customers are the users themselves, or rows that each belong to one user.
    """
    model = model_of(declaration)
    if model is None:
        return None
    if isinstance(user, model):
        return key_of(declaration, user)
    for field in model._meta.concrete_fields:
        if field.one_to_one and field.related_model and isinstance(user, field.related_model):
            row = model._default_manager.filter(**{field.name: user.pk}).first()
            return None if row is None else key_of(declaration, row)
    return None


def model_of(declaration: Declared | None) -> type[Model] | None:
    """The model that an inner class maps; None where there is none."""
    said = declaration.options.get("model") if declaration else None
    if callable(said) and not isinstance(said, type):
        said = said()
    if isinstance(said, str):
        try:
            said = apps.get_model(said)
        except (LookupError, ValueError):
            return None
    return said if isinstance(said, type) and issubclass(said, Model) else None


def _read(model: type[Model], said: Any, row: Model) -> Any:
    if isinstance(said, str):
        path = follow_path(model, said)
        if path.column is None:
            return path.value()(row)
        said = path.column
    rows = model._default_manager.using(row._state.db)
    return rows.filter(pk=row.pk).values_list(said, flat=True).first()
