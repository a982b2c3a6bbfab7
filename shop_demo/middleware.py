"""What happens around every page."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shop_demo import journal

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ContentSecurityPolicy:
    """Sends ``CONTENT_SECURITY_POLICY`` with every page, the admin's too. Django's own debug pages keep their styles."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in (404, 500)):
            response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        return response


class PageViews:
    """Writes a ``page_view`` for each whole page of the shop that was shown."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "GET":
            journal.note_source(request)
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or match.namespace != "shop" or request.method != "GET":
            return response
        if (
            isinstance(response, HttpResponse)
            and response.status_code == 200
            and response.headers.get("Content-Type", "").startswith("text/html")
            and request.headers.get("X-Requested-With") != "fetch"
        ):
            journal.record(request, "page_view")
        return response
