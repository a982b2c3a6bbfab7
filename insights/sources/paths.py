"""Where a path of an adapter leads in the host's models."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Field, ForeignObjectRel, Model

from insights.exceptions import nearest


class PathError(Exception):
    """A path leads nowhere; ``hint`` names the nearest that does, ``many`` says that it leads to several rows."""

    def __init__(self, message: str, hint: str = "", *, many: bool = False) -> None:
        super().__init__(message)
        self.hint = hint
        self.many = many


@dataclass(frozen=True)
class Path:
    """A path that was followed.

    Attributes:
        column: the path, when a query can read it; None when it ends in a property or method.
        related: the part of it that leads to other rows, to be read along; empty for none.
        field: the model's field at its end, where it is one.
    """

    text: str
    column: str | None
    related: str = ""
    field: Field[Any, Any] | None = None

    def value(self) -> Callable[[Any], Any]:
        """A function that follows the path from a row; a missing step, or a missing row, gives None."""
        steps = self.text.split("__")

        def follow(row: Any) -> Any:
            for step in steps:
                if row is None:
                    return None
                try:
                    row = getattr(row, step)
                except ObjectDoesNotExist:
                    return None
            return row() if callable(row) else row

        return follow


def follow_path(model: type[Model], text: str) -> Path:
    """Follow a path from a model.

    Raises:
        PathError: a step is not there, or leads to many rows.
    """
    steps = text.split("__")
    current = model
    for index, step in enumerate(steps):
        last = index == len(steps) - 1
        if step == "pk":
            step = current._meta.pk.name if current._meta.pk else "id"
        try:
            found = current._meta.get_field(step)
        except FieldDoesNotExist:
            return _attribute(current, text, steps, index)
        if not isinstance(found, (Field, ForeignObjectRel)):
            return _attribute(current, text, steps, index)
        if found.one_to_many or found.many_to_many:
            raise PathError(
                f"“{step}” of {current._meta.label} leads to many rows.",
                "Give a callable that takes the row, or a Subquery, so that one value comes out.",
                many=True,
            )
        if last:
            if isinstance(found, Field) and not found.concrete:
                raise PathError(
                    f"“{step}” of {current._meta.label} leads to rows of any table.",
                    "Give the path of the column that holds the key, or a callable that takes the row.",
                )
            return Path(text, text, "__".join(steps[:index]), found if isinstance(found, Field) else None)
        if found.is_relation and found.related_model is not None and found.name == step:
            current = found.related_model if isinstance(found.related_model, type) else current
            continue
        if isinstance(found, Field) and found.get_transform(steps[index + 1]) is not None:
            return Path(text, text, "__".join(steps[:index]))
        raise PathError(
            f"“{step}” of {current._meta.label} leads to no other table, so “{steps[index + 1]}” cannot follow it.",
            f"Did you mean “{'__'.join(steps[: index + 1])}”?",
        )
    raise PathError("The path is empty.", _options(model))


def _attribute(current: type[Model], text: str, steps: list[str], index: int) -> Path:
    step = steps[index]
    # A field that a child of an abstract model takes out is left as None.
    if step and getattr(current, step, None) is not None and not step.startswith("_"):
        if index == len(steps) - 1:
            if not _takes_only_the_row(getattr(current, step)):
                raise PathError(
                    f"“{step}” of {current._meta.label} is a method that needs more than the row.",
                    "Give a callable that takes the row, and calls it.",
                )
            return Path(text, None, "__".join(steps[:index]))
        raise PathError(
            f"“{step}” of {current._meta.label} is a property or method, so no “{steps[index + 1]}” can follow it.",
            "Give a callable that takes the row.",
        )
    close = nearest(step, _names(current))
    hint = f"Did you mean “{'__'.join([*steps[:index], close, *steps[index + 1 :]])}”?" if close else _options(current)
    raise PathError(f"{current._meta.label} has no “{step}”.", hint)


def _takes_only_the_row(found: Any) -> bool:
    if not inspect.isfunction(found):
        return True
    try:
        inspect.signature(found).bind(None)
    except TypeError:
        return False
    return True


def _names(model: type[Model]) -> Iterable[str]:
    for item in model._meta.get_fields():
        yield item.name
        if isinstance(item, Field) and item.attname != item.name:
            yield item.attname
    yield "pk"
    for name in dir(model):
        if not name.startswith("_") and isinstance(getattr(model, name, None), property):
            yield name


def _options(model: type[Model]) -> str:
    names = sorted(field.name for field in model._meta.get_fields() if not (field.one_to_many or field.many_to_many))
    return f"It has: {', '.join(names)}."
