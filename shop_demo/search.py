"""Finding products by words."""

from __future__ import annotations

import difflib
import re

from django.db.models import Case, IntegerField, Q, Value, When

from shop_demo.models import Product
from shop_demo.models.catalogue import ProductQuerySet

_WORD = re.compile(r"\w+", re.UNICODE)
FIELDS = ("name", "name_zh", "brand", "category__name", "category__name_zh", "sku")


def find(text: str) -> ProductQuerySet:
    """Products that have every word of ``text`` somewhere, those whose name begins with it first."""
    words = text.split()[:8]
    if not words:
        return Product.objects.none()
    found = Product.objects.visible()
    for word in words:
        anywhere = Q(description__icontains=word) | Q(description_zh__icontains=word)
        for field in FIELDS:
            anywhere |= Q(**{f"{field}__icontains": word})
        found = found.filter(anywhere)
    whole = " ".join(words)
    rank = Case(
        When(Q(name__istartswith=whole) | Q(name_zh__startswith=whole), then=Value(0)),
        When(Q(name__icontains=whole) | Q(name_zh__contains=whole), then=Value(1)),
        When(Q(category__name__icontains=whole) | Q(category__name_zh__contains=whole), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return found.annotate(rank=rank).order_by("rank", "-rating_count", "name", "pk")


def correct(text: str) -> str:
    """The words of ``text`` put right by those of the catalogue; empty when there is nothing to put right."""
    names = Product.objects.visible().values_list("name", flat=True)
    known = {word.lower() for name in names.iterator() for word in _WORD.findall(name) if len(word) > 2}
    words = [word.lower() for word in _WORD.findall(text)]
    nearest = [
        word if word in known else next(iter(difflib.get_close_matches(word, known, 1, 0.75)), word) for word in words
    ]
    return " ".join(nearest) if nearest != words else ""
