"""Rows of each kind of data that are so and so many days old."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from insights.models import (
    AccessRecord,
    Act,
    Conversation,
    Customer,
    Event,
    Message,
    QuarantinedRow,
    Run,
    RunState,
    Score,
    Visit,
    Visitor,
)
from insights.privacy.kinds import midnight

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


def today() -> date:
    """The shop's day at ``NOW``."""
    return timezone.localtime(NOW, timezone.get_default_timezone()).date()


def day(age: int) -> date:
    """The day that is so many days back."""
    return today() - timedelta(days=age)


def noon(age: int) -> datetime:
    """Its noon."""
    return midnight(day(age)) + timedelta(hours=12)


def an_event(age: int, **more: object) -> int:
    return Event.objects.create(
        event_id=uuid.uuid4(), name="view_item", occurred_at=noon(age), local_date=day(age), **more
    ).pk


def a_visit(age: int, **more: object) -> int:
    values = {"session_key": f"s{uuid.uuid4().hex}", "landing": "/tea/", "page_views": 2, **more}
    return Visit.objects.create(started_at=noon(age), ended_at=noon(age), local_date=day(age), **values).pk


def a_visitor(age: int, **more: object) -> int:
    return Visitor.objects.create(key=uuid.uuid4().hex, first_seen=noon(age), last_seen=noon(age), **more).pk


def a_bad_row(age: int, kind: str = "orders") -> int:
    row = QuarantinedRow.objects.create(
        channel="shop", kind=kind, external_id=uuid.uuid4().hex, rule="x", reason="y", row={"id": "1"}
    )
    QuarantinedRow.objects.filter(pk=row.pk).update(first_seen=noon(age))
    return row.pk


def a_talk(age: int) -> int:
    talk = Conversation.objects.create(title="How many?")
    Message.objects.create(conversation=talk, question="How many?")
    Conversation.objects.filter(pk=talk.pk).update(updated_at=noon(age))
    return talk.pk


def a_score(age: int) -> int:
    customer, _ = Customer.objects.get_or_create(external_id="scored", joined_at=noon(0))
    return Score.objects.create(customer=customer, name=uuid.uuid4().hex[:20], day=day(age), value=0.5).pk


def a_run(age: int, kind: str = "sync", state: str = RunState.DONE) -> int:
    run = Run.objects.create(kind=kind, state=state)
    Run.objects.filter(pk=run.pk).update(created_at=noon(age))
    return run.pk


def a_record(age: int) -> int:
    return AccessRecord.objects.create(at=noon(age), act=Act.VIEWED_CUSTOMER, place="customer").pk


def a_customer(age: int, **more: object) -> int:
    return Customer.objects.create(external_id=uuid.uuid4().hex, joined_at=noon(age), **more).pk


MAKERS: dict[str, Callable[[int], int]] = {
    "events": an_event,
    "visits": a_visit,
    "visitors": a_visitor,
    "quarantine": a_bad_row,
    "conversations": a_talk,
    "scores": a_score,
    "runs": a_run,
    "access_log": a_record,
    "customers": a_customer,
}
