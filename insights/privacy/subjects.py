"""Who a person is: the rows of customers and browsers that are the same one, and by what they are found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db.models import Q

from insights.cleaning import normal_email
from insights.contacts import GUEST, contact, email_hash, guest_key
from insights.exceptions import InsightsError, nearest
from insights.masking import pk_of
from insights.models import Customer, Event, Visit, Visitor


@dataclass(frozen=True)
class Subject:
    """One person: the customers of all channels, and the browsers, that are the same one.

    Attributes:
        customer: the one that was asked for, after merges; None of a stranger.
        keys: channel and key of each customer.
        emails: normalised addresses, as far as they are kept in plain.
        phones: telephone numbers as they are stored.
        hashes: keyed hashes of their addresses.
        visitor_keys: keys of their browsers.
        session_keys: of what these browsers, and the customers, did.
    """

    customer: Customer | None
    customer_ids: tuple[int, ...]
    visitor_ids: tuple[int, ...]
    keys: tuple[tuple[str, str], ...]
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    visitor_keys: tuple[str, ...] = ()
    session_keys: tuple[str, ...] = ()

    @property
    def external_ids(self) -> tuple[str, ...]:
        """The keys, whatever their channels."""
        return tuple(sorted({key for _, key in self.keys}))

    @property
    def contacts(self) -> frozenset[str]:
        """Short hashes of addresses and numbers, by which guests are known."""
        guests = {key.removeprefix(GUEST) for key in self.external_ids if key.startswith(GUEST)}
        by_phone = {contact("", phone) for phone in self.phones}
        return frozenset({contact(f"hash:{value}", "") for value in self.hashes} | by_phone | guests)


def find_subject(identifier: str, channel: str | None = None) -> Subject:
    """The person behind a customer's external id or e-mail address.

    An address is one person, in all channels that know it; a telephone number only where nothing else says who
    somebody is.

    Raises:
        InsightsError: nobody has it, or several channels do and none is named.
    """
    wanted = identifier.strip()
    address = normal_email(wanted)
    people = Customer.objects.filter(**({} if channel is None else {"channel": channel})).order_by("pk")
    found = list(people.filter(Q(external_id=wanted) | _reached([address], [email_hash(address)]))[:50])
    found = found or list(people.filter(pk=pk_of(wanted)))
    if not found:
        raise InsightsError(_unknown(wanted))
    if len({person.channel for person in found}) > 1 and not (
        address or len({p.email_hash for p in found} - {""}) == 1
    ):
        channels = ", ".join(sorted({person.channel for person in found}))
        raise InsightsError(f"“{wanted}” is known in several channels ({channels}); name one with --channel.")
    rows = _same(person.pk for person in found)
    return _subject(found[0].merged_into or found[0], rows)


def known_by_now(subject: Subject) -> Subject:
    """The person as the tables have them by now, with all by which they were known before."""
    theirs = Q(pk__in=subject.customer_ids) | _reached(subject.emails, subject.hashes)
    for channel, key in subject.keys:
        theirs |= Q(channel=channel, external_id=key)
    found = _subject(subject.customer, _same(Customer.objects.filter(theirs).values_list("pk", flat=True)))
    names = [each.name for each in fields(Subject) if each.name != "customer"]
    both: dict[str, Any] = {name: _told([*getattr(subject, name), *getattr(found, name)]) for name in names}
    return replace(found, **both)


def stranger(address: str) -> Subject | None:
    """Somebody whom no customer's row knows, by an e-mail address that texts may hold; None where it is none."""
    clean = normal_email(address)
    return Subject(None, (), (), (), emails=(clean,), hashes=(email_hash(clean),)) if clean else None


def _unknown(wanted: str) -> str:
    similar = Customer.objects.filter(external_id__istartswith=wanted[:3]).values_list("external_id", flat=True)[:200]
    close = nearest(wanted, similar)
    return f"No customer has the id or e-mail address “{wanted}”." + (f" Did you mean “{close}”?" if close else "")


def _same(pks: Iterable[int]) -> list[Customer]:
    """All rows of a person: what was merged, and what has the same address, or is a guest with the same number."""
    known: set[int] = set()
    rows = list(Customer.objects.filter(pk__in=pks))
    while {row.pk for row in rows} - known:
        known = {row.pk for row in rows}
        guests = [guest_key("", row.phone) for row in rows if row.phone]
        reached = _reached([row.email for row in rows], [row.email_hash for row in rows])
        into = [row.merged_into_id for row in rows if row.merged_into_id]
        wanted = Q(pk__in=[*known, *into]) | Q(merged_into__in=known) | Q(external_id__in=guests) | reached
        rows = list(Customer.objects.filter(wanted).order_by("pk"))
    return rows


def _reached(addresses: Iterable[str], hashes: Iterable[str]) -> Q:
    return Q(email__in=[address for address in addresses if address]) | Q(email_hash__in=[one for one in hashes if one])


def _subject(customer: Customer | None, rows: list[Customer]) -> Subject:
    pks = [row.pk for row in rows]
    browsers = dict(Visitor.objects.filter(customer__in=pks).order_by("pk").values_list("pk", "key"))
    theirs = Q(customer__in=pks) | Q(visitor__in=list(browsers), customer=None)
    sessions: set[str] = set()
    for model in (Event, Visit):
        sessions |= set(
            model._default_manager.filter(theirs).order_by().values_list("session_key", flat=True).distinct()
        )
    return Subject(
        customer=customer,
        customer_ids=tuple(sorted(pks)),
        visitor_ids=tuple(browsers),
        keys=tuple(sorted({(row.channel, row.external_id) for row in rows})),
        names=_told(row.name for row in rows),
        emails=_told(row.email for row in rows),
        phones=_told(row.phone for row in rows),
        hashes=_told([*(row.email_hash for row in rows), *(email_hash(row.email) for row in rows)]),
        visitor_keys=_told(browsers.values()),
        session_keys=_told(sessions),
    )


def _told(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))
