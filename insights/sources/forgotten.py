"""People who asked to be forgotten stay away, whatever a source gives; their orders and ratings stay as anonymous sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from insights.cleaning import BadRow, normal_email
from insights.consent import Named, forgotten
from insights.contacts import stored_key
from insights.models import Order
from insights.sources.references import Ready

MARK = "forgotten"
"""Flag of an order whose person was forgotten."""
_PERSONAL = {
    "orders": ("customer", "email", "phone", "name", *Order.PERSONAL),
    "ratings": ("customer", "title", "text"),
    "refunds": ("reason",),
}
"""What is emptied in rows that stay, by kind."""
_MARKED = frozenset({"orders", "ratings"})


def leave_out(kind: str, channel: str, people: str, rows: dict[str, Ready], counts: Counter[str]) -> set[str]:
    """Take forgotten people out of cleaned rows; gives the keys of those that go as a whole.

    Args:
        channel: of the rows.
        people: the channel whose customers they name.
        rows: by key; what goes is taken out, what stays is emptied of the person.
        counts: how often each rule met.
    """
    gone = set()
    for key in _theirs(kind, channel, people, {key: item.row for key, item in rows.items()}):
        counts[MARK] += 1
        item = rows[key]
        if kind in _PERSONAL:
            item.row.update(dict.fromkeys(_PERSONAL[kind], ""))
            if kind in _MARKED:
                rows[key] = item._replace(marks=(*item.marks, MARK))
        else:
            del rows[key]
            gone.add(key)
    return gone


def without_people(kind: str, channel: str, people: str, bad: Sequence[BadRow]) -> tuple[list[BadRow], set[str]]:
    """Rows on their way into quarantine without what they say of forgotten people, and the keys of those that go."""
    theirs = _theirs(kind, channel, people, {str(place): _read(row.row) for place, row in enumerate(bad)})
    kept, gone = [], set()
    for place, row in enumerate(bad):
        if str(place) not in theirs:
            kept.append(row)
        elif kind in _PERSONAL:
            said = {name: None if name in _PERSONAL[kind] else value for name, value in row.row.items()}
            kept.append(replace(row, row=said))
        else:
            gone.add(row.external_id)
    return kept, gone


def _theirs(kind: str, channel: str, people: str, rows: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Keys of the rows that are of somebody who was forgotten."""
    if kind == "refunds":
        orders = {str(row["order"]) for row in rows.values()}
        known = Order.objects.filter(channel=channel, external_id__in=orders, flags__icontains=MARK)
        anonymous = set(known.values_list("external_id", flat=True))
        return {key for key, row in rows.items() if row["order"] in anonymous}
    if kind not in ("customers", "orders", "ratings", "events"):
        return set()
    person = "id" if kind == "customers" else "customer"
    named = {
        key: Named(row.get(person) or "", row.get("email") or "", row.get("phone") or "") for key, row in rows.items()
    }
    return forgotten(people, {key: who for key, who in named.items() if any(who)})


def _read(row: Mapping[str, Any]) -> dict[str, str]:
    """How a row that could not be cleaned names its person."""
    said = {name: str(row.get(name) or "").strip() for name in ("id", "customer", "email", "phone", "order")}
    return {
        **said,
        "id": stored_key(said["id"]),
        "customer": stored_key(said["customer"]),
        "email": normal_email(said["email"]) or said["email"],
    }
