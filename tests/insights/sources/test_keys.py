from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import F, Value
from django.db.models.functions import Concat

from insights import Adapter
from shop_demo.models import Category, Product


def adapter(key: Any, model: str = "shop.Product") -> Adapter:
    inner = type("Products", (), {"model": model, "id": key})
    return type("Mapped", (Adapter,), {"Products": inner})()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("sku", "A1"),
        ("category__slug", "green"),
        ("category__get_absolute_url", "/c/green/"),
        (lambda row: f"x-{row.sku}", "x-A1"),
        (Concat(F("sku"), Value("!")), "A1!"),
    ],
)
def test_key_of__by_whatever_the_adapter_says(said: Any, key: str) -> None:
    shelf = Category.objects.create(slug="green", name="Green")
    row = Product.objects.create(sku="A1", name="Sencha", slug="sencha", category=shelf, price=5)
    assert adapter(said).key_of("products", row) == key


def test_key_of__none_for_another_model_and_another_kind() -> None:
    assert adapter("sku").key_of("products", User()) is None
    assert adapter("sku").key_of("orders", Product(sku="A1")) is None
    assert adapter("sku", "shop.Nothing").key_of("products", Product(sku="A1")) is None
    assert adapter("sku").key_of("products", Product(sku="")) is None


class OfUsers(Adapter):
    class Customers:
        model = "auth.User"
        id = "username"


class OfProfiles(Adapter):
    class Customers:
        model = "shop.Profile"
        id = "pk"


class OfProducts(Adapter):
    class Customers:
        model = "shop.Product"


@pytest.mark.django_db
def test_key_of_user__the_user_or_the_row_that_belongs_to_one() -> None:
    from shop_demo.models import Profile

    user = User.objects.create(username="kim")
    assert OfUsers().key_of_user(user) == "kim"
    profile, _ = Profile.objects.get_or_create(user=user)
    assert OfProfiles().key_of_user(user) == str(profile.pk)
    assert OfProfiles().key_of_user(User.objects.create(username="lee")) in (None, _profile_key("lee"))
    assert OfProducts().key_of_user(user) is None
    assert OfUsers().key_of_user(AnonymousUser()) is None


def _profile_key(username: str) -> str | None:
    from shop_demo.models import Profile

    pk = Profile.objects.filter(user__username=username).values_list("pk", flat=True).first()
    return None if pk is None else str(pk)
