"""The chat: conversations, a question, and its answer as it is made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from insights.conf import settings
from insights.exceptions import InsightsError
from insights.models import Act, Conversation, Message
from insights.panel.access import ASK, demand
from insights.panel.answers import speaking, table_of, view
from insights.panel.page import Page, link
from insights.panel.tables import csv_file
from insights.panel.understood import chips
from insights.privacy import record, shows_people

TALKS = 30
LONGEST = 1000


def ask(request: HttpRequest) -> Page | HttpResponseBase:
    """A new conversation; with a POST its first question, for browsers without scripts."""
    if request.method == "POST":
        return _answered(request, None)
    return Page("ask.html", _("Ask"), {**_frame(request, None), "starters": _starters()})


def conversation(request: HttpRequest, uid: UUID) -> Page | HttpResponseBase:
    """A conversation with all its answers; with a POST the next question."""
    found = _own(request, uid)
    if request.method == "POST":
        return _answered(request, found)
    turns = [(message, view(request, message)) for message in found.messages.all()]
    return Page("ask.html", str(found)[:60], {**_frame(request, found), "turns": turns})


def stream(request: HttpRequest) -> HttpResponseBase:
    """A question answered step by step, as server-sent events."""
    demand(request, ASK)
    response = StreamingHttpResponse(_events(request, translation.get_language()), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"
    return response


def feedback(request: HttpRequest, message: int) -> HttpResponseBase:
    """Whether an answer was right."""
    demand(request, ASK)
    found = _message(request, message)
    value = request.POST.get("value", "")
    found.feedback = value if value in ("right", "wrong") else ""
    found.save(update_fields=["feedback"])
    if request.headers.get("Accept", "").startswith("application/json"):
        return HttpResponse(status=204)
    return HttpResponseRedirect(f"{link(request, 'conversation', found.conversation.uid)}#m{found.pk}")


def answer_csv(request: HttpRequest, message: int) -> HttpResponseBase:
    """The rows of an answer as a file."""
    found = _message(request, message)
    if not found.answer.get("rows"):
        raise Http404
    if found.answer["plan"].get("customer") or shows_people(found.answer["columns"]):
        record(Act.EXPORTED_CSV, request.user, "ask", rows=len(found.answer["rows"]))
    with speaking(found.answer):
        table = table_of(found.answer)
        return csv_file("answer", [column.label for column in table.columns], table.rows)


def _frame(request: HttpRequest, current: Conversation | None) -> dict[str, Any]:
    return {
        "talks": _talks(request, current),
        "current": current,
        "here": link(request, "conversation", current.uid) if current else link(request, "ask"),
        "stream": link(request, "ask_stream"),
        "patience": settings.ASSISTANT.TIMEOUT + 5,
        "outside": _model(),
        "longest": LONGEST,
    }


def _talks(request: HttpRequest, current: Conversation | None) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The latest conversations of the one who asks, by how long ago they were."""
    today = timezone.localdate()
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    for talk in Conversation.objects.filter(user_key=str(request.user.pk))[:TALKS]:
        days = (today - timezone.localdate(talk.updated_at)).days
        name = _("Today") if days <= 0 else _("This week") if days < 7 else _("Earlier")
        groups.setdefault(name, []).append((str(talk), link(request, "conversation", talk.uid), talk == current))
    return list(groups.items())


def _starters() -> list[str]:
    return [
        _("What was our revenue last month, compared with the month before?"),
        _("Top 10 products in the last 90 days"),
        _("Revenue by country this year"),
        _("Which loyal customers are about to leave?"),
        _("How many new customers each month in the last 12 months?"),
        _("What is the repeat rate by category?"),
    ]


def _question(request: HttpRequest) -> str:
    return (request.POST.get("again") or request.POST.get("q", "")).strip()[:LONGEST]


def _answered(request: HttpRequest, found: Conversation | None) -> HttpResponseBase:
    demand(request, ASK)
    question = _question(request)
    if not question:
        return HttpResponseRedirect(link(request, "conversation", found.uid) if found else link(request, "ask"))
    from insights.assistant import ask as ask_assistant

    answer = ask_assistant(question, user=request.user, conversation=str(found.uid) if found else None)
    message = _last(request, answer.conversation)
    return HttpResponseRedirect(
        f"{link(request, 'conversation', answer.conversation)}#m{message.pk if message else ''}"
    )


def _events(request: HttpRequest, language: str | None) -> Iterator[str]:
    """What the script of the page puts in: chips first, then the whole answer."""
    from insights.assistant import stream as stream_answer

    question, uid = _question(request), request.POST.get("conversation") or None
    try:
        for event in stream_answer(question, user=request.user, conversation=uid):
            if event["type"] == "plan":
                with translation.override(language):
                    html = render_to_string("insights/panel/parts/chips.html", {"chips": chips(event)}, request)
                yield _event("plan", {"html": html})
            elif event["type"] == "data" and _model() and event["answer"].get("rows"):
                # A language model takes seconds to put into words what is already counted.
                with translation.override(language):
                    yield _event("data", {"html": _drafted(request, question, event["answer"])})
            elif event["type"] == "done":
                answer = event["answer"]
                talk = answer.conversation if hasattr(answer, "conversation") else answer["conversation"]
                with translation.override(language):
                    yield _event("answer", _rendered(request, talk))
    except InsightsError as error:
        yield _event("error", {"text": str(error)})


def _model() -> str | None:
    """The language model that words the answers; None is our own one."""
    return settings.ASSISTANT.MODEL


def _drafted(request: HttpRequest, question: str, answer: dict[str, Any]) -> str:
    """The figures of an answer whose words are still to come."""
    message = Message(question=question, answer=answer, asked_at=timezone.now())
    context = {"turn": message, "answer": view(request, message)}
    return render_to_string("insights/panel/parts/answer.html", context, request)


def _rendered(request: HttpRequest, talk: str) -> dict[str, str]:
    message = _last(request, talk)
    if message is None:
        return {"html": "", "url": link(request, "ask"), "conversation": ""}
    context = {"turn": message, "answer": view(request, message), "outside": _model()}
    return {
        "html": render_to_string("insights/panel/parts/answer.html", context, request),
        "url": link(request, "conversation", talk),
        "conversation": talk,
    }


def _event(name: str, data: dict[str, str]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _own(request: HttpRequest, uid: UUID) -> Conversation:
    return get_object_or_404(Conversation, uid=uid, user_key=str(request.user.pk))


def _message(request: HttpRequest, pk: int) -> Message:
    return get_object_or_404(
        Message.objects.select_related("conversation"), pk=pk, conversation__user_key=str(request.user.pk)
    )


def _last(request: HttpRequest, talk: str) -> Message | None:
    if not talk:
        return None
    found = Message.objects.filter(conversation__uid=talk, conversation__user_key=str(request.user.pk))
    return found.select_related("conversation").order_by("-pk").first()
