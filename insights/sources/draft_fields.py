"""Which column holds which value of a kind: by names first, then by types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import isfunction
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    EmailField,
    Field,
    GenericIPAddressField,
    IntegerField,
    JSONField,
    TextField,
    UUIDField,
)

from insights.cleaning import values
from insights.sources.adapter import Cents
from insights.sources.draft_meanings import MEANINGS
from insights.sources.draft_models import (
    NUMBERS,
    Guess,
    Table,
    column,
    foreign_keys,
    numbers,
    one_to_ones,
    shelves,
    steps_up,
    way,
)
from insights.sources.draft_words import APPROVED, CENTS, DELETED, NAMES, STATUS, UPDATED
from insights.sources.expressions import First
from insights.sources.records import KINDS
from insights.sources.records import Field as Wanted

_TELLING: Mapping[tuple[str, str], Callable[[Field], bool]] = {
    ("orders", "email"): lambda field: isinstance(field, EmailField),
    ("orders", "total"): lambda field: isinstance(field, DecimalField),
    ("orders", "currency"): lambda field: field.max_length == 3,
    ("products", "price"): lambda field: isinstance(field, DecimalField),
    ("products", "currency"): lambda field: field.max_length == 3,
    ("order_lines", "quantity"): lambda field: isinstance(field, IntegerField),
}
"""Columns whose type says enough, where the model has only one of it."""
_OF_ALL_VARIANTS = frozenset("name brand description url image_url".split())
"""What a variant's product says for it."""
_SHOWN = frozenset({"approved", "published", "visible", "accepted", "已通过", "已发布"})
_COPIED = frozenset("sku stock_code stockcode article_number product_number product_code".split())
"""Keys of products that shops copy onto the lines of an order."""


def guesses(kind: str, model: Table, tables: Mapping[str, Table], keys: Mapping[str, str]) -> dict[str, Guess]:
    """What the draft says of a kind, in the order in which it is written.

    Args:
        tables: the model of each kind.
        keys: the column that is the key of each kind.
    """
    found = {"model": Guess(model._meta.label)}
    if (updated := _updated(model)) is not None:
        found["updated_at"] = updated
    deleted = _flag(model, DELETED)
    if deleted:
        found["exclude"] = Guess({deleted: True}, "rows that the shop hides")
    approved = _approved(model) if kind == "ratings" else None
    if approved:
        found["filter"] = Guess(approved, "only what the shop shows")
    taken: set[str] = set()
    for wanted in KINDS[kind].fields:
        guess = _guess(kind, wanted, model, tables, keys, taken)
        if guess is not None:
            found[wanted.name] = guess
            taken.add(guess.value.path if isinstance(guess.value, Cents) else str(guess.value))
    special = MEANINGS.get(kind)
    if special is not None:
        found |= special(model, found)
    return found


def key_of(kind: str, model: Table) -> str:
    """The column that is a row's key: the shop's own number where the database keeps it unique, else the primary key."""
    for name in NAMES[kind].get("id", "").split():
        field = column(model, name)
        if field is not None and field.unique and not field.null and not field.is_relation:
            return field.name
    return "pk"


def _guess(
    kind: str, wanted: Wanted, model: Table, tables: Mapping[str, Table], keys: Mapping[str, str], taken: set[str]
) -> Guess | None:
    if wanted.name == "id":
        return None if keys[kind] == "pk" else Guess(keys[kind])
    names = NAMES[kind].get(wanted.name, "").split()
    of = "orders" if (kind, wanted.name) == ("events", "order") else wanted.of
    if of in tables:
        return _reference(kind, model, tables[of], names, keys[of])
    # Columns first: a property is read row by row, and may ask the database for each.
    for read in (_column, _property):
        guess = next((guess for name in names if name not in taken and (guess := read(model, name, wanted))), None)
        if guess is not None:
            return guess
    if kind in ("customers", "products"):
        return _elsewhere(kind, model, names, wanted) or _by_type(kind, model, wanted, taken)
    return _by_type(kind, model, wanted, taken)


def _reference(kind: str, model: Table, target: Table, names: list[str], key: str) -> Guess | None:
    """The path to the key of another row; the row's own copy of that key outlives the other row."""
    own = None if key == "pk" or target is model else column(model, key)
    if isinstance(own, CharField) and key in _COPIED:
        return Guess(own.name)
    if target is model:
        above = [field.name for field in foreign_keys(model) if field.related_model is model]
        known = [name for name in above if name in names]
        if above and not known and kind == "categories":
            return Guess(above[0], "guessed: the category above?")
        found = (known[0], False) if known else None
    else:
        found = way(model, target, names)
    if found is None:
        return _first_of(model, target, key)
    path, several = found
    return Guess(path if key == "pk" else f"{path}__{key}", "there are several; is it this one?" if several else "")


def _first_of(model: Table, target: Table, key: str) -> Guess | None:
    """One of several shelves on which a product stands."""
    several = shelves(model)
    if not several or model._meta.get_field(several).related_model is not target:
        return None
    return Guess(First(several if key == "pk" else f"{several}__{key}"), "the first of several; is it the right one?")


