"""One product: its page, its picture, its reviews."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_GET, require_POST

from shop_demo import art, journal
from shop_demo.forms import ReviewForm
from shop_demo.models import OrderLine, Product, Review, Status

REVIEWS_PER_PAGE = 6
YEAR = 365 * 86400


@require_GET
def product(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The page of a product. An address with an old name leads to the one with the new name."""
    item = get_object_or_404(Product.objects.visible().select_related("category__parent"), pk=pk)
    if slug != (item.slug or "-"):
        return redirect(item, permanent=True)
    journal.record(request, "view_item", product=item, value=item.price)
    return render(request, "shop/product.html", _context(request, item))


@require_POST
@login_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a review, or write one's own anew. Only those who bought the product may."""
    item = get_object_or_404(Product.objects.visible(), pk=pk)
    if not _has_bought(request, item):
        messages.error(request, _("Only those who bought this can review it."))
        return redirect(item)
    own = Review.objects.filter(product=item, user=request.user.pk).first()
    form = ReviewForm(request.POST, instance=own or Review(product=item, user_id=request.user.pk))
    if not form.is_valid():
        return render(request, "shop/product.html", {**_context(request, item), "review_form": form}, status=422)
    form.instance.name = _shown_name(request)
    form.save()
    messages.success(request, _("Thank you. Your review is on the page."))
    return redirect(f"{item.get_absolute_url()}#reviews")


def _version(request: HttpRequest, sku: str) -> str:
    return f'"{request.GET.get("v", "")}-{request.GET.get("view", "")}"'


@require_GET
@condition(etag_func=_version)
def picture(request: HttpRequest, sku: str) -> HttpResponse:
    """The picture of a product. Its address changes with the drawing, so a browser asks once."""
    view = request.GET.get("view", "front")
    if view not in art.VIEWS:
        raise Http404
    drawing = get_object_or_404(Product.objects.only("sku", "art"), sku=sku)
    response = HttpResponse(art.draw(drawing.art, drawing.sku, view), content_type="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if "v" in request.GET else "max-age=60"
    return response


def _context(request: HttpRequest, item: Product) -> dict[str, object]:
    approved = item.reviews.filter(is_approved=True)
    tally = dict(approved.order_by().values_list("stars").annotate(Count("pk")))
    own = approved.filter(user=request.user.pk).first() if request.user.is_authenticated else None
    may_review = _has_bought(request, item)
    return {
        "product": item,
        "views": art.VIEWS,
        "tally": [(stars, tally.get(stars, 0)) for stars in (5, 4, 3, 2, 1)],
        "reviews": Paginator(approved, REVIEWS_PER_PAGE).get_page(request.GET.get("reviews")),
        "may_review": may_review,
        "own_review": own,
        "review_form": ReviewForm(instance=own) if may_review else None,
    }


def _has_bought(request: HttpRequest, item: Product) -> bool:
    if not request.user.is_authenticated:
        return False
    bought = OrderLine.objects.filter(product=item, order__user=request.user.pk, quantity__gt=0)
    return bought.exclude(order__status__in=[Status.CANCELLED, Status.CREDIT_NOTE]).exists()


def _shown_name(request: HttpRequest) -> str:
    """First name and the initial of the last, as one signs in a guest book."""
    user = request.user
    first, last = getattr(user, "first_name", ""), getattr(user, "last_name", "")
    return f"{first} {last[:1]}.".strip() if last else first
