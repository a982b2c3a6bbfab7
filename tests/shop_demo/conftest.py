"""A shelf with a few goods on it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from shop_demo.models import Category, Product
from shop_demo.ordering import Delivery

DELIVERY = Delivery("ada@example.com", "Ada", "", "GB", "", "Edinburgh", "1 Lane", "EH1 1AA")
FORM = {"email": "Ada@Example.com", "name": "Ada L", "country": "GB", "city": "Edinburgh", "address": "1 Lane", "postcode": "eh11aa"}  # fmt: skip


@pytest.fixture
def shelf(db: None) -> Category:
    return Category.objects.create(slug="green", name="Green tea", name_zh="绿茶")


@pytest.fixture
def product(shelf: Category) -> Callable[..., Product]:
    """Makes a product; what is not said is sensible."""

    def product(sku: str = "T1", **fields: Any) -> Product:
        said = {"name": f"Tea {sku}", "slug": sku.lower(), "price": Decimal("9.50"), "stock": 10, "category": shelf}
        return Product.objects.create(sku=sku, **{**said, **fields})

    return product


@pytest.fixture
def visit(db: None) -> Callable[..., HttpRequest]:
    """A request with a session; ``consent`` is what the cookie says."""

    def visit(user: User | None = None, consent: str = "", path: str = "/", **headers: str) -> HttpRequest:
        request = RequestFactory().get(path, headers=headers)
        if consent:
            request.COOKIES["shop_consent"] = consent
        request.session = SessionStore()  # type: ignore[assignment]
        request.user = user or AnonymousUser()
        return request

    return visit
