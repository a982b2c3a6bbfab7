"""Requests of browsers that agreed, or did not, and people who sign in."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.core.signing import Signer
from django.http import HttpRequest
from django.test import RequestFactory

from insights.collect import VISITOR_COOKIE
from insights.models import Customer


def visit(user: User | None = None, *, cookie: str = "", agree: bool | None = True, **headers: str) -> HttpRequest:
    choice = {True: "shop_consent=all", False: "shop_consent=none", None: "a=b"}[agree]
    key = f"; {VISITOR_COOKIE}={Signer(salt='insights.visitor').sign(cookie)}" if cookie else ""
    request = RequestFactory().get("/", headers={"User-Agent": "Firefox", "Cookie": choice + key, **headers})
    request.user = user or AnonymousUser()
    return request


def person(name: str) -> tuple[User, Customer]:
    user = User.objects.create(username=name)
    return user, Customer.objects.create(external_id=str(user.pk))
