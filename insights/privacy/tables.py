"""Where a person's own rows are: one entry a table, and a test that no table is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet

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
    InboxState,
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
from insights.privacy.subjects import Subject
from insights.privacy.talks import talks_about


@dataclass(frozen=True)
class Table:
    """How a person is found in one table, and what forgetting does there.

    Attributes:
        blank: columns that are emptied where the row has to stay, so that totals still agree with the shop; without
            them the rows are deleted.
        stays: whether the row stays as it is: it says nothing of the person once the rows above it do not.
        theirs: whether the rows are the person's own, and so belong into their archive.
    """

    model: type[Model]
    rows: Callable[[Subject], Q]
    blank: tuple[str, ...] = ()
    stays: bool = False
    theirs: bool = True

    @property
    def name(self) -> str:
        """Of the table, in receipts and archives."""
        return self.model._meta.model_name or ""

    def of(self, subject: Subject) -> QuerySet[Model]:
        """The rows of the person."""
        return self.model._default_manager.filter(self.rows(subject))


def _theirs(subject: Subject) -> Q:
    return Q(customer__in=subject.customer_ids)


def _done(subject: Subject) -> Q:
    """What they did: signed in, at a browser of theirs, or in a sitting of theirs before they signed in."""
    alone = Q(visitor=None) | Q(visitor__in=subject.visitor_ids)
    at_theirs = Q(visitor__in=subject.visitor_ids) | Q(alone, session_key__in=subject.session_keys)
    return _theirs(subject) | Q(at_theirs, customer=None)


def _of_others(subject: Subject) -> Q:
    """What others did at a browser of theirs."""
    return Q(visitor__in=subject.visitor_ids) & ~Q(customer=None) & ~_theirs(subject)


def _bought(subject: Subject) -> Q:
    return _theirs(subject) | Q(visitor__in=subject.visitor_ids, customer=None)


def _of_their_orders(subject: Subject) -> Q:
    return Q(order__in=Order.objects.filter(_bought(subject)).values("pk"))


def _links(subject: Subject) -> Q:
    return _theirs(subject) | Q(visitor__in=subject.visitor_ids)


def _sent(subject: Subject) -> Q:
    """Batches from their browsers, or while they were signed in; a browser of theirs may not be known as one yet."""
    found = Q(visitor_key__in=subject.visitor_keys) | Q(visitor_key="", session_key__in=subject.session_keys)
    for channel, key in subject.keys:
        found |= Q(customer_channel=channel, customer_key=key)
        found |= Q(customer_channel="", customer_key=key)
    return found


def _drawn(subject: Subject) -> Q:
    return Q(session_key__in=subject.session_keys)


def _looked_at(subject: Subject) -> Q:
    return Q(subject__in=[f"customer:{pk}" for pk in subject.customer_ids])


def _judged(subject: Subject) -> Q:
    """What somebody decided of whether they are a machine."""
    browsers = Q(kind=BotRule.Kind.VISITOR, key__in=[str(pk) for pk in subject.visitor_ids])
    return browsers | Q(kind=BotRule.Kind.SESSION, key__in=subject.session_keys)


def _quarantined(subject: Subject) -> Q:
    """Their own row, what names them as its customer, and what their browsers sent."""
    found = Q(pk__in=[])
    for channel in {channel for channel, _ in subject.keys}:
        keys = [key for of, key in subject.keys if of == channel]
        found |= Q(channel=channel, kind="customers", external_id__in=keys) | Q(channel=channel, row__customer__in=keys)
    aside = InboxBatch.objects.filter(_sent(subject), state=InboxState.ASIDE)
    for pk in aside.values_list("pk", flat=True):
        found |= Q(kind="inbox", external_id=f"batch {pk}") | Q(kind="inbox", external_id__startswith=f"batch {pk}:")
    return found


# Children before parents, since a child is found through its parent.
TABLES: tuple[Table, ...] = (
    Table(Message, lambda subject: Q(conversation__in=talks_about(subject))),
    Table(Conversation, lambda subject: Q(pk__in=talks_about(subject))),
    Table(QuarantinedRow, _quarantined),
    Table(InboxBatch, _sent),
    Table(StaleSession, _drawn),
    Table(BotRule, _judged),
    # Who of the staff looked is no data of the person's.
    Table(AccessRecord, _looked_at, blank=("subject",), theirs=False),
    Table(DuplicatePair, lambda subject: Q(first__in=subject.customer_ids) | Q(second__in=subject.customer_ids)),
    Table(Merge, lambda subject: Q(source__in=subject.customer_ids) | Q(target__in=subject.customer_ids)),
    Table(Score, _theirs),
    Table(CustomerState, _theirs),
    Table(IdentityLink, _links),
    Table(Event, _done),
    Table(Visit, _done),
    Table(Visit, _of_others, blank=("visitor",), theirs=False),
    Table(Event, _of_others, blank=("visitor",), theirs=False),
    Table(Rating, _theirs, blank=("customer", "title", "text", "fingerprint")),
    Table(Refund, _of_their_orders, blank=("reason", "fingerprint")),
    Table(OrderLine, _of_their_orders, stays=True),
    Table(Order, _bought, blank=("customer", "visitor", "fingerprint", *Order.PERSONAL)),
    Table(Order, _of_others, blank=("visitor",), theirs=False),
    Table(Visitor, lambda subject: Q(pk__in=subject.visitor_ids)),
    Table(Customer, lambda subject: Q(pk__in=subject.customer_ids)),
)
