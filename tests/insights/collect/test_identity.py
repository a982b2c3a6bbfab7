from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest
from django.utils import timezone

from insights.cleaning import redraw_visits
from insights.collect import VISITOR_COOKIE, recognise, stitch, track, unstitch
from insights.collect.hosts import customer_of
from insights.collect.sender import sender_of
from insights.consent import BROWSER, subject_hash
from insights.models import Customer, Event, IdentityLink, Suppression, Visit, Visitor
from tests.insights.collect.requests import person, visit

pytestmark = pytest.mark.django_db


def test_customer_of__the_account_of_the_adapter() -> None:
    user, customer = person("kim")
    assert customer_of(user) == customer
    assert customer_of(AnonymousUser()) is None
    assert customer_of(User.objects.create(username="new")) is None
    into = Customer.objects.create(external_id="other")
    Customer.objects.filter(pk=customer.pk).update(merged_into=into)
    assert customer_of(user) == into


def seen(user: User | None = None, cookie: str = "") -> Visitor:
    """The browser of somebody who does something."""
    event = track("view_item", request=visit(user, cookie=cookie))
    assert event is not None
    assert event.visitor is not None
    return event.visitor


def test_track__makes_a_visitor_that_is_found_again() -> None:
    known = seen()
    assert seen(cookie=known.key) == known
    assert Event.objects.values("session_key").distinct().count() == 1
    assert Visitor.objects.count() == 1


def test_track__a_forged_cookie_is_nobodys() -> None:
    Visitor.objects.create(key="victim", first_seen=timezone.now(), last_seen=timezone.now())
    request = visit()
    request.COOKIES[VISITOR_COOKIE] = "victim:forged"
    event = track("view_item", request=request)
    assert event is not None
    assert event.visitor is not None
    assert event.visitor.key != "victim"


def test_track__no_row_for_a_machine_nor_without_consent() -> None:
    track("view_item", request=visit(**{"User-Agent": "Googlebot/2.1"}))
    track("view_item", request=visit(agree=None))
    track("view_item", request=visit(agree=False))
    assert not Visitor.objects.exists()


def test_track__signing_in_joins_what_was_done_before() -> None:
    user, customer = person("kim")
    before = track("view_item", request=visit())
    assert before is not None
    assert before.visitor is not None
    assert before.customer is None
    assert seen(user, before.visitor.key) == before.visitor
    before.refresh_from_db()
    assert before.customer == customer
    assert set(Visit.objects.values_list("customer", flat=True)) == {customer.pk}
    assert IdentityLink.objects.get().how == "login"
    seen(user, before.visitor.key)
    assert IdentityLink.objects.count() == 1


def test_track__a_second_person_at_the_browser_is_another_visitor() -> None:
    (kim, _), (lee, other) = person("kim"), person("lee")
    first = seen(kim)
    second = seen(lee, first.key)
    assert second != first
    assert second.customer == other
    assert seen(lee, first.key) == second, "however often"
    assert sender_of(visit(lee, cookie=first.key)).visitor_key == second.key
    with pytest.raises(ValueError, match="another customer"):
        stitch(first, other, how="login")


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

    assert seen(lee, key) == somebodys.visitor
    somebodys.refresh_from_db()
    assert somebodys.customer == other, "it was the one who signed in next"
    assert somebodys.visitor is not None
    assert sender_of(visit(lee, cookie=key)).visitor_key == somebodys.visitor.key

    assert seen(kim, key) == hers.visitor
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
