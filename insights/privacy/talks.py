"""Conversations with the assistant that are about a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from insights.masking import handle
from insights.models import Conversation, Message
from insights.privacy.subjects import Subject
from insights.privacy.traces import traces_of

_CUSTOMER = r"(?:customer|client|shopper|buyer|user|客户|顾客|用户|会员)s?\W*(?:编号|号|number|no\.?|id)?[\s:#“\"']*"


def talks_about(subject: Subject) -> list[int]:
    """Primary keys of the conversations that name a person: in words, as a customer's number, or in a row of an answer.

    A question may lean on the one before without naming anybody, so that a conversation is about the person as a whole.
    """
    traces = traces_of(subject)
    keys = {*subject.external_ids, *(handle(pk, "@") for pk in subject.customer_ids)}
    numbered = re.compile(rf"{_CUSTOMER}(?:{'|'.join(map(re.escape, sorted(keys)))})(?!\w)", re.IGNORECASE)

    def names_them(text: str) -> bool:
        return bool(numbered.search(text) or traces.pattern.search(text))

    found = {pk for pk, title in Conversation.objects.order_by().values_list("pk", "title") if names_them(title)}
    rows = Message.objects.order_by("pk").values_list("conversation", "question", "answer").iterator(chunk_size=500)
    for talk, question, answer in rows:
        said = (question, str(answer.get("text", "")))
        if talk not in found and (any(map(names_them, said)) or _is_of(answer, keys) or traces.found_in(answer)):
            found.add(talk)
    return sorted(found)


def _is_of(answer: Mapping[str, Any], keys: set[str]) -> bool:
    """Whether an answer is about a customer, or lists one."""
    plan = answer.get("plan") or {}
    arguments = plan.get("arguments") or {}
    if str(plan.get("customer")) in keys or str(arguments.get("customer")) in keys:
        return True
    places = [place for place, column in enumerate(answer.get("columns") or []) if column.get("key") == "customer"]
    return any(str(row[place]) in keys for row in answer.get("rows") or [] for place in places if place < len(row))
