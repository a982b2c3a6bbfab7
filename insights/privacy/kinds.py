"""The kinds of data that are let go of with age: which rows, by which column, and what becomes of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import DateTimeField, Exists, Max, Model, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from insights.conf import settings
from insights.days import midnight
from insights.models import (
    AccessRecord,
    Conversation,
    Customer,
    CustomerState,
    Event,
    IdentityLink,
    Message,
    ModelVersion,
    Order,
    Publication,
    QuarantinedRow,
    Rating,
    Run,
    RunState,
    RunStep,
    Score,
    Visit,
    Visitor,
    atomically,
    overwrite,
)
from insights.privacy.erase import forget
from insights.privacy.subjects import find_subject

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Fate = Literal["deleted", "anonymised", "forgotten"]
INBOX = "inbox"
"""Rows of the inbox in quarantine go with their batches, by ``INSIGHTS["COLLECT"]``."""
_GONE = "gone:"
"""What the key of a visitor begins with who is only counted any more."""


@dataclass(frozen=True)
class Kind:
    """One kind of data.

    Attributes:
        key: its name; in capitals its key in ``INSIGHTS["RETENTION"]``.
        old: which rows are too old, where those before a day of the shop are.
        born: the column that says since when a row is there.
        fate: what becomes of a row that is too old.
        let_go: does it to some rows, by primary key, and gives how many; deletes them, when None.
        parts: tables whose rows hang on these.
        noted: whether figures have to know since when rows are kept.
        size: rows that go at once.
    """

    key: str
    label: str | _StrPromise
    model: type[Model]
    old: Callable[[date], Q]
    born: str
    fate: Fate = "deleted"
    let_go: Callable[[Sequence[int]], int] | None = None
    parts: tuple[type[Model], ...] = ()
    noted: bool = False
    size: int = 500

    @property
    def days(self) -> int | None:
        """For how many days it is kept; None for ever."""
        found: int | None = getattr(settings.RETENTION, self.key.upper())
        return found

    def born_since(self, day: date) -> Q:
        """Rows that have come since a day."""
        moment = isinstance(self.model._meta.get_field(self.born), DateTimeField)
        return Q(**{f"{self.born}__gte": midnight(day) if moment else day})

    def remove(self, pks: Sequence[int]) -> int:
        """Let go of some rows; gives how many of them went."""
        if self.let_go is not None:
            return self.let_go(pks)
        _all, by_table = self.model._default_manager.filter(pk__in=pks).delete()
        return by_table.get(self.model._meta.label, 0)


def _known_visits(day: date) -> Q:
    nobody = Q(visitor=None, customer=None, session_key="", landing="")
    return Q(local_date__lt=day) & ~nobody


def _make_nobodys(pks: Sequence[int]) -> int:
    return Visit.objects.filter(pk__in=pks).update(visitor=None, customer=None, session_key="", landing="")


def _unseen(day: date) -> Q:
    """Browsers with a key that could be met again, and rows of those without one that count nothing any more."""
    return Q(last_seen__lt=midnight(day)) & (~Q(key__startswith=_GONE) | ~_counted())


def _counted() -> Q:
    theirs = {"visitor": OuterRef("pk")}
    counted = Q()
    for model in (Visit, Event, Order):
        counted |= Q(Exists(model._default_manager.filter(**theirs)))
    return counted


@atomically
def _unname(pks: Sequence[int]) -> int:
    """Take the key of browsers, and whose they were; as long as anything counts them, a bare row stays."""
    IdentityLink.objects.filter(visitor__in=pks).delete()
    Visitor.objects.filter(~_counted(), pk__in=pks).delete()
    left = Visitor.objects.filter(pk__in=pks).values_list("pk", flat=True)
    overwrite(Visitor, ("key",), {pk: (f"{_GONE}{uuid.uuid4().hex}",) for pk in left})
    Visitor.objects.filter(pk__in=pks).update(customer=None)
    return len(pks)


def _unneeded_runs(day: date) -> Q:
    """Runs that are over, of which nothing is in use or can be gone back to, and which are not the latest."""
    active = (RunState.QUEUED, RunState.RUNNING)
    needed = [
        Exists(CustomerState.objects.filter(generation=OuterRef("pk"))),
        Exists(ModelVersion.objects.filter(run=OuterRef("pk"))),
        Exists(Publication.objects.filter(generation=OuterRef("pk"))),
    ]
    latest: set[int] = set()
    for runs in (Run.objects.all(), Run.objects.filter(state=RunState.DONE)):
        latest.update(runs.order_by().values("kind").annotate(last=Max("pk")).values_list("last", flat=True))
    old = Q(created_at__lt=midnight(day)) & ~Q(state__in=active) & ~Q(pk__in=sorted(latest))
    for one in needed:
        old &= ~Q(one)
    return old


def _asleep(day: date) -> Q:
    """Real customers of whom nothing has been heard since."""
    since = midnight(day)
    heard: list[tuple[type[Model], dict[str, Any]]] = [
        (Order, {"placed_at__gte": since}),
        (Visit, {"local_date__gte": day}),
        (Event, {"occurred_at__gte": since}),
        (Rating, {"occurred_at__gte": since}),
    ]
    asleep = Q(is_real=True, merged_into=None)
    for model, lately in heard:
        for path in ("customer", "customer__merged_into"):
            found = model._default_manager.filter(**{path: OuterRef("pk")}, **lately)
            asleep &= ~Q(Exists(found))
    bought = Q(Exists(Order.objects.filter(customer=OuterRef("pk"))))
    unknown = Q(joined_at=None) & (bought | Q(recorded_at__lt=since))
    return asleep & (Q(joined_at__lt=since) | unknown)


def _forget(pks: Sequence[int]) -> int:
    """Forget each as if asked to. One who shares an address with somebody who is awake stays."""
    gone = 0
    for pk in pks:
        customer = Customer.objects.filter(pk=pk).first()
        if customer is None:
            continue
        subject = find_subject(customer.external_id, customer.channel)
        others = set(subject.customer_ids) - set(pks)
        if not Customer.objects.filter(pk__in=others, merged_into=None).exists():
            forget(subject)
            gone += len(set(subject.customer_ids) & set(pks))
    return gone


KINDS: tuple[Kind, ...] = (
    Kind("events", _("Events"), Event, lambda day: Q(local_date__lt=day), "local_date", noted=True),
    Kind("visits", _("Visits"), Visit, _known_visits, "local_date", "anonymised", _make_nobodys, noted=True),
    Kind("visitors", _("Browsers"), Visitor, _unseen, "first_seen", "anonymised", _unname, (IdentityLink,)),
    Kind(
        "quarantine",
        _("Rows put aside"),
        QuarantinedRow,
        lambda day: Q(first_seen__lt=midnight(day)) & ~Q(kind=INBOX),
        "first_seen",
    ),
    Kind(
        "conversations",
        _("Conversations"),
        Conversation,
        lambda day: Q(updated_at__lt=midnight(day)),
        "created_at",
        parts=(Message,),
        size=200,
    ),
    Kind("scores", _("History of scores"), Score, lambda day: Q(day__lt=day), "day"),
    Kind("runs", _("Runs"), Run, _unneeded_runs, "created_at", parts=(RunStep,), size=200),
    Kind("access_log", _("Access log"), AccessRecord, lambda day: Q(at__lt=midnight(day)), "at"),
    Kind("customers", _("Customers"), Customer, _asleep, "recorded_at", "forgotten", _forget, size=50),
)
"""All kinds, in the order in which they are let go of."""
