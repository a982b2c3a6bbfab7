from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from insights.consent import (
    MAY_BE_PROFILED,
    PERSONAL_COOKIE,
    may_personalise,
    may_write_to,
    switch_personal,
    tracking_mode,
)
from insights.models import Customer


def yes(request: object) -> bool:
    return True


def no(request: object) -> bool:
    return False


HERE = "tests.insights.test_consent"


@pytest.mark.parametrize(
    ("settings_tree", "headers", "mode"),
    [
        ({}, {}, "cookieless"),
        ({"CONSENT": f"{HERE}.yes"}, {}, "full"),
        ({"CONSENT": f"{HERE}.no"}, {}, "none"),
        ({"CONSENT": f"{HERE}.yes"}, {"Sec-GPC": "1"}, "none"),
        ({"CONSENT": f"{HERE}.yes"}, {"DNT": "1"}, "none"),
        ({"CONSENT": f"{HERE}.yes", "TRACKING": "cookieless"}, {}, "cookieless"),
        ({"CONSENT": f"{HERE}.yes", "TRACKING": "none"}, {}, "none"),
        ({"TRACKING": "none"}, {}, "none"),
    ],
)
def test_tracking_mode__takes_the_strictest(
    settings: object, settings_tree: dict[str, object], headers: dict[str, str], mode: str
) -> None:
    settings.INSIGHTS = settings_tree  # type: ignore[attr-defined]
    assert tracking_mode(RequestFactory().get("/", headers=headers)) == mode


def test_may_personalise__heeds_the_cookie_and_the_objection() -> None:
    request = RequestFactory().get("/")
    assert may_personalise(request)
    request.COOKIES[PERSONAL_COOKIE] = "off"
    assert not may_personalise(request)
    assert not may_personalise(None, Customer(objects_to_profiling=True))


def test_switch_personal__sets_a_first_party_cookie() -> None:
    response = HttpResponse()
    switch_personal(response, on=False, secure=True)
    cookie = response.cookies[PERSONAL_COOKIE]
    assert (cookie.value, cookie["samesite"], bool(cookie["secure"])) == ("off", "Lax", True)


@pytest.mark.parametrize(("answer", "may"), [(True, True), (False, False), (None, False)])
def test_may_write_to__silence_is_no_consent(answer: bool | None, may: bool) -> None:
    assert may_write_to(Customer(accepts_marketing=answer)) is may


@pytest.mark.django_db
def test_an_objection_holds_for_the_person_under_every_name() -> None:
    kept = Customer.objects.create(external_id="kept")
    Customer.objects.create(external_id="fine", merged_into=kept)
    assert may_personalise(None, kept)
    assert kept in Customer.objects.filter(MAY_BE_PROFILED)
    Customer.objects.create(external_id="objects", merged_into=kept, objects_to_profiling=True)
    assert not may_personalise(None, kept)
    assert kept not in Customer.objects.filter(MAY_BE_PROFILED)
