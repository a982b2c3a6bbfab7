"""Everything that is stored of a person, as plain data, and what it means in words."""

from __future__ import annotations

from typing import Any

from django.core.serializers.python import Serializer
from django.utils import timezone
from django.utils.translation import get_language

from insights.exceptions import InsightsError
from insights.models import Customer, CustomerState
from insights.privacy.mentions import Mention, mentions_of
from insights.privacy.subjects import Subject
from insights.privacy.tables import TABLES
from insights.privacy.traces import traces_of
from insights.vocabulary import label, say_reason

_SUGGESTED = 8


def export_person(subject: Subject) -> dict[str, Any]:
    """The person's archive.

    Returns:
        ``person``: the channels and keys under which they are known; ``tables``: one list a table, each row with all
        of its columns; ``predictions``: what the models say, with their reasons in words; ``recommendations``: what
        would be suggested now, and why; ``consents``; ``mentions``: rows of others that name the person.
    """
    customer, tables = subject.customer, dict[str, list[dict[str, Any]]]()
    assert customer is not None, "there is no archive of a stranger"
    for table in reversed([table for table in TABLES if table.theirs]):
        rows = Serializer().serialize(table.of(subject).order_by("pk"))
        if rows:
            tables.setdefault(table.name, []).extend({"id": row["pk"], **row["fields"]} for row in rows)
    return {
        "exported_at": timezone.now().isoformat(),
        "person": {
            "channel": customer.channel,
            "external_id": customer.external_id,
            "known_as": [{"channel": channel, "external_id": key} for channel, key in subject.keys],
        },
        "tables": tables,
        "predictions": _predictions(subject),
        "recommendations": _recommendations(customer),
        "consents": [_consents(row) for row in Customer.objects.filter(pk__in=subject.customer_ids).order_by("pk")],
        "mentions": _mentions(subject, tables),
    }


def _predictions(subject: Subject) -> list[dict[str, Any]]:
    """What the models say now, as people say it."""
    language = get_language() or "en"
    states = CustomerState.objects.current().filter(customer__in=subject.customer_ids).order_by("pk")
    return [
        {
            "as_of": state.as_of.isoformat(),
            "segment": label("segment", state.segment, language),
            "may_not_come_back": state.churn_probability,
            "may_not_come_back_because": [say_reason(reason, language) for reason in state.churn_reasons],
            "may_order": state.purchase_probability,
            "may_order_because": [say_reason(reason, language) for reason in state.purchase_reasons],
            "next_order_expected": state.next_order_expected and state.next_order_expected.isoformat(),
            "worth_in_a_year": None if state.value_365 is None else str(state.value_365),
            "worth_band": label("value_band", state.value_band, language),
        }
        for state in states
    ]


def _recommendations(customer: Customer) -> list[dict[str, Any]]:
    from insights.serving import recommend

    try:
        found = recommend(customer=customer, limit=_SUGGESTED)
    except InsightsError:
        return []
    return [{"product": str(item.product), "because": str(item.reason), "score": item.score} for item in found.items]


def _consents(customer: Customer) -> dict[str, Any]:
    return {
        "channel": customer.channel,
        "external_id": customer.external_id,
        "accepts_marketing": customer.accepts_marketing,
        "objects_to_profiling": customer.objects_to_profiling,
    }


def _mentions(subject: Subject, tables: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The texts in which others name the person, without the rest of their rows."""
    traces = traces_of(subject)
    theirs = {(name, row["id"]) for name, rows in tables.items() for row in rows}
    return [
        {"table": mention.table, "id": mention.pk, "said": _said(mention)}
        for mention in mentions_of(traces)
        if (mention.table, mention.pk) not in theirs
    ]


def _said(mention: Mention) -> dict[str, Any]:
    return {
        name: bytes(value).decode("utf-8", "replace") if isinstance(value, (bytes, memoryview)) else value
        for name, value in mention.said.items()
    }
