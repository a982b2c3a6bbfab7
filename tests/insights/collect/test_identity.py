from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from insights.collect import VISITOR_COOKIE, recognise, stitch, track, unstitch
from insights.collect.hosts import customer_of
from insights.collect.identity import greet, remember
from insights.models import Customer, Event, IdentityLink, Visit, Visitor

pytestmark = pytest.mark.django_db


def visit(user: User | None = None, *, cookie: str = "", agree: bool | None = True, **headers: str) -> HttpRequest:
    choice = {True: "shop_consent=all", False: "shop_consent=none", None: "a=b"}[agree]
    key = f"; {VISITOR_COOKIE}={Signer(salt='insights.visitor').sign(cookie)}" if cookie else ""
    request = RequestFactory().get("/", headers={"User-Agent": "Firefox", "Cookie": choice + key, **headers})
    request.user = user or AnonymousUser()
    return request


def person(name: str) -> tuple[User, Customer]:
    user = User.objects.create(username=name)
    return user, Customer.objects.create(external_id=str(user.pk))


def test_customer_of__the_account_of_the_adapter() -> None:
    user, customer = person("kim")
    assert customer_of(user) == customer
    assert customer_of(AnonymousUser()) is None
    assert customer_of(User.objects.create(username="new")) is None
    into = Customer.objects.create(external_id="other")
    Customer.objects.filter(pk=customer.pk).update(merged_into=into)
    assert customer_of(user) == into


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
    monkeypatch.setattr("insights.collect.identity.timezone.localdate", lambda *_: tomorrow)
    assert first.session_key != recognise(visit(agree=None)).session_key


def test_recognise__after_a_refusal_there_is_nothing() -> None:
    known = recognise(visit(agree=False, cookie="k"))
    assert (known.mode, known.visitor, known.session_key) == ("none", None, "")


def test_greet__makes_a_visitor_and_the_cookie_finds_it_again() -> None:
    request = visit()
    known = greet(request)
    response = HttpResponse()
    remember(response, request, known)
    cookie = response.cookies[VISITOR_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert known.visitor is not None
    again = greet(visit(cookie=known.visitor.key))
    assert again.visitor == known.visitor
    assert again.session_key == known.session_key
    response = HttpResponse()
    remember(response, visit(cookie=known.visitor.key), again)
    assert not response.cookies
    assert Visitor.objects.count() == 1


def test_greet__a_forged_cookie_is_nobodys() -> None:
    Visitor.objects.create(key="victim", first_seen=timezone.now(), last_seen=timezone.now())
    request = visit()
    request.COOKIES[VISITOR_COOKIE] = "victim:forged"
    known = greet(request)
    assert known.visitor is not None
    assert known.visitor.key != "victim"


def test_greet__no_row_for_a_machine_nor_without_consent() -> None:
    greet(visit(**{"User-Agent": "Googlebot/2.1"}))
    greet(visit(), automated=True)
    greet(visit(agree=None))
    greet(visit(agree=False))
    assert not Visitor.objects.exists()


def test_remember__takes_the_cookie_of_one_who_refuses() -> None:
    request = visit(agree=False, cookie="k")
    response = HttpResponse()
    remember(response, request, greet(request))
    assert response.cookies[VISITOR_COOKIE]["max-age"] == 0


def test_greet__signing_in_joins_what_was_done_before() -> None:
    user, customer = person("kim")
    before = track("view_item", request=visit())
    assert before is not None
    assert before.visitor is not None
    assert before.customer is None
    known = greet(visit(user, cookie=before.visitor.key))
    assert known.visitor == before.visitor
    before.refresh_from_db()
    assert before.customer == customer
    assert Visit.objects.get().customer == customer
    assert IdentityLink.objects.get().how == "login"
    greet(visit(user, cookie=before.visitor.key))
    assert IdentityLink.objects.count() == 1


def test_greet__a_second_person_at_the_browser_is_another_visitor() -> None:
    (kim, _), (lee, other) = person("kim"), person("lee")
    first = greet(visit(kim))
    assert first.visitor is not None
    second = greet(visit(lee, cookie=first.visitor.key))
    assert second.visitor != first.visitor
    assert second.visitor is not None
    assert second.visitor.customer == other
    with pytest.raises(ValueError, match="another customer"):
        stitch(first.visitor, other, how="login")


def test_unstitch__gives_back_what_came_from_the_stitch_alone() -> None:
    user, customer = person("kim")
    before = track("view_item", request=visit())
    assert before is not None
    assert before.visitor is not None
    after = track("view_cart", request=visit(user, cookie=before.visitor.key))
    assert after is not None
    assert Event.objects.filter(customer=customer).count() == 2
    link = IdentityLink.objects.get()
    unstitch(link)
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.customer, after.customer) == (None, customer)
    assert Visitor.objects.get().customer is None
    undone = link.undone_at
    unstitch(link)
    assert link.undone_at == undone is not None
