"""What is sold."""

from __future__ import annotations

from decimal import Decimal
from zlib import crc32

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop_demo.models.fields import Amount, StockCode, in_language


class Category(models.Model):
    """A shelf, or a part of one."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    name_zh = models.CharField(max_length=100, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return in_language(self.name, self.name_zh)

    def get_absolute_url(self) -> str:
        return reverse("shop:category", args=[self.slug])


class ProductQuerySet(models.QuerySet["Product"]):
    """Products, narrowed."""

    def visible(self) -> ProductQuerySet:
        """Those that a visitor may see."""
        return self.filter(is_active=True, published_at__lte=timezone.now()).exclude(name="")

    def buyable(self) -> ProductQuerySet:
        """Those that a visitor may see and can put into the basket."""
        in_stock = models.Q(stock__isnull=True) | models.Q(stock__gt=0)
        return self.visible().filter(in_stock, price__isnull=False)


class Product(models.Model):
    """Something for sale. Without a price it is shown, but cannot be bought; without a stock it never runs out."""

    sku = StockCode(_("stock code"), unique=True)
    name = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    slug = models.SlugField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    description_zh = models.TextField(blank=True)
    details = models.JSONField(
        default=list,
        blank=True,
        help_text=_('Rows of the table of facts: [{"name": …, "name_zh": …, "value": …, "value_zh": …}, …].'),
    )
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="products")
    brand = models.CharField(max_length=100, blank=True)
    price = Amount(null=True, blank=True)
    was_price = Amount(null=True, blank=True)
    cost = Amount(null=True, blank=True)
    currency = models.CharField(max_length=3, default="GBP")
    stock = models.IntegerField(null=True, blank=True)
    weight = models.PositiveIntegerField(null=True, blank=True, help_text=_("In grams."))
    published_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    is_active = models.BooleanField(default=True)
    art = models.JSONField(
        default=dict, blank=True, help_text=_('How the picture is drawn: {"shape": "gaiwan", "palette": "celadon"}.')
    )
    rating_average = models.FloatField(null=True, blank=True)
    rating_count = models.PositiveIntegerField(default=0)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            models.Index(fields=["category", "is_active"], name="shop_product_shelf"),
            models.Index(fields=["updated_at", "id"], name="shop_product_updated"),
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_zh) or self.sku

    def get_absolute_url(self) -> str:
        return reverse("shop:product", args=[self.pk, self.slug or "-"])

    @property
    def text(self) -> str:
        """The description in the language of the page."""
        return in_language(self.description, self.description_zh)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The rows of ``details`` in the language of the page."""
        return [
            (in_language(row["name"], row.get("name_zh", "")), in_language(row["value"], row.get("value_zh", "")))
            for row in self.details
        ]

    @property
    def picture_url(self) -> str:
        """The address of the picture; it changes with the drawing, so that it can be kept for ever."""
        version = crc32(repr((self.sku, sorted(self.art.items()))).encode())
        return f"{reverse('shop:picture', args=[self.sku])}?v={version:08x}"

    @property
    def is_buyable(self) -> bool:
        """Whether it can be put into the basket."""
        return self.is_active and self.price is not None and (self.stock is None or self.stock > 0)

    @property
    def saving(self) -> Decimal | None:
        """What it costs less than before."""
        if self.price is None or self.was_price is None or self.was_price <= self.price:
            return None
        return self.was_price - self.price

    def fits(self, quantity: int) -> int:
        """As many of ``quantity`` as there are."""
        return quantity if self.stock is None else max(0, min(quantity, self.stock))
