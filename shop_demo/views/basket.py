"""The basket."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from shop_demo import journal
from shop_demo.basket import Basket
from shop_demo.forms import QuantityForm
from shop_demo.models import Coupon, Product
from shop_demo.pricing import quote

MOST_AT_ONCE = 10
"""Products that are put in together."""


@require_GET
def basket(request: HttpRequest) -> HttpResponse:
    """What is in it and what it costs."""
    held = Basket(request)
    items = held.items
    if items:
        journal.record(request, "view_cart", quantity=held.count)
    removed = request.session.pop("removed", None)
    context = {
        "items": items,
        "quote": quote(items, held.coupon),
        "coupon": held.coupon,
        "removed": removed and {**removed, "product": Product.objects.filter(pk=removed["product"]).first()},
        "blocked": any(item.short for item in items),
    }
    return render(request, "shop/basket.html", context)


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a product in, and stay on the page."""
    item = get_object_or_404(Product.objects.visible(), pk=pk)
    form = QuantityForm({"quantity": request.POST.get("quantity", 1)})
    wanted = form.cleaned_data["quantity"] if form.is_valid() else 1
    added = Basket(request).add(item, wanted)
    if added > 0:
        journal.record(request, "add_to_cart", product=item, quantity=added, value=item.price and item.price * added)
    if added >= wanted > 0:
        messages.success(request, _("%(product)s is in your basket.") % {"product": item}, extra_tags="basket")
    elif added > 0:
        words = ngettext("Only %(count)d more was to be had.", "Only %(count)d more were to be had.", added)
        messages.warning(request, words % {"count": added}, extra_tags="basket")
    else:
        messages.warning(request, _("There is no more of %(product)s.") % {"product": item})
    return redirect(_next(request) or item.get_absolute_url())


@require_POST
def add_set(request: HttpRequest) -> HttpResponse:
    """Put one each of several products in, and stay on the page; those that are sold out stay out."""
    wanted = list(Product.objects.visible().filter(sku__in=request.POST.getlist("product")[:MOST_AT_ONCE]))
    held = Basket(request)
    added = [item for item in wanted if held.add(item, 1)]
    for item in added:
        journal.record(request, "add_to_cart", product=item, quantity=1, value=item.price)
    if added:
        words = ngettext(
            "%(count)d thing went into your basket.", "%(count)d things went into your basket.", len(added)
        )
        messages.success(request, words % {"count": len(added)}, extra_tags="basket")
    for item in wanted:
        if item not in added:
            messages.warning(request, _("There is no more of %(product)s.") % {"product": item})
    return redirect(_next(request) or "shop:basket")


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold another number of a product; nought takes it out, which can be undone."""
    item = get_object_or_404(Product, pk=pk)
    form = QuantityForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write a number from 0 to 99."))
        return redirect("shop:basket")
    held = Basket(request)
    before, wanted = held.quantities.get(pk, 0), form.cleaned_data["quantity"]
    now = held.put(item, wanted)
    if now < wanted:
        words = ngettext("Only %(count)d is in stock.", "Only %(count)d are in stock.", now)
        messages.warning(request, words % {"count": now})
    if now != before:
        name = "add_to_cart" if now > before else "remove_from_cart"
        number = abs(now - before)
        journal.record(request, name, product=item, quantity=number, value=item.price and item.price * number)
    if before and not now:
        request.session["removed"] = {"product": pk, "quantity": before}
    return redirect("shop:basket")


@require_POST
def coupon(request: HttpRequest) -> HttpResponse:
    """Take a coupon, or give it up with an empty code."""
    code = request.POST.get("code", "").strip()
    found = Coupon.objects.filter(code__iexact=code, is_active=True).first() if code else None
    if code and found is None:
        messages.error(request, _("There is no coupon “%(code)s”, or it is over.") % {"code": code[:32]})
    else:
        Basket(request).coupon = found
    return redirect("shop:basket")


def _next(request: HttpRequest) -> str | None:
    """The page to go back to, if it is one of ours."""
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else None
