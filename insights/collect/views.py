"""What the browser calls: the beacon, its script, and the switch of personal suggestions."""

from __future__ import annotations

import logging

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from insights.conf import settings
from insights.consent import may_personalise, objects_to_profiling, switch_personal, tracking_mode

from . import inbox, limits
from .browser import address_of, is_known
from .identity import forget_browser
from .script import SCRIPT
from .sender import Sender, recognise, remember_sender, sender_of

logger = logging.getLogger(__name__)

_BUSY_SECONDS = 10


@method_decorator([csrf_exempt, never_cache, transaction.non_atomic_requests], name="dispatch")
class Beacon(View):
    """``POST e/``: a batch of events, as :func:`insights.collect.drafts.read_batch` describes it.

    204 once the batch is committed, or where nothing may be recorded; what it holds is looked at later. 403, 413 and
    429 for what cannot come from a page of the shop, 503 while it cannot be kept; the last two say when to come back.
    It changes nothing that a visitor could not change by walking through the shop, so it needs no CSRF token; other
    sites are turned away by what browsers say of themselves.
    """

    http_method_names = ["post", "options"]

    def options(self, request: HttpRequest) -> HttpResponse:
        """Answer a preflight. The script never causes one."""
        return limits.allow_origin(HttpResponse(status=204), request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take a batch."""
        if limits.is_foreign(request):
            return HttpResponse(status=403)
        return limits.allow_origin(self._take(request), request)

    def _take(self, request: HttpRequest) -> HttpResponse:
        body = _body(request)
        if body is None:
            return HttpResponse(status=413)
        response = HttpResponse(status=204)
        try:
            # A browser that refuses within a page says so itself, before the shop's own cookie does.
            sender = Sender("none") if "refused" in request.GET else sender_of(request)
            if sender.mode != "none" and body:
                wait = limits.seconds_to_wait(sender.session_key, address_of(request))
                if wait:
                    return _later(429, wait)
                if inbox.is_full():
                    return _later(503, _BUSY_SECONDS)
                inbox.accept(body, sender)
        except (DatabaseError, InterfaceError) as error:
            logger.error("A batch of events could not be kept (%s); its sender will come back.", type(error).__name__)
            return _later(503, _BUSY_SECONDS)
        remember_sender(response, request, sender)
        return response


class Script(View):
    """The script at an address of the shop's choice. Its version is in the address, so that it may be kept for ever."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The script, or that it has not changed."""
        tag = f'"{SCRIPT.version}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified()
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "ETag": tag}
        return HttpResponse(SCRIPT.source, content_type="text/javascript; charset=utf-8", headers=headers)


@method_decorator(never_cache, name="dispatch")
class Personal(View):
    """``personal/``: why products are suggested, the switch, and a way to be forgotten. It works without a script."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Explain, and offer the switch."""
        context = {
            "state": _state(request),
            "known": is_known(request),
            "forgotten": "forgotten" in request.GET,
            "next": _back(request, request.GET.get("next")),
        }
        return render(request, "insights/widgets/personal.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Remember the wish and go back to where the visitor came from."""
        back = _back(request, request.POST.get("next"))
        if request.POST.get("personal") == "forget":
            response = HttpResponseRedirect(f"{request.path}?{urlencode([('forgotten', '1'), ('next', back)])}")
            forget_browser(response, request)
            return response
        response = HttpResponseRedirect(back)
        switch_personal(response, on=request.POST.get("personal") == "on", secure=request.is_secure())
        return response


def _state(request: HttpRequest) -> str:
    """Whether suggestions lean on the visitor: ``on``, ``off`` by the switch here, or ``refused`` elsewhere."""
    customer = recognise(request).customer
    if tracking_mode(request) == "none" or (customer is not None and objects_to_profiling(customer)):
        return "refused"
    return "on" if may_personalise(request, customer) else "off"


def _body(request: HttpRequest) -> bytes | None:
    """What was sent; None where it is too much."""
    most = settings.COLLECT.MAX_BYTES
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdecimal() or int(said[:12]) > most:
        return None
    try:
        body = request.read(most + 1)
    except OSError:  # the browser went away
        return b""
    return None if len(body) > most else body


def _later(status: int, seconds: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"Retry-After": str(seconds)})


def _back(request: HttpRequest, wanted: str | None) -> str:
    """An address of this shop."""
    safe = wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted else "/"
