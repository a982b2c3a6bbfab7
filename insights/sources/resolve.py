"""From an adapter's declarations to what can be read; every slip becomes a problem with its remedy."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from django.apps import apps
from django.core.exceptions import EmptyResultSet, FieldError, ValidationError
from django.db.models import Model, Q, QuerySet

from insights.cleaning import Ways
from insights.conf import settings
from insights.exceptions import AdapterError
from insights.sources.adapter import (
    MEANING,
    READING,
    Adapter,
    Cents,
    Const,
    Declaration,
)
from insights.sources.mapped import Mapped, Value
from insights.sources.option_checks import (
    Problem,
    alike_problems,
    cents_problems,
    class_problems,
    did_you_mean,
    key_problems,
    option_problems,
    updated_at_problems,
)
from insights.sources.paths import PathError, follow_path
from insights.sources.records import KINDS, Kind
from insights.sources.words import classifier


class _Wrong(Exception):  # noqa: N818 - carries a problem to its list
    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.problem = Problem(code, message, hint)


def problems(adapter: Adapter) -> list[Problem]:
    """All that is wrong with an adapter, each with its remedy; nothing is read from a database."""
    found = class_problems(adapter)
    for declaration in adapter.declarations.values():
        found += _resolve(adapter, declaration)[1]
    return found + alike_problems(adapter)


def mapped(adapter: Adapter, name: str) -> Mapped | None:
    """What an adapter maps under the name of a declaration; None when it has none of that name.

    The name is that of the kind; of a kind that is kept in several tables, ``events:views``.

    Raises:
        AdapterError: the inner class is wrong.
    """
    declaration = adapter.declarations.get(name)
    if declaration is None:
        return None
    result, found = _resolve(adapter, declaration)
    errors = [problem for problem in found if not problem.warning]
    if result is None or errors:
        raise AdapterError(f"{errors[0].message} {errors[0].hint}")
    return result


def _resolve(adapter: Adapter, declaration: Declaration) -> tuple[Mapped | None, list[Problem]]:
    kind = KINDS[declaration.kind]
    place = f"{adapter.label()}.{kind.inner}" + (f".{declaration.part}" if declaration.part else "")
    found = _strays(place, kind, declaration) + _missing(place, kind, declaration)
    try:
        model = _model(place, declaration.options.get("model"))
    except _Wrong as wrong:
        return None, [*found, wrong.problem]
    values: dict[str, Value] = {}
    for name, said in declaration.values.items():
        if said is None or (kind.name == "orders" and name == "total" and said == "lines"):
            continue
        try:
            values[name] = _value(f"{place}.{name}", model, said)
            found += cents_problems(f"{place}.{name}", kind.by_name[name], said)
        except _Wrong as wrong:
            found.append(wrong.problem)
    try:
        base = _base(place, adapter, model, declaration, values)
    except _Wrong as wrong:
        return None, [*found, wrong.problem]
    for problem in (
        *option_problems(place, declaration),
        *updated_at_problems(place, model, declaration.options.get("updated_at")),
    ):
        found.append(problem)
    if any(not problem.warning for problem in found) or "id" not in values:
        return None, found
    found += key_problems(place, model, declaration.values["id"])
    values.setdefault("currency", Value(constant=adapter.currency or settings.BASE_CURRENCY))
    if "currency" not in kind.by_name:
        del values["currency"]
    names = ("id", *(name for name in values if name != "id"))
    updated_at = declaration.options.get("updated_at")
    return (
        Mapped(
            adapter=adapter,
            kind=kind,
            model=model,
            names=names,
            values=tuple(values[name] for name in names),
            base=base,
            ways=_ways(declaration),
            part=declaration.part,
            prefix=declaration.prefix,
            updated_at=updated_at,
            live_column=isinstance(updated_at, str) and "__" not in updated_at,
            guests=declaration.options.get("guests", "by_email"),
            identical=declaration.options.get("identical", "keep"),
        ),
        found,
    )


def _strays(place: str, kind: Kind, declaration: Declaration) -> list[Problem]:
    known = [*kind.by_name, *READING, *MEANING.get(kind.name, ())]
    return [
        Problem("insights.E011", f"{place} has no field or option “{name}”.", did_you_mean(name, known))
        for name in declaration.strays
    ]


def _missing(place: str, kind: Kind, declaration: Declaration) -> list[Problem]:
    found = []
    for name in kind.needed:
        if declaration.values.get(name) is None:
            meaning = kind.by_name[name].meaning
            found.append(Problem("insights.E012", f"{place} does not map “{name}”.", f"Give it: {meaning}."))
    if kind.name == "order_lines" and not declaration.values.keys() & {"unit_price", "amount"}:
        found.append(
            Problem("insights.E012", f"{place} maps neither “unit_price” nor “amount”.", "Give one of the two.")
        )
    return found


def _model(place: str, said: Any) -> type[Model]:
    try:
        found = said() if callable(said) and not isinstance(said, type) else said
    except Exception as error:  # the host's own function
        raise _Wrong(
            "insights.E013", f"{place}.model fails: {type(error).__name__}: {error}", "Let it give a model."
        ) from error
    if isinstance(found, type) and issubclass(found, Model) and not found._meta.abstract:
        return found
    labels = {model._meta.label for model in apps.get_models()}
    if isinstance(found, str):
        try:
            return apps.get_model(found)
        except (LookupError, ValueError):
            pass
    if said is None:
        raise _Wrong("insights.E012", f"{place} names no model.", 'Give one: model = "app.Model".')
    raise _Wrong(
        "insights.E013",
        f"{place}.model is {found!r}, and there is no such model.",
        did_you_mean(str(found), labels, listed=False) or 'Give "app_label.ModelName" of an installed app.',
    )


def _value(place: str, model: type[Model], said: Any) -> Value:
    if isinstance(said, Cents):
        return replace(_value(place, model, said.path), per_unit=said.per_unit)
    if isinstance(said, Const):
        return Value(constant=said.value)
    if isinstance(said, str):
        try:
            path = follow_path(model, said)
        except PathError as error:
            code = "insights.E015" if error.many else "insights.E014"
            raise _Wrong(code, f"{place} = “{said}”: {error}", error.hint) from None
        if path.column is not None:
            try:
                model._default_manager.order_by().values_list(path.column)
            except FieldError as error:
                raise _Wrong("insights.E014", f"{place} = “{said}”: {error}", "Mend the end of the path.") from None
            return Value(column=path.column)
        return Value(of_row=path.value(), related=path.related)
    if hasattr(said, "resolve_expression"):
        try:
            model._default_manager.all().annotate(insights_value=said)
        except (FieldError, ValueError, TypeError) as error:
            raise _Wrong(
                "insights.E016", f"{place} is an expression that cannot be resolved: {error}", "Mend its names."
            ) from None
        return Value(column=said)
    if callable(said):
        try:
            inspect.signature(said).bind(None)
        except TypeError:
            raise _Wrong(
                "insights.E018", f"{place} is a callable that does not take one argument.", "It is given the row."
            ) from None
        except ValueError:
            pass
        return Value(of_row=said)
    raise _Wrong(
        "insights.E017",
        f"{place} is {said!r}, which says nothing about where the value is.",
        f"Give a path, an expression, a callable, or insights.Const({said!r}) for the same value in each row.",
    )


def _base(
    place: str, adapter: Adapter, model: type[Model], declaration: Declaration, values: Mapping[str, Value]
) -> Callable[[], QuerySet[Any]]:
    options = declaration.options
    start = options.get("queryset")
    narrow = []
    for name in ("filter", "exclude"):
        said = options.get(name)
        if said is None:
            continue
        if not isinstance(said, (dict, Q)):
            raise _Wrong(
                "insights.E019", f"{place}.{name} is {said!r}.", "Give a dictionary of look-ups, or a Q object."
            )
        condition = Q(**said) if isinstance(said, dict) else said
        narrow.append(condition if name == "filter" else ~condition)
    ignored = _ignored(declaration, values)
    rows = partial(_rows, adapter, model, start, tuple(narrow), ignored)
    try:
        found = rows()
        with suppress(EmptyResultSet):
            str(found.query)
    except (FieldError, ValidationError, ValueError, TypeError, AttributeError) as error:
        raise _Wrong(
            "insights.E019",
            f"{place}: the rows cannot be chosen: {error}",
            "Mend “queryset”, “filter” or “exclude”.",
        ) from None
    if found.model is not model and not issubclass(found.model, model):
        raise _Wrong(
            "insights.E019", f"{place}.queryset gives rows of {found.model._meta.label}.", f"Give {model._meta.label}."
        )
    return rows


def _rows(
    adapter: Adapter, model: type[Model], start: Any, narrow: tuple[Q, ...], ignored: tuple[str, list[Any]] | None
) -> QuerySet[Any]:
    manager = getattr(model, start) if isinstance(start, str) else model._default_manager
    rows = manager.using(adapter.database) if adapter.database else manager.all()
    if callable(start):
        rows = start(rows)
    for condition in narrow:
        rows = rows.filter(condition)
    if ignored is not None:
        rows = rows.exclude(**{f"{ignored[0]}__in": ignored[1]})
    return rows.order_by()


def _ignored(declaration: Declaration, values: Mapping[str, Value]) -> tuple[str, list[Any]] | None:
    """Statuses to leave out, where the database can do it."""
    said = (declaration.options.get("status") or {}).get("ignore")
    column = values["status"].column if "status" in values else None
    if not said or not isinstance(column, str) or not isinstance(said, (list, tuple)):
        return None
    return (column, list(said)) if all(isinstance(item, (str, int)) for item in said) else None


def _ways(declaration: Declaration) -> Ways:
    options = declaration.options
    scale = options.get("scale", (1, 5))
    return Ways(
        status=classifier(options.get("status")),
        kind=classifier(options.get("kind"), whole="kind" not in options),
        scale=(float(scale[0]), float(scale[1])),
        events=dict(options.get("names", {})),
    )