def _property(model: Table, name: str, wanted: Wanted) -> Guess | None:
    found = getattr(model, name, None)
    readable = isinstance(found, property) or (isfunction(found) and name.startswith("get_"))
    return Guess(name) if readable and _is_text(wanted) else None


def _column(model: Table, name: str, wanted: Wanted) -> Guess | None:
    field = column(model, name)
    if field is None:
        return _cents(model, name) if wanted.read is values.money else None
    if field.is_relation:
        return _through(field, wanted)
    if not _fits(field, wanted):
        return None
    whole = wanted.read is values.money and isinstance(field, IntegerField)
    return Guess(field.name, f'in whole units? of cents say insights.Cents("{field.name}")' if whole else "")


def _cents(model: Table, name: str) -> Guess | None:
    """The amount of a name, in a column that says that it holds cents."""
    columns = [field.name for field in numbers(model) if isinstance(field, IntegerField)]
    found = next((column for column in columns if CENTS.sub("", column) == name and column != name), None)
    return None if found is None else Guess(Cents(found))


def _through(field: Field, wanted: Wanted) -> Guess | None:
    """A text that stands in a table of its own: the brand's name, the country's code."""
    other = field.related_model
    if not _is_text(wanted) or not isinstance(other, type):
        return None
    for name in ("name", "title", "code"):
        inner = column(other, name)
        if inner is not None and not inner.is_relation and _fits(inner, wanted):
            return Guess(f"{field.name}__{inner.name}")
    if isinstance(other._meta.pk, CharField):
        return Guess(f"{field.name}__pk")
    return None


def _elsewhere(kind: str, model: Table, names: list[str], wanted: Wanted) -> Guess | None:
    """What a person's profile or account says, or the book of which a product is an edition."""
    if kind == "products" and wanted.name not in _OF_ALL_VARIANTS:
        return None
    for path, other in one_to_ones(model) if kind == "customers" else steps_up(model):
        if other._meta.app_label == "insights":
            continue
        for name in names:
            guess = _column(other, name, wanted) or _property(other, name, wanted)
            if guess is not None:
                return Guess(f"{path}__{guess.value}", guess.note)
    return None


def candidates(model: Table, wanted: Wanted) -> list[str]:
    """Columns of the right type for a value, as the adapter would name them, for whoever has to choose."""
    return [
        f'insights.Cents("{field.name}")' if wanted.read is values.money and CENTS.search(field.name) else field.name
        for field in model._meta.concrete_fields
        if _fits(field, wanted) and not field.is_relation and not field.primary_key
    ]


def _by_type(kind: str, model: Table, wanted: Wanted, taken: set[str]) -> Guess | None:
    """Where no name is known: the only column of the right type, if it is needed or its type is telling."""
    telling = _TELLING.get((kind, wanted.name), lambda field: wanted.required)
    left = [
        field.name
        for field in model._meta.concrete_fields
        if _fits(field, wanted)
        and telling(field)
        and not (field.is_relation or field.primary_key or field.name in taken or field.name in UPDATED)
        and not (getattr(field, "auto_now", False) or CENTS.search(field.name))
    ]
    return Guess(left[0], f"guessed: {wanted.meaning}?") if len(left) == 1 else None


def _fits(field: Field, wanted: Wanted) -> bool:
    """Whether a column's type can hold the value."""
    if wanted.read is None:
        return isinstance(field, DateField)
    if wanted.read is values.boolean:
        return isinstance(field, BooleanField)
    if wanted.read is values.json_object:
        return isinstance(field, JSONField)
    if wanted.read in (values.money, values.quantity, values.number):
        return isinstance(field, NUMBERS)
    if wanted.read is values.key:
        return isinstance(field, (CharField, UUIDField, *NUMBERS))
    return isinstance(field, (CharField, TextField, GenericIPAddressField))


def _is_text(wanted: Wanted) -> bool:
    return wanted.read is not None and wanted.read not in (
        values.boolean, values.json_object, values.money, values.quantity, values.number, values.key
    )  # fmt: skip


def _flag(model: Table, names: tuple[str, ...]) -> str:
    return next((name for name in names if isinstance(column(model, name), BooleanField)), "")


def _approved(model: Table) -> dict[str, Any] | None:
    """What is true of the opinions that the shop shows."""
    flag = _flag(model, APPROVED)
    if flag:
        return {flag: True}
    for name in STATUS:
        field = column(model, name)
        for value, label in field.flatchoices if field is not None else ():
            if str(label).strip().lower() in _SHOWN:
                return {name: getattr(value, "value", value)}
    return None


def _updated(model: Table) -> Guess | None:
    for name in UPDATED:
        field = column(model, name)
        if isinstance(field, DateTimeField):
            return Guess(field.name, "" if field.auto_now else "does every change move it? if not, take it out")
    moved = (field.name for field in model._meta.concrete_fields if isinstance(field, DateTimeField) and field.auto_now)
    return next((Guess(name) for name in moved), None)
