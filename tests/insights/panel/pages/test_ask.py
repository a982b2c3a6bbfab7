from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from insights import formats
from insights.exceptions import InsightsError
from insights.models import Conversation, Message, Order
from tests.insights.panel.html import faults, read

pytestmark = pytest.mark.django_db
URL = "/admin/insights/ask/"


def events(client: Client, **sent: str) -> list[tuple[str, dict[str, Any]]]:
    text = b"".join(client.post(f"{URL}stream/", sent).streaming_content).decode()  # type: ignore[arg-type]
    parts = [part.split("\n", 1) for part in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parts]


def test_a_question_and_its_answer_without_scripts(owner: Client, world: None) -> None:
    page = owner.post(URL, {"q": "How many orders in total?"}, follow=True).content.decode()
    assert formats.number(Order.objects.filter(counts=True).count()) in page
    assert "How I understood this" in page
    assert faults(page) == []
    assert "How many orders in total?" in read(page).every("title")[0].text


def test_the_stream_says_how_it_understood_and_then_answers(owner: Client, world: None) -> None:
    [(plan, chips), (answer, made)] = events(owner, q="Revenue by category last month")
    assert (plan, answer) == ("plan", "answer")
    assert "Category" in chips["html"]
    message = Message.objects.get()
    assert made["conversation"] == str(message.conversation.uid)
    assert made["url"] == f"{URL}{message.conversation.uid}/"
    assert faults(f'<h1>A</h1><form id="ins-ask"></form><div class="ins">{made["html"]}</div>') == []


def test_the_stream_and_the_page_show_the_same(owner: Client, world: None) -> None:
    made = events(owner, q="Revenue by category last month")[-1][1]
    shown = read(owner.get(made["url"]).content.decode()).every("article")[0]
    assert shown.text.split() == read(made["html"]).every("article")[0].text.split()


def test_a_follow_up_leans_on_the_question_before(owner: Client, world: None) -> None:
    first = events(owner, q="Revenue last month")[-1][1]
    second = events(owner, q="And by category?", conversation=first["conversation"])[-1][1]
    assert second["conversation"] == first["conversation"]
    assert "Category" in second["html"]
    assert Conversation.objects.count() == 1


def test_a_suggestion_is_asked_instead_of_the_field(owner: Client, world: None) -> None:
    events(owner, q="", again="How many orders in total?")
    assert Message.objects.get().question == "How many orders in total?"


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_nothing_asked_is_no_message(owner: Client, world: None, question: str) -> None:
    assert owner.post(URL, {"q": question}).status_code == 302
    assert Message.objects.count() == 0


def test_a_long_question_is_cut_and_not_refused(owner: Client, world: None) -> None:
    owner.post(URL, {"q": "How many orders? " * 500})
    assert len(Message.objects.get().question) <= 1000


def test_a_refusal_gives_no_figure_and_offers_others(owner: Client, world: None) -> None:
    made = events(owner, q="What is the weather?")[-1][1]["html"]
    assert "Close to it, and ready:" in made
    assert "How I understood this" not in made
    assert 'name="again"' in made


def test_what_is_asked_is_shown_as_text(owner: Client, world: None) -> None:
    page = owner.post(URL, {"q": "<script>alert(1)</script> orders?"}, follow=True).content.decode()
    assert "<script>alert" not in page


def test_conversations_are_ones_own(owner: Client, world: None) -> None:
    other = User.objects.create_superuser("other")
    talk = Conversation.objects.create(user_key=str(other.pk), title="Secret")
    message = Message.objects.create(conversation=talk, question="?", answer={"rows": [[1]], "columns": []})
    for path in (f"{talk.uid}/", f"message/{message.pk}/csv/"):
        assert owner.get(URL + path).status_code == 404
    assert owner.post(f"{URL}message/{message.pk}/feedback/", {"value": "right"}).status_code == 404
    assert events(owner, q="Orders?", conversation=str(talk.uid))[-1][0] == "error"
    assert "Secret" not in owner.get(URL).content.decode()


def test_feedback_is_kept_and_can_be_taken_back(owner: Client, world: None) -> None:
    events(owner, q="How many orders in total?")
    message = Message.objects.get()
    address = f"{URL}message/{message.pk}/feedback/"
    for value, kept in [("right", "right"), ("wrong", "wrong"), ("nonsense", ""), ("right", "right"), ("", "")]:
        assert owner.post(address, {"value": value}, headers={"accept": "application/json"}).status_code == 204
        message.refresh_from_db()
        assert message.feedback == kept
    assert owner.post(address, {"value": "right"})["Location"].endswith(f"#m{message.pk}")
    assert owner.get(address).status_code == 403


def test_the_file_has_the_rows(owner: Client, world: None) -> None:
    made = events(owner, q="Revenue by category last month")[-1][1]
    message = Message.objects.get()
    assert f"{URL}message/{message.pk}/csv/" in made["html"]
    text = b"".join(owner.get(f"{URL}message/{message.pk}/csv/").streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Category", "Revenue"]
    assert [[row[0], float(row[1])] for row in rows[1:]] == message.answer["rows"]


def test_an_answer_without_rows_has_no_file(owner: Client, world: None) -> None:
    events(owner, q="What is the weather?")
    assert owner.get(f"{URL}message/{Message.objects.get().pk}/csv/").status_code == 404


def test_a_chinese_question_is_answered_in_chinese_on_an_english_page(owner: Client, world: None) -> None:
    made = events(owner, q="上个月的销售额是多少？")[-1][1]["html"]
    article = read(made).every("article")[0]
    assert article.attributes["lang"] == "zh-Hans"
    assert "销售额" in article.text
    assert "How I understood this" in article.text, "the page itself stays in the language of the reader"


def test_the_figures_are_shown_while_a_model_looks_for_words(
    owner: Client, world: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("insights.panel.pages.ask"), "_model", lambda: "ollama:tiny")
    names = [name for name, _ in events(owner, q="Revenue by category last month")]
    assert names == ["plan", "data", "answer"]


def test_what_goes_wrong_is_said_and_the_stream_ends(
    owner: Client, world: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from insights import assistant

    def broken(*arguments: Any, **named: Any) -> Iterator[dict[str, Any]]:
        raise InsightsError("The key of the provider is wrong.")
        yield {}

    monkeypatch.setattr(assistant, "stream", broken)
    assert events(owner, q="Orders?") == [("error", {"text": "The key of the provider is wrong."})]


def test_who_may_not_ask_may_not_stream(world: None, clerk: Callable[..., Client]) -> None:
    assert clerk("view_insights").post(f"{URL}stream/", {"q": "Orders?"}).status_code == 403
    assert Client().post(f"{URL}stream/", {"q": "Orders?"}).status_code == 302
    assert Message.objects.count() == 0
