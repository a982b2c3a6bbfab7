"""The visitor's choice about being followed: one first-party cookie, asked for once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

COOKIE = "shop_consent"
CHOICES = ("all", "none")
DAYS = 180


def choice(request: HttpRequest) -> bool | None:
    """Whether the visitor agreed to be recognised; None when the question was not answered yet.

    A browser that sends Global Privacy Control has answered for its owner, until the owner says otherwise here.
    """
    given = request.COOKIES.get(COOKIE)
    if given in CHOICES:
        return given == "all"
    return False if request.headers.get("Sec-GPC") == "1" else None


def keep(response: HttpResponse, request: HttpRequest, given: str) -> None:
    """Remember the choice; one who refuses is forgotten by the session too."""
    response.set_cookie(COOKIE, given, max_age=DAYS * 86400, samesite="Lax", secure=request.is_secure())
    if given == "none":
        for key in ("visitor", "source"):
            request.session.pop(key, None)
