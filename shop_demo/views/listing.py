"""What all lists of products share: filters, order, pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest

from shop_demo import journal
from shop_demo.forms import ListingForm
from shop_demo.models.catalogue import ProductQuerySet

PER_PAGE = 24


def listing(request: HttpRequest, products: ProductQuerySet) -> dict[str, Any]:
    """Narrow, sort and page ``products`` as the address says; the context of ``shop/listing.html``.

    A filter that cannot be understood is shown with its error, and narrows nothing.
    """
    form = ListingForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    if wanted.get("low") is not None:
        products = products.filter(price__gte=wanted["low"])
    if wanted.get("high") is not None:
        products = products.filter(price__lte=wanted["high"])
    if wanted.get("in_stock"):
        products = products.filter(Q(stock__isnull=True) | Q(stock__gt=0), price__isnull=False)
    if order := ListingForm.SORTS[wanted.get("sort", "")][1]:
        products = products.order_by(*order)
    page = Paginator(products, PER_PAGE).get_page(request.GET.get("page"))
    journal.record(request, "view_item_list", quantity=len(page))
    filtered = any(wanted.get(key) not in (None, "", False) for key in ("low", "high", "in_stock"))
    return {
        "page": page,
        "form": form,
        "filtered": filtered,
        "pages": page.paginator.get_elided_page_range(page.number),
    }
