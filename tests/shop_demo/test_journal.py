from __future__ import annotations

from collections.abc import Callable
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.http import HttpRequest

from shop_demo import journal
from shop_demo.models import Event, Product

Visit = Callable[..., HttpRequest]
PHONE = "Mozilla/5.0 (iPhone) Mobile/15E148"


@pytest.mark.parametrize("consent", ["", "none"])
def test_record__without_a_yes_nothing_tells_who_it_was(
    visit: Visit, product: Callable[..., Product], consent: str
) -> None:
    user = User.objects.create(username="a")
    request = visit(user, consent, referer="https://elsewhere.example/x", **{"user-agent": PHONE})
    journal.note_source(request)
    journal.record(request, "view_item", product=product())
    event = Event.objects.get()
    assert (event.name, event.product is not None, event.path) == ("view_item", True, "/")
    assert not any([event.session_key, event.user_id, event.referrer, event.user_agent, event.device, event.utm_source])
    assert "visitor" not in request.session


def test_record__with_a_yes_the_visit_hangs_together(visit: Visit) -> None:
    user = User.objects.create(username="a")
    request = visit(user, "all", "/?utm_source=letter&utm_medium=email", **{"user-agent": PHONE})
    request.META["HTTP_REFERER"] = "https://elsewhere.example/path?secret=1"
    journal.note_source(request)
    journal.record(request, "page_view")
    journal.record(request, "search", query="q" * 500)
    first, second = Event.objects.order_by("pk")
    assert first.session_key == second.session_key != ""
    assert (first.user, first.utm_source, first.utm_medium, first.device) == (user, "letter", "email", "mobile")
    assert first.referrer == "https://elsewhere.example/path"
    assert len(second.query) == 200


def test_record__global_privacy_control_is_a_no_until_the_owner_says_otherwise(visit: Visit) -> None:
    journal.record(visit(**{"Sec-GPC": "1"}), "page_view")
    journal.record(visit(consent="all", **{"Sec-GPC": "1"}), "page_view")
    assert [bool(event.session_key) for event in Event.objects.order_by("pk")] == [False, True]


def test_record__account_pages_are_not_named(visit: Visit) -> None:
    journal.record(visit(consent="all", path="/account/orders/FK1/"), "page_view")
    assert Event.objects.get().path == "/account/"


def test_record__a_log_that_cannot_be_written_stops_nothing(visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    with mock.patch.object(Event, "save", side_effect=DatabaseError):
        journal.record(visit(), "purchase")
    assert "purchase could not be written" in caplog.text
    assert User.objects.count() == 0, "the transaction is whole"


@pytest.mark.parametrize(
    ("agent", "device"), [(PHONE, "mobile"), ("Mozilla/5.0 (iPad) Mobile", "tablet"), ("Firefox", "desktop")]
)
def test_record__devices(visit: Visit, agent: str, device: str) -> None:
    journal.record(visit(consent="all", **{"user-agent": agent}), "page_view")
    assert Event.objects.get().device == device


def test_note_source__links_within_the_shop_are_no_source(visit: Visit) -> None:
    request = visit(consent="all", referer="http://testserver/c/green/")
    journal.note_source(request)
    assert journal.source(request) == {}
