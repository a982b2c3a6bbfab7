"""From the basket to the thank-you page."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from shop_demo import journal
from shop_demo.basket import Basket
from shop_demo.countries import COUNTRIES, HOME
from shop_demo.forms import CheckoutForm
from shop_demo.models import Order, Profile
from shop_demo.ordering import Delivery, OutOfStockError, place_order
from shop_demo.pricing import Quote, quote


@never_cache
def checkout(request: HttpRequest) -> HttpResponse:
    """One page: where to, what it costs, done. Sent twice it still makes one order."""
    form = CheckoutForm(request.POST if request.method == "POST" else None, initial=_known(request))
    if request.method == "POST" and form.is_valid():
        return _place(request, form)
    basket = Basket(request)
    items = basket.items
    if not items or any(item.short for item in items):
        return redirect("shop:basket")
    country = form.data.get("country") or form.initial["country"]
    priced = quote(items, basket.coupon, country)
    if request.method != "POST":
        form.initial |= {"token": uuid4(), "goods": priced.goods}
        journal.record(request, "begin_checkout", value=priced.goods, quantity=basket.count)
    return _page(request, form, priced)


@require_GET
def summary(request: HttpRequest) -> HttpResponse:
    """The sums for another country, to be put into the page."""
    basket = Basket(request)
    country = request.GET.get("country", HOME)
    priced = quote(basket.items, basket.coupon, country if country in COUNTRIES else HOME)
    return render(request, "shop/_summary.html", {"quote": priced, "coupon": basket.coupon})


@require_GET
@never_cache
def thanks(request: HttpRequest) -> HttpResponse:
    """What was ordered, right after ordering; only the one who did sees it."""
    order = Order.objects.filter(pk=request.session.get("last_order")).prefetch_related("lines__product").first()
    return render(request, "shop/thanks.html", {"order": order}) if order else redirect("shop:home")


def _place(request: HttpRequest, form: CheckoutForm) -> HttpResponse:
    basket = Basket(request)
    items = basket.items
    token = form.cleaned_data["token"]
    if not Order.objects.filter(token=token).exists():
        if not items:
            return redirect("shop:basket")
        priced = quote(items, basket.coupon, form.cleaned_data["country"])
        if priced.goods != form.cleaned_data["goods"]:
            messages.warning(request, _("Your basket has changed since you saw this page. Please look once more."))
            form.data = form.data.copy()
            form.data["goods"] = str(priced.goods)
            return _page(request, form, priced)
    user = request.user if request.user.is_authenticated else None
    try:
        order, is_new = place_order(
            token, items, form.delivery, user=user, coupon=basket.coupon, source=journal.source(request)
        )
    except OutOfStockError as error:
        words = _("Somebody was faster: there is not enough of %(product)s left.")
        messages.error(request, words % {"product": error.product})
        return redirect("shop:basket")
    request.session["last_order"] = order.pk
    if is_new:
        basket.clear()
        journal.record(request, "purchase", order=order, value=order.total, quantity=sum(i.quantity for i in items))
        transaction.on_commit(lambda: _confirm(order), robust=True)
    return redirect("shop:thanks")


def _confirm(order: Order) -> None:
    text = render_to_string("shop/mail/order.txt", {"order": order, "lines": order.lines.all()})
    send_mail(_("Your order %(number)s") % {"number": order.number}, text, settings.DEFAULT_FROM_EMAIL, [order.email])


def _page(request: HttpRequest, form: CheckoutForm, priced: Quote) -> HttpResponse:
    # The question about cookies can wait: on a phone it would lie over the fields.
    context = {"form": form, "quote": priced, "coupon": Basket(request).coupon, "hide_consent": True}
    return render(request, "shop/checkout.html", context, status=422 if form.errors else 200)


def _known(request: HttpRequest) -> dict[str, Any]:
    """What the form can be filled with: the last order of the account, or its profile."""
    if not request.user.is_authenticated:
        return {"country": HOME}
    profile, _created = Profile.objects.get_or_create(user_id=request.user.pk)
    known = {
        "email": request.user.email,
        "name": request.user.get_full_name(),
        "phone": profile.phone,
        "country": profile.country if profile.country in COUNTRIES else HOME,
        "region": profile.region,
        "city": profile.city,
    }
    last = Order.objects.filter(user=request.user.pk).order_by("-placed_at").first()
    if last and last.country in COUNTRIES and last.address:
        known |= {key: getattr(last, key) for key in Delivery.__dataclass_fields__ if key != "email"}
    return known
