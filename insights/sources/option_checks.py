"""What is wrong in what an adapter and its inner classes say; each problem comes with its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import FieldError
from django.db.models import DateField, Model
from django.dispatch import Signal
from django.utils.module_loading import import_string

from insights.cleaning import values
from insights.cleaning.currencies import CURRENCIES
from insights.exceptions import nearest
from insights.models import LineKind
from insights.sources.adapter import GUESTS, IDENTICAL, STATUS_MEANINGS, Adapter, Cents, Declaration
from insights.sources.paths import PathError, follow_path
from insights.sources.records import KINDS, OWN_KEYS, Field


@dataclass(frozen=True)
class Problem:
    """Something wrong in an adapter, in the terms of Django's system checks."""

    id: str
    message: str
    hint: str
    warning: bool = False


def class_problems(adapter: Adapter) -> list[Problem]:
    """What is wrong in the adapter's own attributes, or that it maps nothing."""
    found = []
    label = adapter.label()
    if not adapter.has_valid_name():
        found.append(
            Problem(
                "insights.E003",
                f"{label}.name is {adapter.name!r}.",
                "Give up to 32 letters, digits, dots, dashes or underscores.",
            )
        )
    if adapter.database is not None and adapter.database not in django_settings.DATABASES:
        found.append(
            Problem(
                "insights.E004",
                f"{label}.database is {adapter.database!r}, which DATABASES does not have.",
                did_you_mean(str(adapter.database), django_settings.DATABASES),
            )
        )
    if adapter.currency and adapter.currency not in CURRENCIES:
        found.append(
            Problem(
                "insights.E005",
                f"{label}.currency is {adapter.currency!r}, which is no ISO code.",
                did_you_mean(str(adapter.currency), CURRENCIES, listed=False) or "Give a code such as “EUR”.",
            )
        )
    inner = [kind.inner for kind in KINDS.values()]
    found += [
        Problem(
            "insights.E006", f"{label} has an inner class {name}, which is no kind of row.", did_you_mean(name, inner)
        )
        for name in adapter.strays
    ]
    if not adapter.declarations and not adapter.strays:
        found.append(Problem("insights.E007", f"{label} maps nothing.", f"Give it inner classes: {', '.join(inner)}."))
    return found


def cents_problems(place: str, field: Field, said: Any) -> Iterable[Problem]:
    """Whole cents where there is no amount of money, or an impossible number of them."""
    if not isinstance(said, Cents):
        return
    if field.read is not values.money:
        yield Problem(
            "insights.E018", f"{place} is {said!r}, and no amount of money.", f'Give the path alone: "{said.path}".'
        )
    if not isinstance(said.per_unit, int) or said.per_unit < 1:
        yield Problem("insights.E018", f"{place} has per_unit={said.per_unit!r}.", "Give a whole number, such as 100.")


def option_problems(place: str, declaration: Declaration) -> Iterable[Problem]:
    """Options with a value that they cannot have."""
    options = declaration.options
    for name, choices in (("guests", [*GUESTS]), ("identical", [*IDENTICAL])):
        if name in options and options[name] not in choices:
            yield Problem(
                "insights.E018", f"{place}.{name} is {options[name]!r}.", did_you_mean(str(options[name]), choices)
            )
    kinds = [str(kind) for kind in LineKind.values]
    for name, choices in (("status", [*STATUS_MEANINGS]), ("kind", kinds)):
        for word in options.get(name) or ():
            if word not in choices:
                yield Problem("insights.E018", f"{place}.{name} has a key {word!r}.", did_you_mean(str(word), choices))
    if not isinstance(options.get("prefix") or "", str) or str(options.get("prefix")).startswith(OWN_KEYS):
        yield Problem(
            "insights.E018",
            f"{place}.prefix is {options['prefix']!r}.",
            f"Give a text that does not begin with {' or '.join(OWN_KEYS)}.",
        )
    if not isinstance(options.get("live", True), bool):
        yield Problem("insights.E018", f"{place}.live is {options['live']!r}.", "Give True or False.")
    yield from _signals(place, options.get("signals"))
    scale = options.get("scale", (1, 5))
    if not (isinstance(scale, (tuple, list)) and len(scale) == 2 and _rises(scale)):
        yield Problem("insights.E018", f"{place}.scale is {scale!r}.", "Give the lowest and the highest: (1, 5).")
    if not isinstance(options.get("names", {}), Mapping):
        yield Problem(
            "insights.E018", f"{place}.names is {options['names']!r}.", 'Give {"product_viewed": "view_item"}.'
        )


