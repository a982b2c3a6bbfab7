from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.signals import user_logged_out
from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from insights.cleaning import redraw_visits
from insights.collect import VISITOR_COOKIE, recognise, stitch, track, unstitch
from insights.collect.hosts import customer_of
from insights.collect.identity import greet, remember_sender, sender_of
from insights.consent import BROWSER, subject_hash
from insights.models import Customer, Event, IdentityLink, Suppression, Visit, Visitor

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


def test_greet__makes_a_visitor_that_is_found_again() -> None:
    known = greet(visit())
    assert known.visitor is not None
    again = greet(visit(cookie=known.visitor.key))
    assert again.visitor == known.visitor
    assert again.session_key == known.session_key
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


def test_remember_sender__takes_the_cookie_of_one_who_refuses() -> None:
    request = visit(agree=False, cookie="k")
    response = HttpResponse()
    remember_sender(response, request, sender_of(request))
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


def sign_out(user: User, key: str) -> None:
    request = visit(user, cookie=key)
    user_logged_out.send(sender=User, request=request, user=user)


def test_after_signing_out_the_browser_is_nobodys_until_somebody_signs_in() -> None:
    (kim, customer), (lee, other) = person("kim"), person("lee")
    hers = track("view_item", request=visit(kim))
    assert hers is not None
    assert hers.visitor is not None
    key = hers.visitor.key
    assert recognise(visit(cookie=key)).visitor == hers.visitor, "a session that ran out is no signing out"
    sign_out(kim, key)
    assert recognise(visit(cookie=key)).visitor is None

    somebodys = track("view_cart", request=visit(cookie=key))
    assert somebodys is not None
    assert (somebodys.customer, somebodys.visitor == hers.visitor) == (None, False)
    assert somebodys.session_key != hers.session_key
    assert recognise(visit(cookie=key)).visitor == somebodys.visitor
    redraw_visits("shop", [somebodys.session_key, hers.session_key])
    somebodys.refresh_from_db()
    assert somebodys.customer is None

    assert greet(visit(lee, cookie=key)).visitor == somebodys.visitor
    somebodys.refresh_from_db()
    assert somebodys.customer == other, "it was the one who signed in next"
    assert somebodys.visitor is not None
    assert sender_of(visit(lee, cookie=key)).visitor_key == somebodys.visitor.key

    assert greet(visit(kim, cookie=key)).visitor == hers.visitor
    assert recognise(visit(cookie=key)).visitor == hers.visitor, "signed in again it is as before"
    assert set(Visitor.objects.values_list("customer", flat=True)) == {customer.pk, other.pk}


def test_signing_out_without_a_cookie_or_consent_is_nothing() -> None:
    kim, _ = person("kim")
    user_logged_out.send(sender=User, request=None, user=None)
    user_logged_out.send(sender=User, request=visit(kim), user=kim)
    assert not Visitor.objects.exists()
    Visitor.objects.create(key="k", first_seen=timezone.now(), last_seen=timezone.now())
    user_logged_out.send(sender=User, request=visit(kim, agree=False, cookie="k"), user=kim)
    assert Visitor.objects.get().left_at is None


def test_a_browser_that_is_not_known_yet_signs_out_too_unless_it_was_forgotten() -> None:
    kim, _ = person("kim")
    sign_out(kim, "new")
    assert Visitor.objects.get().left_at is not None
    Visitor.objects.all().delete()
    Suppression.objects.create(subject_hash=subject_hash(BROWSER, "new"))
    sign_out(kim, "new")
    assert not Visitor.objects.exists()


def test_a_sign_out_that_cannot_be_noted_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(request: HttpRequest) -> None:
        raise RuntimeError

    monkeypatch.setattr("insights.receivers.signed_out", fails)
    kim, _ = person("kim")
    sign_out(kim, "k")
