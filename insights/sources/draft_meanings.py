"""What a draft says beyond columns: the words of a status, the scale of ratings, the name of an event, a price."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DatabaseError, transaction
from django.db.models import CharField, DecimalField, Field, Max, Min

from insights.sources.adapter import Cents, Const
from insights.sources.draft_models import Guess, Table, column, numbers
from insights.sources.draft_words import CENTS, STATUS, head, meaning_of

_MOST_STATUSES = 20
_LONGEST = 32


def _statuses(model: Table, found: Mapping[str, Guess]) -> dict[str, Guess]:
    field = next((field for name in STATUS if (field := column(model, name)) is not None), None) or _cancellable(model)
    if field is None:
        return {"guests": Guess("by_email")} if "email" in found else {}
    if field.is_relation:
        return {"status": Guess(f"{field.name}__pk", "say which mean cancelled: see docs/reference/adapter.md")}
    said = list(field.flatchoices) or [(value, value) for value in _distinct(model, field.name)]
    meanings: dict[str, list[Any]] = {}
    others = []
    for value, label in said:
        meaning = meaning_of((value, label))
        if meaning is not None:
            meanings.setdefault(meaning, []).append(getattr(value, "value", value))
        else:
            others.append(str(value) if str(value) == str(label).lower() else f"{label} ({value})")
    note = f"these count: {', '.join(others)}" if others else "say which mean cancelled, and which are refunded"
    result = {"status": Guess(meanings, note) if meanings else Guess(field.name, note)}
    if meanings and field.name != "status":
        result["status_field"] = Guess(field.name)
    return result


def _cancellable(model: Table) -> Field | None:
    """A column one of whose choices, or of the words that stand in it, means cancelled."""
    for field in model._meta.concrete_fields:
        said = list(field.flatchoices)
        if not said and isinstance(field, CharField) and not field.unique and (field.max_length or 99) <= _LONGEST:
            said = [(word, word) for word in _distinct(model, field.name)]
        if any(meaning_of((value, label)) == "cancelled" for value, label in said):
            return field
    return None


def _distinct(model: Table, name: str) -> list[Any]:
    """The words that stand in the table; none where there is no table yet."""
    rows = model._default_manager.order_by().values_list(name, flat=True).distinct()
    try:
        with transaction.atomic(using=rows.db):
            found = [value for value in rows[: _MOST_STATUSES + 1] if value not in (None, "")]
    except DatabaseError:
        return []
    return sorted(found) if len(found) <= _MOST_STATUSES else []


def _scale(model: Table, found: Mapping[str, Guess]) -> dict[str, Guess]:
    guess = found.get("value")
    field = column(model, guess.value) if guess is not None else None
    if field is None:
        return {}
    lowest, highest = _limits(field)
    if lowest is not None and highest is not None:
        return {"scale": Guess((lowest, highest))}
    seen = _seen(model, field.name)
    if seen is None or 1 <= seen[0] <= seen[1] <= 5:
        return {"scale": Guess((1, 5), "the lowest and the highest rating")}
    return {"scale": Guess(seen, "the lowest and the highest in the table; which may be given?")}


def _seen(model: Table, name: str) -> tuple[Any, Any] | None:
    """The lowest and the highest number in a column; None where there is none."""
    rows = model._default_manager.order_by()
    try:
        with transaction.atomic(using=rows.db):
            lowest, highest = rows.aggregate(lowest=Min(name), highest=Max(name)).values()
    except DatabaseError:
        return None
    return None if lowest is None else (lowest, highest)


def _limits(field: Field) -> tuple[Any, Any]:
    """The lowest and the highest that a column's own validators or choices allow."""
    said = [value for value, _ in field.flatchoices if isinstance(value, (int, float))]
    if said:
        return min(said), max(said)
    # The field's type adds validators of its own: the range of the database's integers.
    own = field._validators  # type: ignore[attr-defined]
    ends = []
    for kind in (MinValueValidator, MaxValueValidator):
        limits = [rule.limit_value for rule in own if isinstance(rule, kind) and not callable(rule.limit_value)]
        ends.append(limits[0] if limits else None)
    return ends[0], ends[1]


def _event_name(model: Table, found: Mapping[str, Guess]) -> dict[str, Guess]:
    """Tables that hold one thing only say it by their own name."""
    if "name" in found:
        return {}
    ours = {"view": "view_item", "pageview": "page_view", "hit": "page_view", "search": "search"}.get(
        head(model.__name__)
    )
    return {} if ours is None else {"name": Guess(Const(ours))}


def _price(model: Table, found: Mapping[str, Guess]) -> dict[str, Guess]:
    """A line without a price of its own: the only decimal that is left."""
    if "unit_price" in found or "amount" in found:
        return {}
    small = [field.name for field in numbers(model) if CENTS.search(field.name)]
    if len(small) == 1:
        return {"unit_price": Guess(Cents(small[0]), "guessed: the price of one?")}
    taken = {guess.value for guess in found.values() if isinstance(guess.value, str)}
    left = [field.name for field in _decimals(model) if field.name not in taken]
    return {"unit_price": Guess(left[0], "guessed: the price of one?")} if len(left) == 1 else {}


def _decimals(model: Table) -> Iterator[Field]:
    return (field for field in model._meta.concrete_fields if isinstance(field, DecimalField))


MEANINGS: Mapping[str, Callable[[Table, Mapping[str, Guess]], dict[str, Guess]]] = {
    "orders": _statuses,
    "ratings": _scale,
    "events": _event_name,
    "order_lines": _price,
}
"""By kind: what is said of it as a whole."""
