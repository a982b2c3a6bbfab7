"""Pages without goods, and the question about cookies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from shop_demo import consent, pricing


@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """Who we are."""
    return render(request, "shop/about.html")


@require_GET
def delivery(request: HttpRequest) -> HttpResponse:
    """What sending costs, and how to send back."""
    postage = {
        "home": pricing.POSTAGE_HOME,
        "europe": pricing.POSTAGE_EUROPE,
        "world": pricing.POSTAGE_WORLD,
        "free_from": pricing.FREE_FROM,
    }
    return render(request, "shop/delivery.html", postage)


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, and the choice about it."""
    return render(request, "shop/privacy.html")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the visitor's choice about cookies and go back to the page."""
    given = request.POST.get("choice", "")
    if given not in consent.CHOICES:
        return HttpResponseBadRequest("choice is all or none")
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    response = redirect(address if safe else "shop:home")
    consent.keep(response, request, given)
    return response
