"""Guests become customers where an e-mail address or a telephone number makes them one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Min

from insights.cleaning import Row
from insights.contacts import email_hash, guest_key, stored
from insights.models import Customer, Event, Order, Rating, Visit, Visitor, overwrite
from insights.sources.batches import batches

_DETAILS = ("name", "email", "phone", "country", "region", "city")
_OWNED = (Order, Rating, Event, Visit, Visitor)
"""What follows a guest into the account."""


def find_guests(channel: str, rows: Sequence[Row], *, join_accounts: bool) -> dict[str, int]:
    """The customer of each order of a guest, by the order's key; guests who are new are made.

    Args:
        rows: cleaned orders.
        join_accounts: whether an account with the same e-mail address is the same person.
    """
    theirs = {row["id"]: guest_key(row["email"], row["phone"]) for row in rows}
    wanted: dict[str, Row] = {key: row for row in rows if (key := theirs[row["id"]])}
    accounts = _accounts(channel, wanted.values()) if join_accounts else {}
    found = _known(channel, wanted)
    new = [
        _guest(channel, key, row)
        for key, row in wanted.items()
        if key not in found and email_hash(row["email"]) not in accounts
    ]
    if new:
        Customer.objects.bulk_create(new, ignore_conflicts=True)
        found |= _known(channel, [guest.external_id for guest in new])
    result = {}
    for row in rows:
        key = theirs[row["id"]]
        customer = accounts.get(email_hash(row["email"])) or (found.get(key) if key else None)
        if customer:
            result[row["id"]] = customer
    return result


def merge_guests(channel: str) -> int:
    """Hand the orders of guests who have made an account since to that account. Gives the number of guests."""
    guests = dict(
        Customer.objects.filter(channel=channel, is_guest=True, merged_into=None)
        .exclude(email_hash="")
        .values_list("email_hash", "pk")
    )
    hashes = sorted(guests)
    merged = 0
    for start in range(0, len(hashes), 500):
        accounts = (
            Customer.objects.filter(channel=channel, is_guest=False, email_hash__in=hashes[start : start + 500])
            .order_by("-pk")
            .values_list("email_hash", "pk")
        )
        for found, account in dict(accounts).items():
            guest = guests[found]
            for model in _OWNED:
                model._default_manager.filter(customer=guest).update(customer=account)
            Customer.objects.filter(pk=guest).update(merged_into=account, first_order_date=None)
            merged += 1
    return merged


def tidy_guests(channel: str, people: Iterable[int] | None) -> None:
    """Guests of whom no order is left go; the others joined with their first one.

    Args:
        people: customers whose orders changed; None looks at all.
    """
    guests = Customer.objects.filter(channel=channel, is_guest=True, merged_into=None)
    wanted = guests.values_list("pk", flat=True) if people is None else people
    for pks in batches(sorted(wanted), 1000):
        known = guests.filter(pk__in=pks).annotate(first=Min("orders__placed_at"))
        known.filter(first=None, ratings=None).delete()
        wrong = {pk: (first,) for pk, joined, first in known.values_list("pk", "joined_at", "first") if first != joined}
        overwrite(Customer, ("joined_at",), wrong)


def _known(channel: str, keys: Any) -> dict[str, int]:
    rows = Customer.objects.filter(channel=channel, external_id__in=list(keys))
    return {key: merged or pk for key, pk, merged in rows.values_list("external_id", "pk", "merged_into")}


def _accounts(channel: str, rows: Any) -> dict[str, int]:
    hashes = {email_hash(row["email"]) for row in rows} - {""}
    accounts = Customer.objects.filter(channel=channel, is_guest=False, email_hash__in=hashes)
    return dict(accounts.order_by("-pk").values_list("email_hash", "pk"))


def _guest(channel: str, key: str, row: Row) -> Customer:
    return Customer(
        channel=channel,
        external_id=key,
        is_guest=True,
        email_hash=email_hash(row["email"]),
        joined_at=row["placed_at"],
        **stored({name: row[name] for name in _DETAILS}),
    )