def _signals(place: str, said: Any) -> Iterable[Problem]:
    if said is None:
        return
    if not isinstance(said, Mapping):
        yield Problem(
            "insights.E021", f"{place}.signals is {said!r}.", 'Give {"shop.signals.order_paid": "order"}: the argument.'
        )
        return
    for path, argument in said.items():
        try:
            found: Any = import_string(path)
        except ImportError as error:
            yield Problem("insights.E021", f"{place}.signals names {path!r}: {error}", "Give a signal's dotted path.")
            continue
        if not isinstance(found, Signal):
            yield Problem("insights.E021", f"{place}.signals names {path!r}, which is no signal.", "Give a Signal.")
        if not isinstance(argument, str):
            yield Problem(
                "insights.E021", f"{place}.signals[{path!r}] is {argument!r}.", "Name the argument that holds the row."
            )


def _rises(scale: Any) -> bool:
    try:
        return float(scale[0]) < float(scale[1])
    except (TypeError, ValueError):
        return False


def updated_at_problems(place: str, model: type[Model], said: Any) -> Iterable[Problem]:
    """Whether ``updated_at`` gives a moment that a query can compare."""
    if said is None:
        return
    where = f"{place}.updated_at"
    if hasattr(said, "resolve_expression"):
        try:
            rows = model._default_manager.order_by().annotate(insights_changed=said)
            dated = isinstance(rows.query.annotations["insights_changed"].output_field, DateField)
        except (FieldError, ValueError, TypeError) as error:
            yield Problem("insights.E016", f"{where} is an expression that cannot be resolved: {error}", "Mend it.")
            return
        if not dated:
            yield Problem("insights.E020", f"{where} gives no date.", "Give one, or leave it out.")
        return
    if not isinstance(said, str):
        yield Problem(
            "insights.E020", f"{where} is {said!r}.", "Give the path of a column that moves with each change."
        )
        return
    try:
        path = follow_path(model, said)
    except PathError as error:
        yield Problem("insights.E014", f"{where} = “{said}”: {error}", error.hint)
        return
    if not isinstance(path.field, DateField):
        yield Problem("insights.E020", f"{where} = “{said}” is no column with a date.", "Give one, or leave it out.")


def key_problems(place: str, model: type[Model], said: Any) -> list[Problem]:
    """Whether the model promises that no two rows have the same key."""
    if isinstance(said, str) and "__" not in said:
        field = follow_path(model, said).field
        if field is not None and (field.unique or said == "pk" or field.one_to_one):
            return []
        together = [names for names in (*model._meta.unique_together, *_constraints(model)) if tuple(names) == (said,)]
        if together:
            return []
    elif callable(said) or hasattr(said, "resolve_expression"):
        return []
    return [
        Problem(
            "insights.W021",
            f"{place}.id = {said!r} is not unique by the model.",
            "Two rows of one key are taken for one; give a unique column, or leave “id” out for the primary key.",
            warning=True,
        )
    ]


def _constraints(model: type[Model]) -> Iterable[tuple[str, ...]]:
    for constraint in model._meta.constraints:
        fields = getattr(constraint, "fields", None)
        if fields and getattr(constraint, "condition", None) is None:
            yield tuple(fields)


def alike_problems(adapter: Adapter) -> list[Problem]:
    """Tables of one kind whose keys could be taken for each other's."""
    found = []
    for kind in KINDS.values():
        prefixes: list[str] = []
        for declaration in adapter.of_kind(kind.name) if len(adapter.of_kind(kind.name)) > 1 else ():
            mine = declaration.prefix.casefold()
            if any(mine.startswith(other) or other.startswith(mine) for other in prefixes):
                place = f"{adapter.label()}.{kind.inner}.{declaration.part}"
                found.append(
                    Problem(
                        "insights.E018",
                        f"{place}.prefix is {declaration.prefix!r}, which does not tell its keys from another table's.",
                        "Give each table of the kind a prefix of its own, none the beginning of another.",
                    )
                )
            prefixes.append(mine)
    return found


def did_you_mean(word: str, options: Iterable[str], *, listed: bool = True) -> str:
    """The nearest of several words, or all of them."""
    options = sorted(options)
    close = nearest(word.split(".")[-1], {option.split(".")[-1] for option in options}) if "." in word else None
    match = nearest(word, options) or next(
        (option for option in options if close and option.endswith(f".{close}")), None
    )
    if match:
        return f"Did you mean “{match}”?"
    return f"Choose one of: {', '.join(options)}." if listed else ""
