"""What every page shows: the shelves, the basket, the question about cookies."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from shop_demo import consent
from shop_demo.basket import Basket
from shop_demo.models import Category


def shop(request: HttpRequest) -> dict[str, Any]:
    """Lazily, since the admin's pages need none of it."""
    return {
        "shelves": lambda: list(Category.objects.filter(parent=None)[:6]),
        "basket_count": lambda: Basket(request).count,
        "consent": consent.choice(request),
    }
