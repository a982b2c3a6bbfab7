"""The panel in a real browser: what needs one, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from insights.identity import merge
from insights.models import AdSpend, Customer, DuplicatePair, Event, Merge, MergeHow, Message, Run, RunState
from tests.insights.panel import data

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
FAR = 20_000
"""Milliseconds that a slow machine may take to answer."""


@pytest.fixture
def visit(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page as the owner; what the browser complains of fails the test."""
    data.shop(16, 90)
    data.trained()
    data.synced()
    data.advertised()
    signed = Client()
    signed.force_login(User.objects.create_superuser("maya"))
    session = signed.cookies["sessionid"].value
    complaints: list[str] = []
    opened = []

    def visit(path: str = "", *, language: str = "en", **options: Any) -> Any:
        context = chromium.new_context(base_url=f"{live_server.url}/admin/insights/", **options)
        context.set_default_timeout(FAR)
        opened.append(context)
        context.add_cookies(
            [
                {"name": "sessionid", "value": session, "url": live_server.url},
                {"name": "django_language", "value": language, "url": live_server.url},
            ]
        )
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _matters(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    visit.complaints = complaints  # type: ignore[attr-defined]
    yield visit
    for context in opened:
        context.close()
    assert complaints == []


def _matters(said: Any) -> bool:
    """Django's admin has no icon, and every browser asks for one."""
    return said.type in ("error", "warning") and not said.location["url"].endswith("/favicon.ico")


def addresses() -> list[str]:
    someone, run = Customer.objects.order_by("pk")[0], Run.objects.filter(kind="training")[0]
    lost = Customer.objects.create(external_id="guest:" + "9" * 40, name="Wolfeschlegelstein" * 8, is_guest=True)
    data.twice()
    merge(Customer.objects.order_by("pk")[3], someone, how=MergeHow.HAND, by="maya")
    return [
        "", "?days=365", "customers/", f"customers/{someone.external_id}/", f"customers/{lost.external_id}/",
        "segments/", "segments/?by=cluster", "training/", f"training/{run.uid}/", "data/", "data/duplicates/",
        "data/bots/", "traffic/", "privacy/", "privacy/access-log/", "ask/",
    ]  # fmt: skip


def ask(page: Any, question: str) -> None:
    """Ask, and wait for the answer."""
    page.get_by_role("textbox").fill(question)
    page.keyboard.press("Enter")
    page.locator(".ins-thread[data-busy=no]").wait_for()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_nothing_is_wider_than_a_phone(visit: Callable[..., Any], language: str) -> None:
    data.waiting(RunState.RUNNING, started_at=timezone.now(), progress=0.4)
    data.waiting(RunState.FAILED, error="No such file: /very/long/path" * 9, started_at=timezone.now())
    page = visit(viewport={"width": 390, "height": 844}, language=language)
    for path in addresses():
        page.goto(path)
        assert page.evaluate(WIDER) <= 0, path
    ask(page, "Revenue by category last month compared with the month before")
    assert page.evaluate(WIDER) <= 0


def test_commands_to_type_are_no_wider_than_a_phone(visit: Callable[..., Any]) -> None:
    AdSpend.objects.all().delete()
    page = visit("traffic/", viewport={"width": 390, "height": 844})
    assert page.locator("pre.ins-code").is_visible()
    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("width", [390, 1440])
def test_a_long_amount_keeps_to_its_line_and_its_column(visit: Callable[..., Any], width: int) -> None:
    page = visit(viewport={"width": width, "height": 900})
    for amounts in (".ins-why > li > :first-child", ".ins-do__worth"):
        first = page.locator(amounts).first
        first.evaluate("amount => amount.firstChild.textContent = '−CHF 12,714,000'")
        assert first.evaluate(
            "amount => { const words = document.createRange(); words.selectNodeContents(amount.firstChild);"
            " const beside = amount.nextElementSibling.getBoundingClientRect();"
            " const [line, ...more] = words.getClientRects();"
            " return !more.length && (line.right <= beside.left || line.bottom <= beside.top); }"
        ), amounts


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_can_be_read(visit: Callable[..., Any], scheme: str) -> None:
    data.waiting(RunState.FAILED, error="The disk is full.", started_at=timezone.now())
    page = visit(color_scheme=scheme)
    for path in addresses():
        page.goto(path)
        assert page.evaluate(CONTRAST) == [], path
    page.evaluate(
        "document.querySelector('.ins-thread').insertAdjacentHTML('beforeend', '<p class=\"faint\">Faint</p>')"
    )
    page.evaluate("document.querySelector('.faint').style.color = 'rgb(128 128 128 / 60%)'")
    assert len(page.evaluate(CONTRAST)) == 1, "what cannot be read is found"


def test_a_reason_counts_after_all_and_is_taken_back_by_keyboard(visit: Callable[..., Any]) -> None:
    page = visit("data/bots/", viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="AI crawler: Count these after all").press("Enter")
    page.get_by_text("Done: 3 events are counted otherwise now").wait_for()
    assert Event.objects.filter(counts=True, bot="ai_crawler").count() == 3
    page.get_by_role("button", name="Undo: AI crawler").press("Enter")
    page.get_by_role("button", name="AI crawler: Count these after all").wait_for()
    assert not Event.objects.filter(counts=True, bot="ai_crawler").exists()
    assert page.evaluate(WIDER) <= 0


def test_two_are_joined_and_parted_by_keyboard(visit: Callable[..., Any]) -> None:
    data.twice()
    page = visit("data/duplicates/")
    page.locator("section.ins-card").first.get_by_role("button", name="Not the same").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert page.locator("section.ins-card").count() == 1
    assert Merge.objects.standing().count() == 1
    assert page.evaluate("document.activeElement.innerText") == "Undo"
    page.keyboard.press("Enter")
    page.get_by_text("97% likely one person").wait_for()
    assert not Merge.objects.standing().exists()
    assert DuplicatePair.objects.filter(state="open").count() == 2


def test_by_keyboard_each_stop_has_its_ring_and_definitions_open(visit: Callable[..., Any]) -> None:
    page = visit()
    ring = "() => { const s = getComputedStyle(document.activeElement); return `${s.outlineStyle} ${s.outlineWidth}`; }"
    inside = "() => Boolean(document.activeElement.closest('.ins'))"
    stops, opened = 0, set()
    for _ in range(80):
        page.keyboard.press("Tab")
        if not page.evaluate(inside):
            continue
        stops += 1
        assert page.evaluate(ring) == "solid 2px", page.evaluate("document.activeElement.outerHTML")[:200]
        if page.evaluate("document.activeElement.matches('.ins-def')"):
            tip = page.locator(".ins-def:focus > [role=tooltip]")
            tip.wait_for(state="visible")
            box = tip.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 1280
            opened.add(tip.get_attribute("id"))
            page.keyboard.press("Escape")
            assert page.locator(".ins-def:focus").count() == 0
    assert stops > 25
    assert len(opened) == 5


def test_a_day_of_the_chart_opens_its_box(visit: Callable[..., Any]) -> None:
    page = visit()
    day = page.locator(".ins-wide .k-day").nth(10)
    assert day.locator(".k-tip").evaluate("node => getComputedStyle(node).visibility") == "hidden"
    day.locator(".k-hit").hover()
    assert day.locator(".k-tip").evaluate("node => getComputedStyle(node).visibility") == "visible"


def test_a_choice_of_the_list_is_taken_at_once(visit: Callable[..., Any]) -> None:
    page = visit("customers/")
    with page.expect_navigation():
        page.get_by_label("Segment").select_option("champions")
    assert "segment=champions" in page.url


def test_a_run_is_watched_to_its_end(visit: Callable[..., Any]) -> None:
    run = data.waiting(RunState.RUNNING, started_at=timezone.now(), progress=0.2, message="Comparing methods")
    page = visit(f"training/{run.uid}/")
    assert page.get_by_role("progressbar").get_attribute("value") == "20"
    Run.objects.filter(pk=run.pk).update(progress=0.7)
    page.locator("progress[value='70']").wait_for()
    page.locator("[data-ins-live] + [role=status]").get_by_text("Segments: running, 70%").wait_for(state="attached")
    Run.objects.filter(pk=run.pk).update(state=RunState.DONE, finished_at=timezone.now())
    page.get_by_text("done").first.wait_for()
    assert page.get_by_role("progressbar").count() == 0


def test_a_chat_by_keyboard_alone(visit: Callable[..., Any]) -> None:
    page = visit("ask/")
    field = page.get_by_role("textbox")
    assert field.evaluate("node => node === document.activeElement")
    page.keyboard.type("How many orders")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("in total?")
    assert field.input_value() == "How many orders\nin total?"
    page.keyboard.press("Enter")
    page.locator(".ins-thread[data-busy=no]").wait_for()
    assert field.input_value() == ""
    assert Message.objects.get().question == "How many orders in total?"
    assert page.locator("#ins-said").inner_text() == page.locator("article .ins-answer__say").inner_text()
    assert page.locator("#ins-talks [aria-current]").inner_text().startswith("How many orders")
    assert page.url.endswith(f"/ask/{Message.objects.get().conversation.uid}/")
    follow_up = page.locator("article .ins-btn--long").first
    said = follow_up.inner_text()
    follow_up.focus()
    page.keyboard.press("Enter")
    page.locator("article").nth(1).locator(".ins-card__foot").wait_for()
    assert page.locator(".ins-q").nth(1).inner_text() == said
    assert Message.objects.values("conversation").distinct().count() == 1
    page.reload()
    assert page.locator("article").count() == 2


def test_enter_belongs_to_the_input_method_while_it_composes(visit: Callable[..., Any]) -> None:
    page = visit("ask/", language="zh-hans")
    field = page.get_by_role("textbox")
    field.fill("销售额")
    field.evaluate(
        "node => node.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    assert page.locator(".ins-q").count() == 0
    page.keyboard.press("Enter")
    page.locator("article .ins-card__foot").wait_for()
    assert "销售额" in page.locator("article").inner_text()


def test_feedback_and_what_a_part_is_changed_to(visit: Callable[..., Any]) -> None:
    page = visit("ask/")
    ask(page, "Revenue by category last month")
    right = page.get_by_role("button", name="Right")
    with page.expect_response("**/feedback/"):
        right.click()
    page.locator("button[value=right][aria-pressed=true]").wait_for()
    assert Message.objects.get().feedback == "right"
    page.locator("summary.ins-chip").first.click()
    page.get_by_role("button", name="By country?", exact=True).click()
    page.locator("article").nth(1).locator(".ins-card__foot").wait_for()
    assert "Country" in page.locator("article").nth(1).inner_text()


def test_a_slow_answer_can_be_stopped_and_asked_again(visit: Callable[..., Any]) -> None:
    page = visit("ask/")
    held: list[Any] = []
    page.route("**/stream/", lambda route: held.append(route))
    page.clock.install()
    page.get_by_role("textbox").fill("How many orders in total?")
    page.keyboard.press("Enter")
    page.get_by_text("Reading the question…").first.wait_for()
    page.get_by_role("textbox").fill("And something else?")
    page.keyboard.press("Enter")
    assert page.locator(".ins-q").count() == 1, "one question at a time"
    page.clock.fast_forward(7000)
    page.get_by_text("Still at it.").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").first.wait_for()
    assert page.get_by_role("textbox").input_value() == "And something else?", "what is being typed stays"
    page.unroute("**/stream/")
    page.get_by_role("button", name="Ask again").click()
    page.locator("article .ins-card__foot").wait_for()
    assert page.locator("article").last.get_by_text("Answered by rules").count() == 1
    assert [message.question for message in Message.objects.all()] == ["How many orders in total?"]


def sends(answer: dict[str, Any] | None) -> Callable[[Any], None]:
    """A server that answers so; None is no server."""
    return lambda route: route.fulfill(**answer) if answer else route.abort()


def test_a_stream_that_breaks_says_so(visit: Callable[..., Any]) -> None:
    page = visit("ask/")
    stream = {"status": 200, "content_type": "text/event-stream"}
    for answer, said in [
        (stream | {"body": 'event: plan\ndata: {"html": ""}\n\n'}, "did not arrive"),
        (stream | {"body": ""}, "did not arrive"),
        (stream | {"body": 'event: error\ndata: {"text": "No key."}\n\n'}, "No key."),
        ({"status": 403, "body": "no"}, "signed out"),
        (None, "did not arrive"),
    ]:
        page.unroute("**/stream/")
        page.route("**/stream/", sends(answer))
        ask(page, "How many orders in total?")
        card = page.locator("article").last
        assert said in card.inner_text()
        assert said in page.locator("#ins-said").inner_text()
        assert card.get_by_role("button", name="Ask again").count() == 1
    visit.complaints[:] = [text for text in visit.complaints if "Failed to load resource" not in text]  # type: ignore[attr-defined]


def test_without_scripts_the_chat_and_the_lists_still_work(visit: Callable[..., Any]) -> None:
    page = visit("ask/", java_script_enabled=False)
    page.get_by_role("textbox").fill("How many orders in total?")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator("article .ins-card__foot").wait_for()
    page.locator("article .ins-btn--long").first.click()
    page.locator("article").nth(1).wait_for()
    page.goto("customers/")
    page.get_by_label("Segment").select_option("champions")
    page.get_by_role("button", name="Search").click()
    assert "segment=champions" in page.url


def test_a_dark_page_prints_on_white_paper(visit: Callable[..., Any]) -> None:
    page = visit(color_scheme="dark")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    look = "() => { const s = getComputedStyle(document.querySelector('.ins-card')); return [s.backgroundColor, s.color]; }"
    ground, ink = page.evaluate(look)
    assert ground == "rgb(255, 255, 255)"
    assert ink == "rgb(51, 51, 51)"
    assert page.locator(".ins-nav").is_hidden()
