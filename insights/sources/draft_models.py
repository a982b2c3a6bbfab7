"""Which of the host's models holds which kind of row: by names, columns and foreign keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import (
    CharField,
    DateField,
    DecimalField,
    Field,
    FloatField,
    IntegerField,
    Model,
    OneToOneField,
)

from insights.sources.draft_words import NAMES, TRANSIENT, rank, words

Table = type[Model]
NUMBERS = (IntegerField, DecimalField, FloatField)
_FRAMEWORKS = ("django", "rest_framework", "insights")


@dataclass(frozen=True)
class Guess:
    """What an inner class says of one name, and what is to be looked at."""

    value: Any
    note: str = ""


def host_models() -> list[Table]:
    """The models that may hold the shop: none of Django's own but the user's, and none of ours."""
    user = get_user_model()
    found: list[Table] = []
    for model in apps.get_models():
        app = model._meta.app_config
        own = app is not None and app.name.split(".")[0] not in _FRAMEWORKS
        if (own and not model._meta.proxy) or model is user:
            found.append(model)
    return found


def tables(models: Sequence[Table]) -> dict[str, Table]:
    """The model of each kind that could be found."""
    found: dict[str, Table] = {}
    orders, lines = _orders(models)
    if orders is not None:
        found["orders"] = orders
    if lines is not None:
        found["order_lines"] = lines
    if (products := _products(models, orders, lines)) is not None:
        found["products"] = products
    found["customers"] = _customers(models, orders)
    if products is not None and (categories := _categories(products)) is not None:
        found["categories"] = categories
    taken = set(found.values())
    for kind, needed in (("refunds", "orders"), ("ratings", "products"), ("events", "products")):
        parent = found.get(needed)
        rows = [model for model in models if model not in taken and parent is not None and leads_to(model, parent)]
        rows = [model for model in rows if has(model, DateField) and not _is_transient(model)]
        if kind != "events":
            rows = [model for model in rows if any(True for _ in numbers(model))]
        best = _best((rank(model.__name__, kind), model) for model in rows)
        if best is not None:
            found[kind] = best
            taken.add(best)
    return found


def foreign_keys(model: Table) -> Iterator[Field]:
    """The columns that lead to one row of a known table."""
    for field in model._meta.concrete_fields:
        if field.is_relation and isinstance(field.related_model, type):
            yield field


def leads_to(model: Table, other: Table) -> bool:
    """Whether a column of the model names a row of the other one."""
    return any(field.related_model is other for field in foreign_keys(model))


def column(model: Table, name: str) -> Field | None:
    """The column of a name; a leading underscore of its own is no part of it."""
    by_name = {field.name.lstrip("_"): field for field in model._meta.concrete_fields}
    return by_name.get(name)


def numbers(model: Table) -> Iterator[Field]:
    """The columns with a number that is no key."""
    return (
        field
        for field in model._meta.concrete_fields
        if isinstance(field, NUMBERS) and not field.is_relation and not field.primary_key
    )


def has(model: Table, *kinds: type[Field]) -> bool:
    """Whether the model has a column of these types."""
    return any(isinstance(field, kinds) for field in model._meta.concrete_fields)


def _orders(models: Iterable[Table]) -> tuple[Table | None, Table | None]:
    """The pair of order and line that looks best; or the best order alone."""
    pairs = []
    for model in models:
        counts = [field for field in numbers(model) if field.name in NAMES["order_lines"]["quantity"].split()]
        # Without a column of a known name it is a line by its place: a number between an order and something else.
        known = bool(counts) or (any(True for _ in numbers(model)) and len(list(foreign_keys(model))) > 1)
        for field in foreign_keys(model) if known else ():
            order = field.related_model
            assert isinstance(order, type)
            if order is not model and has(order, DateField) and not _is_transient(order) and not _is_transient(model):
                score = 3 * rank(order.__name__, "orders") + rank(model.__name__, "order_lines") - (not counts)
                score += 4 * any(rank(key.related_model.__name__, "products") for key in foreign_keys(model))  # type: ignore[union-attr]
                pairs.append((score if rank(order.__name__, "orders") else 0, (order, model)))
    if pairs:
        score, pair = max(pairs, key=lambda item: item[0])
        if score:
            return pair
    alone = (
        (rank(model.__name__, "orders"), model)
        for model in models
        if has(model, DateField) and has(model, DecimalField, IntegerField, FloatField) and not _is_transient(model)
    )
    return _best(alone), None


def _products(models: Iterable[Table], orders: Table | None, lines: Table | None) -> Table | None:
    if lines is not None:
        sold = [(rank(key.related_model.__name__, "products"), key.related_model) for key in foreign_keys(lines)]  # type: ignore[union-attr]
        best = _best(sold)  # type: ignore[arg-type]
        if best is not None:
            return best
        others = {key.related_model for key in foreign_keys(lines)} - {orders, get_user_model()}
        if len(others) == 1:
            return others.pop()
    return _best((rank(model.__name__, "products"), model) for model in models if has(model, CharField))


def _customers(models: Iterable[Table], orders: Table | None) -> Table:
    """Whom the orders belong to: Django's user, or a table of the shop's own for people."""
    user: Table = get_user_model()
    if orders is None:
        return user
    buyers = NAMES["orders"]["customer"].split()
    owners = [field for field in foreign_keys(orders) if field.name in buyers]
    owners.sort(key=lambda field: buyers.index(field.name))
    own = [field.related_model for field in owners if field.related_model in {user, *models}]
    return own[0] if own else user


def _categories(products: Table) -> Table | None:
    wanted = NAMES["products"]["category"].split()
    above = [field.related_model for field in foreign_keys(products) if field.related_model is not products]
    places = [products, *(table for table in above if isinstance(table, type))]
    found = [field for place in places for field in foreign_keys(place) if field.name in wanted]
    found.sort(key=lambda field: wanted.index(field.name))
    if found:
        return found[0].related_model
    several = shelves(products)
    return products._meta.get_field(several).related_model if several else None


def shelves(products: Table) -> str:
    """The column by which a product stands on several shelves; empty where there is none."""
    many = (field for field in products._meta.many_to_many if isinstance(field.related_model, type))
    return next((field.name for field in many if rank(field.related_model.__name__, "categories")), "")


def way(model: Table, target: Table, names: Sequence[str]) -> tuple[str, bool] | None:
    """The shortest path of single rows from a model to another, and whether there are several of its length.

    Args:
        names: what the first step is likely to be called, the likeliest first.
    """
    if model is target:
        return None
    queue: list[tuple[str, Table]] = [("", model)]
    for _ in range(2):
        steps = [(f"{path}__{name}" if path else name, other) for path, place in queue for name, other in _steps(place)]
        found = [path for path, other in steps if other is target]
        if found:
            first = {path: path.split("__")[0] for path in found}
            found.sort(key=lambda path: names.index(first[path]) if first[path] in names else len(names))
            known = [path for path in found if first[path] in names]
            return found[0], len(found) > 1 and len(known) != 1
        queue = steps
    return None


def _steps(model: Table) -> Iterator[tuple[str, Table]]:
    for field in foreign_keys(model):
        yield field.name, field.related_model  # type: ignore[misc]
    for relation in model._meta.related_objects:
        if isinstance(relation.field, OneToOneField) and not relation.hidden and relation.name:
            yield relation.name, relation.related_model


def steps_up(model: Table) -> Iterator[tuple[str, Table]]:
    """What a row belongs to: of an edition the book, of a variant the product."""
    return ((field.name, field.related_model) for field in foreign_keys(model) if field.related_model is not model)  # type: ignore[misc]


def one_to_ones(model: Table) -> Iterator[tuple[str, Table]]:
    """What belongs to each row in another table: a profile, or the account behind a client."""
    single = {field.name for field in foreign_keys(model) if field.one_to_one}
    reverse = {relation.name for relation in model._meta.related_objects if relation.one_to_one}
    return ((name, other) for name, other in _steps(model) if name in single | reverse)


def _is_transient(model: Table) -> bool:
    return bool(TRANSIENT.intersection(words(model.__name__)))


def _best(scored: Iterable[tuple[int, Table]]) -> Table | None:
    """The one with the highest score above none; of equals the one with the shortest name."""
    good = [(score, -len(model.__name__), model) for score, model in scored if score]
    return max(good, key=lambda item: item[:2])[2] if good else None
