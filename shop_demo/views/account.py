"""Signing up, and what an account can see and do."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from shop_demo import journal
from shop_demo.basket import Basket
from shop_demo.forms import ProfileForm, SignUpForm
from shop_demo.models import Order, Profile, Status
from shop_demo.ordering import cancel_order

ORDERS_PER_PAGE = 10


def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account; a guest's order of just now comes along, if it went to the same address."""
    if request.user.is_authenticated:
        return redirect("shop:account")
    order = Order.objects.filter(pk=request.session.get("last_order"), user=None).first()
    known = {"email": order.email, "name": order.name} if order else {}
    form = SignUpForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user = form.save()
        except IntegrityError:
            form.add_error("email", _("This address has an account already. Sign in, or reset the password."))
        else:
            if order and order.email == user.email:
                order.user = user
                order.save(update_fields=["user", "updated_at"])
            login(request, user)
            journal.record(request, "sign_up")
            messages.success(request, _("Welcome. Your account is ready."))
            return redirect("shop:account")
    return render(request, "shop/account/sign_up.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """The orders, newest first."""
    orders = Order.objects.filter(user=request.user.pk).exclude(status=Status.CREDIT_NOTE)
    page = Paginator(orders.prefetch_related("lines__product"), ORDERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "shop/account/orders.html", {"page": page})


@require_GET
@login_required
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order."""
    return render(request, "shop/account/order.html", {"order": _own_order(request, number)})


@require_POST
@login_required
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Call an order off, as long as it has not left."""
    own = _own_order(request, number)
    if cancel_order(own):
        messages.success(request, _("Order %(number)s is cancelled.") % {"number": own.number})
    else:
        messages.error(request, _("Order %(number)s has left already. Please send it back.") % {"number": own.number})
    return redirect(own)


@require_POST
@login_required
def again(request: HttpRequest, number: str) -> HttpResponse:
    """Put all that can still be had of an order into the basket."""
    basket, left_out, added = Basket(request), [], 0
    for line in _own_order(request, number).lines.all():
        product = line.product
        number_in = basket.add(product, line.quantity) if product and product.is_buyable and line.quantity > 0 else 0
        if product and number_in > 0:
            added += number_in
            value = product.price and product.price * number_in
            journal.record(request, "add_to_cart", product=product, quantity=number_in, value=value)
        if number_in < line.quantity:
            left_out.append(str(product or line.name))
    if added:
        words = ngettext("%(count)d thing is in your basket.", "%(count)d things are in your basket.", added)
        messages.success(request, words % {"count": added})
    if left_out:
        messages.warning(request, _("Not, or not all, to be had: %(names)s.") % {"names": ", ".join(left_out)})
    return redirect("shop:basket")


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Name, place, language, letters."""
    own, _created = Profile.objects.select_related("user").get_or_create(user=cast(User, request.user))
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=own)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("shop:profile")
    return render(request, "shop/account/profile.html", {"form": form}, status=422 if form.errors else 200)


def _own_order(request: HttpRequest, number: str) -> Order:
    orders = Order.objects.prefetch_related("lines__product", "refunds")
    return get_object_or_404(orders, number=number, user=request.user.pk)
