"""The public verb: a question in, an answer out, remembered in its conversation."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from insights.analytics import today
from insights.assistant import memory
from insights.assistant.actions import Asker, refuse
from insights.assistant.answer import Answer
from insights.assistant.bridge import AnswerTimeoutError
from insights.assistant.guard import may_ask, may_see_people
from insights.conf import settings
from insights.exceptions import InsightsError
from insights.models import Act, Customer
from insights.privacy import record, shows_people

logger = logging.getLogger(__name__)

LONGEST_QUESTION = 1000


def ask(
    text: str,
    *,
    user: Any = None,
    language: str | None = None,
    as_of: datetime | None = None,
    conversation: str | None = None,
) -> Answer:
    """Answer a question about the shop.

    Args:
        text: the question, in English or Chinese.
        user: who asks; None is the command line, which may see everything.
        language: of the answer, ``"en"`` or ``"zh"``; by default that of the question.
        as_of: the moment up to which facts are known; now, when None.
        conversation: the id of an earlier answer's conversation, to go on from it.

    Raises:
        InsightsError: the conversation is unknown or somebody else's.
    """
    for event in stream(text, user=user, language=language, as_of=as_of, conversation=conversation):
        if event["type"] == "done":
            answer = event["answer"]
            assert isinstance(answer, Answer)
            return answer
    raise InsightsError("The answer was lost on the way. Ask again.")


def stream(
    text: str,
    *,
    user: Any = None,
    language: str | None = None,
    as_of: datetime | None = None,
    conversation: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Answer a question step by step.

    Gives ``{"type": "plan", "tool", "arguments"}`` when the question is understood,
    ``{"type": "data", "answer": {…}}`` when the figures are there, and last
    ``{"type": "done", "answer": Answer}``.
    """
    from insights.assistant.agent import converse
    from insights.assistant.language import detect

    started = time.monotonic()
    question = " ".join(text.split())[:LONGEST_QUESTION]
    spoken = language or detect(question) or "en"
    asker = Asker(user, today(as_of), as_of, spoken)
    if not may_ask(user):
        yield {"type": "done", "answer": _refused(asker, "permission")}
        return
    talk = memory.open_conversation(conversation, user, question, spoken)
    answer: Answer | None = None
    try:
        for event in converse(
            question,
            asker,
            values=_values(asker),
            previous=memory.last_reading(talk),
            history=memory.history(talk),
        ):
            if event["type"] == "answer":
                answer = event["answer"]
            else:
                yield event
    except AnswerTimeoutError:
        answer = _refused(asker, "timeout")
    except RecursionError:
        answer = _refused(asker, "too_many_steps")
    except ImportError as error:
        logger.error(
            "The model “%s” cannot be used: %s See manage.py insights_doctor.", settings.ASSISTANT.MODEL, error
        )
        answer = _refused(asker, "failed")
    except Exception as error:
        # What a provider raises differs from one to the next; none of it may reach the reader.
        # Where it happened is logged, and not what it says: that may hold a key or a name.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("The assistant failed: %s\n%s", type(error).__name__, where)
        answer = _refused(asker, "failed")
    assert answer is not None
    _record(user, answer)
    memory.remember(talk, question, answer, time.monotonic() - started)
    yield {"type": "done", "answer": answer}


def _refused(asker: Asker, reason: str) -> Answer:
    with asker.speaking():
        answer = refuse(asker, reason)
    answer.plan = {"tool": "refuse", "arguments": {"reason": reason}}
    answer.language = asker.language
    return answer


def _record(user: Any, answer: Answer) -> None:
    """Write down of whom an answer speaks: of one person, or of several where they can be recognised."""
    if answer.plan.get("customer"):
        person = Customer.objects.filter(external_id=answer.plan["customer"]).order_by("pk").first()
        record(Act.ASKED_ABOUT_PERSON, user, "ask", about=person or "")
    elif shows_people(answer.columns) and may_see_people(user):
        record(Act.ASKED_ABOUT_PERSON, user, "ask", rows=len(answer.rows))


def _values(asker: Asker) -> dict[str, Any]:
    from insights.assistant.actions import shop_values

    return shop_values()
