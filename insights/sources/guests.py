"""Guests become customers where an e-mail address or a telephone number makes them one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Coalesce

from insights.batches import batches
from insights.cleaning import Row
from insights.contacts import email_hash, guest_key, stored
from insights.identity import merge_many, pair_of, parted, stored_phone_key
from insights.models import Customer, MergeHow, overwrite

_DETAILS = ("name", "email", "phone", "country", "region", "city")
_BATCH = 1000


def find_guests(channel: str, rows: Sequence[Row], *, join_accounts: bool) -> dict[str, int]:
    """The customer of each order of a guest, by the order's key; guests who are new are made.

    Args:
        rows: cleaned orders.
        join_accounts: whether an account with the same e-mail address is the same person.
    """
    theirs = {row["id"]: guest_key(row["email"], row["phone"]) for row in rows}
    wanted: dict[str, Row] = {key: row for row in rows if (key := theirs[row["id"]])}
    accounts = _accounts(channel, {email_hash(row["email"]) for row in wanted.values()}) if join_accounts else {}
    found = _known(channel, wanted)
    new = [
        _guest(channel, key, row)
        for key, row in wanted.items()
        if key not in found and email_hash(row["email"]) not in accounts
    ]
    if new:
        Customer.objects.bulk_create(new, ignore_conflicts=True)
        found |= _known(channel, [guest.external_id for guest in new])
    apart = parted(now for _, now in found.values()) if accounts else set()
    result = {}
    for row in rows:
        guest, now = found.get(theirs[row["id"]], (None, None))
        account = accounts.get(email_hash(row["email"]))
        if account and (guest is None or (guest == now and pair_of(guest, account) not in apart)):
            now = account
        if now:
            result[row["id"]] = now
    return result


def own_key(row: Row) -> str:
    """The key of the customer that an order names itself: an account's, or the one that a guest would have."""
    return row["customer"] or guest_key(row["email"], row["phone"])


def merge_guests(channel: str) -> set[int]:
    """Join guests with the account that they have made since. Gives the accounts.

    An account is found by the same e-mail address; where a guest gave none, by the same telephone number, if no other
    account has it. Where a merge was undone, the two stay apart.
    """
    # A guest with whom somebody joined an account is a known person, and two of these no rule makes one.
    guests = Customer.objects.filter(channel=channel, is_guest=True, merged_into=None).exclude(merged__is_guest=False)
    joined: set[int] = set()
    for some in _pages(guests.exclude(email_hash=""), "email_hash"):
        joined |= _join(some, _accounts(channel, {key for key, _ in some}))
    for some in _pages(guests.filter(email_hash="").exclude(phone_key=""), "phone_key"):
        joined |= _join(some, _accounts_by_phone(channel, {key for key, _ in some}))
    return joined


def _pages(guests: QuerySet[Customer], column: str) -> Iterator[list[tuple[str, int]]]:
    last = 0
    while page := list(guests.filter(pk__gt=last).order_by("pk").values_list(column, "pk")[:_BATCH]):
        yield page
        last = page[-1][1]


def _join(guests: Iterable[tuple[str, int]], accounts: dict[str, int]) -> set[int]:
    pairs = [(guest, accounts[key]) for key, guest in guests if key in accounts]
    if not pairs:
        return set()
    apart = parted(guest for guest, _ in pairs)
    merges = merge_many([pair for pair in pairs if pair_of(*pair) not in apart], how=MergeHow.GUEST)
    return {merge.target_id for merge in merges}


def tidy_guests(channel: str, people: Iterable[int] | None) -> None:
    """Guests of whom no order is left go; the others joined with their first one.

    Args:
        people: customers whose orders changed; None looks at all.
    """
    guests = Customer.objects.filter(channel=channel, is_guest=True, merged_into=None)
    wanted = guests.values_list("pk", flat=True) if people is None else people
    for pks in batches(sorted(wanted), 1000):
        known = guests.filter(pk__in=pks).annotate(first=Min("orders__placed_at"))
        known.filter(first=None, ratings=None, merged=None).delete()
        wrong = {pk: (first,) for pk, joined, first in known.values_list("pk", "joined_at", "first") if first != joined}
        overwrite(Customer, ("joined_at",), wrong)


def _known(channel: str, keys: Iterable[str]) -> dict[str, tuple[int, int]]:
    """The guests of these keys, and who they are now."""
    rows = Customer.objects.filter(channel=channel, external_id__in=list(keys))
    return {key: (pk, merged or pk) for key, pk, merged in rows.values_list("external_id", "pk", "merged_into")}


def _accounts(channel: str, hashes: set[str]) -> dict[str, int]:
    """Who has an account with an e-mail address, by its hash; of two the older one."""
    accounts = Customer.objects.filter(channel=channel, is_guest=False, email_hash__in=hashes - {""})
    return dict(accounts.order_by("-pk").values_list("email_hash", Coalesce("merged_into", "pk")))


def _accounts_by_phone(channel: str, numbers: set[str]) -> dict[str, int]:
    """Who alone has an account with a telephone number."""
    accounts = Customer.objects.filter(channel=channel, is_guest=False, phone_key__in=numbers)
    people = accounts.annotate(now=Coalesce("merged_into", "pk")).order_by().values("phone_key")
    alone = people.annotate(people=Count("now", distinct=True), who=Min("now")).filter(people=1)
    return dict(alone.values_list("phone_key", "who"))


def _guest(channel: str, key: str, row: Row) -> Customer:
    return Customer(
        channel=channel,
        external_id=key,
        is_guest=True,
        email_hash=email_hash(row["email"]),
        phone_key=stored_phone_key(row["phone"], row["country"]),
        joined_at=row["placed_at"],
        **stored({name: row[name] for name in _DETAILS}),
    )
