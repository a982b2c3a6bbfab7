"""What follows from a sign-in, a saved account and a review."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, User
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from shop_demo import journal
from shop_demo.basket import Basket
from shop_demo.models import Product, Profile, Review, refresh_ratings


@receiver(user_logged_in)
def welcome(request: HttpRequest, user: AbstractBaseUser, **_: Any) -> None:
    """Carry the visitor's basket over to the account."""
    request.user = user  # type: ignore[assignment]
    Basket(request).take_over()
    journal.record(request, "login")


@receiver(post_save, sender=User)
def touch_profile(instance: User, raw: bool, update_fields: Collection[str] | None, **_: Any) -> None:
    """Give each account a profile, and mark it as changed with the account; signing in changes nothing."""
    if not raw and set(update_fields or ()) != {"last_login"}:
        Profile.objects.update_or_create(user=instance)


@receiver([post_save, post_delete], sender=Review)
def count_stars(instance: Review, **_: Any) -> None:
    """Keep the product's stars right."""
    refresh_ratings(Product.objects.filter(pk=instance.product_id))
