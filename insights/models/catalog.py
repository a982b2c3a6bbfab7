"""What is sold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.base import Sourced
from insights.models.fields import MoneyField, QuantityField


class Category(Sourced):
    """A shelf of the shop. ``path`` holds the names from the root, joined by " / "."""

    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    path = models.CharField(max_length=500, blank=True)

    class Meta(Sourced.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class Product(Sourced):
    """A product, or a variant of its ``parent``: the parent is recommended, the child is sold."""

    name = models.CharField(max_length=300, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="variants")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="products")
    brand = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    price = MoneyField(null=True, blank=True)
    was_price = MoneyField(null=True, blank=True)
    unit_cost = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    stock = QuantityField(null=True, blank=True, help_text=_("Empty: not counted, always to be had."))
    url = models.CharField(max_length=500, blank=True)
    image_url = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_real = models.BooleanField(default=True, help_text=_("False for postage, fees, vouchers and the like."))
    attributes = models.JSONField(default=dict, blank=True)

    class Meta(Sourced.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.name or self.external_id
