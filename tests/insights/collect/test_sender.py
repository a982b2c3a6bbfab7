from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from insights.collect import VISITOR_COOKIE, recognise, track
from insights.collect.sender import remember_sender, sender_of
from insights.models import Visitor
from tests.insights.collect.requests import person, visit

pytestmark = pytest.mark.django_db


def test_recognise__writes_nothing() -> None:
    recognise(visit())
    recognise(visit(agree=None))
    assert not Visitor.objects.exists()


def test_recognise__cookieless_is_the_same_for_a_day_and_differs_by_browser_and_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = recognise(visit(agree=None))
    assert (first.mode, first.visitor) == ("cookieless", None)
    assert first.session_key == recognise(visit(agree=None)).session_key
    assert first.session_key != recognise(visit(agree=None, **{"User-Agent": "Safari"})).session_key
    behind = [recognise(visit(agree=None, **{"X-Forwarded-For": f"1.1.1.1, 9.9.9.{n}"})).session_key for n in (1, 2, 1)]
    assert behind[0] == behind[2] != behind[1]
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr("insights.collect.browser.timezone.localdate", lambda *_: tomorrow)
    assert first.session_key != recognise(visit(agree=None)).session_key


def test_recognise__after_a_refusal_there_is_nothing() -> None:
    known = recognise(visit(agree=False, cookie="k"))
    assert (known.mode, known.visitor, known.session_key) == ("none", None, "")


def test_sender_of__a_new_browser_gets_a_key_and_the_cookie_finds_it_again() -> None:
    request = visit()
    sender = sender_of(request)
    response = HttpResponse()
    remember_sender(response, request, sender)
    cookie = response.cookies[VISITOR_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert sender.visitor_key
    back = visit(cookie=sender.visitor_key)
    assert sender_of(back) == sender
    response = HttpResponse()
    remember_sender(response, back, sender_of(back))
    assert not response.cookies
    assert not Visitor.objects.exists(), "who reads the inbox makes the row"


def test_remember_sender__takes_the_cookie_of_one_who_refuses() -> None:
    request = visit(agree=False, cookie="k")
    response = HttpResponse()
    remember_sender(response, request, sender_of(request))
    assert response.cookies[VISITOR_COOKIE]["max-age"] == 0


def test_sender_of__a_visitor_from_a_data_centre_is_a_machine_until_somebody_signs_in(
    settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "clouds.txt").write_text("203.0.113.0/24")
    settings.INSIGHTS = {**settings.INSIGHTS, "COLLECT": {"DATA_CENTRES": [str(tmp_path / "clouds.txt")]}}
    user, customer = person("kim")
    there = {"X-Forwarded-For": "203.0.113.9"}
    stranger = track("view_item", request=visit(**there))
    assert stranger is not None
    assert (stranger.bot, stranger.counts, stranger.visitor) == ("data_centre", False, None)
    known = track("view_item", request=visit(user, **there))
    assert known is not None
    assert (known.bot, known.counts, known.customer) == ("", True, customer)
    assert sender_of(visit(**{"X-Forwarded-For": "198.51.100.9"})).bot == ""
