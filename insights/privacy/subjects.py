"""Where a person can be found: one entry a table, and a test that no table is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet

from insights.exceptions import InsightsError, nearest
from insights.models import (
    AccessRecord,
    BotRule,
    Conversation,
    Customer,
    CustomerState,
    DuplicatePair,
    Event,
    IdentityLink,
    InboxBatch,
    Merge,
    Message,
    Order,
    OrderLine,
    QuarantinedRow,
    Rating,
    Refund,
    Score,
    StaleSession,
    Visit,
    Visitor,
)


@dataclass(frozen=True)
class Subject:
    """One person: the customer row and the visitors and merged rows that are the same person."""

    customer: Customer
    customer_ids: tuple[int, ...]
    visitor_ids: tuple[int, ...]
    identifiers: tuple[str, ...]
    """External ids and the normalised e-mail address: what a free text might hold."""


@dataclass(frozen=True)
class Table:
    """How a person is found in one table, and what forgetting does there.

    ``blank`` names the columns that are emptied where the row has to stay, so that totals still
    agree with the shop; without it the rows are deleted.
    """

    model: type[Model]
    rows: Callable[[Subject], Q]
    blank: tuple[str, ...] = ()

    def of(self, subject: Subject) -> QuerySet[Model]:
        """The rows of the person."""
        return self.model._default_manager.filter(self.rows(subject))


def _theirs(subject: Subject) -> Q:
    return Q(customer__in=subject.customer_ids)


def _theirs_or_their_browsers(subject: Subject) -> Q:
    return _theirs(subject) | Q(visitor__in=subject.visitor_ids)


def _mentions(column: str) -> Callable[[Subject], Q]:
    def rows(subject: Subject) -> Q:
        found = Q(pk__in=[])
        for text in subject.identifiers:
            # A short key such as "7" would match half of all texts; it is no name of a person there.
            if len(text) >= 5:
                found |= Q(**{f"{column}__icontains": text})
        return found

    return rows


def _sent(subject: Subject) -> Q:
    """Batches from their browsers, or while they were signed in; a browser of theirs may not be known as one yet."""
    keys = Visitor.objects.filter(pk__in=subject.visitor_ids).values("key")
    return Q(visitor_key__in=keys) | Q(customer_key__in=subject.identifiers)


def _drawn(subject: Subject) -> Q:
    return Q(session_key__in=Visit.objects.filter(visitor__in=subject.visitor_ids).values("session_key"))


def _decided(subject: Subject) -> Q:
    visitors = Q(kind=BotRule.Kind.VISITOR, key__in=[str(pk) for pk in subject.visitor_ids])
    theirs = Visit.objects.filter(_theirs_or_their_browsers(subject)).values("session_key")
    return visitors | Q(kind=BotRule.Kind.SESSION, key__in=theirs)


def _quarantined(subject: Subject) -> Q:
    return Q(kind="customers", external_id__in=subject.identifiers) | _mentions("row")(subject)


# Children before parents, since a child is found through its parent.
TABLES: tuple[Table, ...] = (
    Table(AccessRecord, lambda subject: Q(subject__in=[f"customer:{pk}" for pk in subject.customer_ids]), ("subject",)),
    Table(Message, _mentions("question")),
    Table(Conversation, _mentions("title")),
    Table(QuarantinedRow, _quarantined),
    Table(InboxBatch, _sent),
    Table(StaleSession, _drawn),
    Table(BotRule, _decided),
    Table(DuplicatePair, lambda subject: Q(first__in=subject.customer_ids) | Q(second__in=subject.customer_ids)),
    Table(Merge, lambda subject: Q(source__in=subject.customer_ids) | Q(target__in=subject.customer_ids)),
    Table(Score, _theirs),
    Table(CustomerState, _theirs),
    Table(IdentityLink, _theirs_or_their_browsers),
    Table(Event, _theirs_or_their_browsers),
    Table(Visit, _theirs_or_their_browsers),
    Table(Rating, _theirs, blank=("customer", "title", "text")),
    Table(Refund, lambda subject: Q(order__customer__in=subject.customer_ids), blank=("reason",)),
    Table(OrderLine, lambda subject: Q(order__customer__in=subject.customer_ids), blank=("flags",)),
    Table(
        Order,
        _theirs_or_their_browsers,
        blank=(
            "customer",
            "visitor",
            "city",
            "region",
            "coupon",
            "referrer",
            "utm_source",
            "utm_medium",
            "utm_campaign",
            "touch_source",
            "touch_medium",
            "touch_campaign",
        ),
    ),
    Table(Visitor, lambda subject: Q(pk__in=subject.visitor_ids)),
    Table(Customer, lambda subject: Q(pk__in=subject.customer_ids)),
)


def find_subject(identifier: str, channel: str | None = None) -> Subject:
    """The person behind a customer's external id or e-mail address.

    Raises:
        InsightsError: nobody has it, or several channels do and none is named.
    """
    wanted = identifier.strip()
    people = Customer.objects.filter(Q(external_id=wanted) | Q(email=wanted.lower()))
    if channel is not None:
        people = people.filter(channel=channel)
    found = list(people.order_by("pk")[:3])
    if not found:
        similar = Customer.objects.filter(external_id__istartswith=wanted[:3]).values_list("external_id", flat=True)[
            :200
        ]
        close = nearest(wanted, similar)
        raise InsightsError(
            f"No customer has the id or e-mail address “{wanted}”." + (f" Did you mean “{close}”?" if close else "")
        )
    if len({person.channel for person in found}) > 1:
        channels = ", ".join(sorted({person.channel for person in found}))
        raise InsightsError(f"“{wanted}” is known in several channels ({channels}); name one with --channel.")
    customer = found[0].merged_into or found[0]
    people_ids = {person.pk for person in found} | {customer.pk}
    people_ids |= set(Customer.objects.filter(merged_into__in=people_ids).values_list("pk", flat=True))
    same = Customer.objects.filter(pk__in=people_ids)
    identifiers = {value for row in same.values_list("external_id", "email", "email_hash") for value in row if value}
    return Subject(
        customer=customer,
        customer_ids=tuple(sorted(people_ids)),
        visitor_ids=tuple(Visitor.objects.filter(customer__in=people_ids).order_by("pk").values_list("pk", flat=True)),
        identifiers=tuple(sorted(identifiers)),
    )
