"""What an account keeps beside Django's own user."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop_demo.models.catalogue import Product


class Profile(models.Model):
    """What an account says of its owner. Saving the user touches it too, so that it can be polled for changes."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    phone = models.CharField(max_length=32, blank=True)
    country = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=16, blank=True, choices=settings.LANGUAGES)
    accepts_marketing = models.BooleanField(null=True, blank=True, help_text=_("Empty: never asked."))
    birthday = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        indexes = [models.Index(fields=["updated_at", "id"], name="shop_profile_updated")]

    def __str__(self) -> str:
        return str(self.user)


class BasketItem(models.Model):
    """What an account has put into its basket. Visitors without an account have theirs in the session."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="basket_items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["added_at", "pk"]
        verbose_name = _("basket item")
        verbose_name_plural = _("basket items")
        constraints = [models.UniqueConstraint(fields=["user", "product"], name="shop_basket_once")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"
