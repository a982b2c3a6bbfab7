"""Home, the shelves, and search."""

from __future__ import annotations

from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from shop_demo import journal, search
from shop_demo.models import Category, Product
from shop_demo.models.catalogue import ProductQuerySet
from shop_demo.views.listing import listing

OUR_CHOICE = ("-rating_count", "-published_at", "pk")
SUGGESTIONS = 6


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The shop window."""
    best = _on_shelf(OuterRef("pk")).order_by(*OUR_CHOICE).values("pk")[:1]
    shelves = list(Category.objects.filter(parent=None).annotate(face=Subquery(best)).exclude(face=None)[:6])
    faces = Product.objects.in_bulk([shelf.face for shelf in shelves])
    buyable = Product.objects.buyable()
    return render(
        request,
        "shop/home.html",
        {
            "faces": [(shelf, faces[shelf.face]) for shelf in shelves],
            "arrivals": buyable.order_by("-published_at", "pk")[:4],
            "loved": buyable.filter(rating_count__gt=0).order_by("-rating_average", "-rating_count", "pk")[:4],
        },
    )


@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    """All products on one shelf."""
    return render(request, "shop/listing.html", listing(request, Product.objects.visible().order_by(*OUR_CHOICE)))


@require_GET
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One shelf, with what is on the shelves within it."""
    products = Product.objects.visible().order_by(*OUR_CHOICE)
    shelf = get_object_or_404(Category.objects.select_related("parent"), slug=slug)
    parts = Category.objects.filter(parent=shelf)
    siblings = Category.objects.filter(parent=shelf.parent_id) if shelf.parent_id else Category.objects.none()
    context = listing(request, products.filter(Q(category=shelf) | Q(category__parent=shelf)))
    return render(request, "shop/listing.html", {**context, "shelf": shelf, "parts": list(parts) or list(siblings)})


@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """What was found; with nothing found, another spelling and the favourites."""
    query = " ".join(request.GET.get("q", "").split())[:100]
    found = search.find(query)
    misspelt = bool(query) and not found.exists()
    corrected = search.correct(query) if misspelt else ""
    if corrected:
        found = search.find(corrected)
    context = {**listing(request, found), "query": query, "searched": True}
    if query:
        journal.record(request, "search", query=query, quantity=0 if misspelt else context["page"].paginator.count)
    if misspelt and found.exists():
        context["corrected"] = corrected
    elif misspelt:
        context["favourites"] = Product.objects.buyable().order_by(*OUR_CHOICE)[:4]
    return render(request, "shop/listing.html", context)


@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """The list that opens below the search box while one writes."""
    query = " ".join(request.GET.get("q", "").split())[:100]
    found = search.find(query)[:SUGGESTIONS] if len(query) > 1 or not query.isascii() else []
    return render(request, "shop/_suggestions.html", {"products": found, "query": query})


def _on_shelf(key: OuterRef) -> ProductQuerySet:
    return Product.objects.buyable().filter(Q(category=key) | Q(category__parent=key))
