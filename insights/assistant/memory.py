"""Conversations: what was asked before, by whom, and how it was understood."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from insights.assistant.answer import Answer
from insights.assistant.language import Reading
from insights.contacts import are_hashed
from insights.exceptions import InsightsError
from insights.masking import GAP, without_addresses
from insights.models import Conversation, Message


def user_key(user: Any) -> str:
    """The asker's key as text; empty on the command line."""
    return "" if user is None else str(user.pk)


def open_conversation(uid: str | None, user: Any, question: str, language: str) -> Conversation:
    """The conversation to go on with, or a new one.

    Raises:
        InsightsError: there is none with that id, or it is somebody else's.
    """
    if uid is None:
        return Conversation(user_key=user_key(user), title=question[:200], language=language)
    try:
        conversation = Conversation.objects.filter(uid=UUID(str(uid))).first()
    except ValueError:
        conversation = None
    if conversation is None or (user is not None and conversation.user_key != user_key(user)):
        raise InsightsError(f"There is no conversation “{uid}”. Leave it out to begin a new one.")
    return conversation


def last_reading(conversation: Conversation) -> Reading | None:
    """How the last question that was answered was understood."""
    if conversation.pk is None:
        return None
    for message in conversation.messages.order_by("-pk")[:5]:
        plan = message.answer.get("plan") or {}
        if plan.get("tool") and plan["tool"] not in ("refuse", "clarify"):
            return Reading(plan["tool"], plan.get("arguments", {}), message.answer.get("language", "en"))
    return None


def history(conversation: Conversation, limit: int = 6) -> list[tuple[str, str]]:
    """The last questions with the texts of their answers, oldest first."""
    if conversation.pk is None:
        return []
    messages = list(conversation.messages.order_by("-pk")[:limit])
    return [(message.question, message.answer.get("text", "")) for message in reversed(messages)]


def remember(conversation: Conversation, question: str, answer: Answer, seconds: float) -> None:
    """Keep a question with its answer; where addresses are kept as hashes alone, without those."""
    who = str(answer.plan.get("customer") or "")
    conversation.title = _kept(conversation.title, who)
    conversation.save()
    answer.conversation = str(conversation.uid)
    Message.objects.create(
        conversation=conversation,
        question=_kept(question, who),
        answer=_kept(answer.as_dict(), who),
        seconds=seconds,
    )


def _kept(said: Any, who: str) -> Any:
    """What may be stored of plain data: the customer's key in the place of an address, so that the talk can go on."""
    if not are_hashed():
        return said
    if isinstance(said, dict):
        return {key: _kept(value, who) for key, value in said.items()}
    if isinstance(said, list):
        return [_kept(value, who) for value in said]
    return without_addresses(said, who or GAP) if isinstance(said, str) else said
