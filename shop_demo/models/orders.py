"""What was bought, and what was given back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop_demo.models.catalogue import Product
from shop_demo.models.fields import Amount, StockCode


class Coupon(models.Model):
    """A code that takes a share off the goods."""

    code = models.CharField(max_length=32, unique=True)
    percent = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        constraints = [
            models.CheckConstraint(condition=models.Q(percent__gte=1, percent__lte=100), name="shop_coupon_percent")
        ]

    def __str__(self) -> str:
        return self.code


class Status(models.TextChoices):
    """Where an order stands."""

    PENDING = "pending", _("received")
    PAID = "paid", _("paid")
    SHIPPED = "shipped", _("sent")
    DELIVERED = "delivered", _("delivered")
    CANCELLED = "cancelled", _("cancelled")
    REFUNDED = "refunded", _("refunded")
    CREDIT_NOTE = "credit_note", _("credit note")


class Order(models.Model):
    """An order, of an account or of a guest.

    ``subtotal`` is the sum of quantity × unit price, ``discount`` the sum of the lines' discounts,
    ``total`` = subtotal − discount + shipping; ``tax`` is the part of the total that is tax.
    """

    number = models.CharField(max_length=32, unique=True)
    token = models.UUIDField(
        null=True, blank=True, unique=True, editable=False, help_text=_("The checkout form that it came from.")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="orders",
        db_index=False,
    )
    email = models.CharField(max_length=254, blank=True)
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    country = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    placed_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    currency = models.CharField(max_length=3, default="GBP")
    subtotal = Amount(default=0)
    shipping = Amount(default=0)
    discount = Amount(default=0)
    tax = Amount(default=0)
    total = Amount(default=0)
    coupon = models.CharField(max_length=32, blank=True)
    channel = models.CharField(max_length=32, default="web")
    utm_source = models.CharField(max_length=100, blank=True)
    utm_medium = models.CharField(max_length=100, blank=True)
    utm_campaign = models.CharField(max_length=100, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    is_test = models.BooleanField(default=False)

    class Meta:
        ordering = ["-placed_at", "-pk"]
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["placed_at", "id"], name="shop_order_placed"),
            models.Index(fields=["user", "placed_at"], name="shop_order_user"),
            models.Index(fields=["updated_at", "id"], name="shop_order_updated"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("shop:order", args=[self.number])

    @property
    def can_be_cancelled(self) -> bool:
        """Whether its owner may still call it off."""
        return self.status in (Status.PENDING, Status.PAID)


class OrderLine(models.Model):
    """A line of an order, with the product's name and price as they were. A credit note has negative quantities."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="lines")
    sku = StockCode(_("stock code"))
    name = models.CharField(max_length=200, blank=True)
    quantity = models.IntegerField()
    unit_price = Amount()
    discount = Amount(default=0)
    unit_cost = Amount(null=True, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"


class Refund(models.Model):
    """Money given back."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds")
    amount = Amount()
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")

    def __str__(self) -> str:
        return f"{self.amount} ({self.order})"
