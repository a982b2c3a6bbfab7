"""What was bought, given back and rated."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from insights.models.base import Sourced
from insights.models.catalog import Product
from insights.models.fields import MoneyField, QuantityField
from insights.models.people import Customer, Visitor


class Excluded(models.TextChoices):
    """Why an order is no valid order. Empty means that it counts."""

    NO = "", _("counts")
    CANCELLED = "cancelled", _("cancelled")
    REFUNDED = "refunded", _("fully refunded")
    TEST = "test", _("test order")
    STAFF = "staff", _("order of the staff")
    NO_RATE = "no_rate", _("no exchange rate")
    EMPTY = "empty", _("no line that counts")
    IMPOSSIBLE = "impossible", _("impossible values")


class OrderQuerySet(models.QuerySet["Order"]):
    """The one place that knows what was known when."""

    def known(self, as_of: datetime | None = None) -> OrderQuerySet:
        """Orders placed by ``as_of`` (now, when None)."""
        return self if as_of is None else self.filter(placed_at__lt=as_of)

    def valid(self, as_of: datetime | None = None) -> OrderQuerySet:
        """Valid orders as they were known at ``as_of``: one cancelled or refunded later still counted then."""
        if as_of is None:
            return self.filter(counts=True)
        later = Q(excluded__in=[Excluded.CANCELLED, Excluded.REFUNDED], excluded_at__gte=as_of)
        return self.known(as_of).filter(Q(counts=True) | later)


class Order(Sourced):
    """An order. ``counts``, ``traffic`` and all ``local_*``, ``base_*`` and ``touch_*`` columns are cleaning's."""

    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders")
    visitor = models.ForeignKey(Visitor, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders")
    placed_at = models.DateTimeField()
    status = models.CharField(max_length=32, blank=True, help_text=_("The shop's own word."))
    cancelled_at = models.DateTimeField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    total = MoneyField()
    tax = MoneyField(null=True, blank=True)
    shipping = MoneyField(null=True, blank=True)
    discount = MoneyField(null=True, blank=True)
    coupon = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100, blank=True)
    utm_source = models.CharField(max_length=100, blank=True)
    utm_medium = models.CharField(max_length=100, blank=True)
    utm_campaign = models.CharField(max_length=100, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    is_cancelled = models.BooleanField(default=False)
    is_test = models.BooleanField(default=False)
    is_business = models.BooleanField(default=False)

    base_total = MoneyField(null=True, blank=True, help_text=_("In the base currency; empty without a rate."))
    rate = models.DecimalField(max_digits=18, decimal_places=8, null=True, blank=True)
    rate_date = models.DateField(null=True, blank=True)
    counts = models.BooleanField(default=False)
    excluded = models.CharField(max_length=16, blank=True, choices=Excluded.choices, default=Excluded.EMPTY)
    excluded_at = models.DateTimeField(null=True, blank=True)
    local_date = models.DateField(null=True, blank=True)
    local_hour = models.PositiveSmallIntegerField(null=True, blank=True)
    traffic = models.CharField(
        max_length=20, blank=True, help_text=_("The kind of source of the last touch before it.")
    )
    touch_source = models.CharField(max_length=100, blank=True)
    touch_medium = models.CharField(max_length=100, blank=True)
    touch_campaign = models.CharField(max_length=100, blank=True)

    objects = OrderQuerySet.as_manager()

    PERSONAL = (
        *("city", "region", "coupon", "referrer"),
        *("utm_source", "utm_medium", "utm_campaign", "touch_source", "touch_medium", "touch_campaign"),
    )
    """What may lead to a person, beside customer and visitor."""

    class Meta(Sourced.Meta):
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["local_date", "counts"], name="insights_order_day"),
            models.Index(fields=["customer", "placed_at"], name="insights_order_customer"),
            models.Index(fields=["placed_at"], name="insights_order_placed"),
        ]

    def __str__(self) -> str:
        return self.external_id


class LineKind(models.TextChoices):
    """What a line of an order stands for."""

    PRODUCT = "product", _("product")
    SHIPPING = "shipping", _("shipping")
    DISCOUNT = "discount", _("discount")
    FEE = "fee", _("fee")
    RETURN = "return", _("return")


class OrderLine(Sourced):
    """A line of an order, with the name of the product as it was, should the product go."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="lines")
    product_name = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=10, choices=LineKind.choices, default=LineKind.PRODUCT)
    quantity = QuantityField()
    unit_price = MoneyField()
    discount = MoneyField(default=0)
    unit_cost = MoneyField(null=True, blank=True)

    net_amount = MoneyField(default=0, help_text=_("Quantity × unit price less discount, in the order's currency."))
    base_amount = MoneyField(null=True, blank=True, help_text=_("The net amount in the base currency."))
    counts = models.BooleanField(default=False, help_text=_("A sold product of a valid order."))

    class Meta(Sourced.Meta):
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        indexes = [models.Index(fields=["product", "counts"], name="insights_line_product")]

    def __str__(self) -> str:
        return self.external_id


class Refund(Sourced):
    """Money given back. It counts on its own day, so that the past does not move."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds")
    line = models.ForeignKey(OrderLine, null=True, blank=True, on_delete=models.SET_NULL, related_name="refunds")
    amount = MoneyField()
    occurred_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    base_amount = MoneyField(null=True, blank=True)
    counts = models.BooleanField(default=False, help_text=_("A partial refund of a valid order."))
    local_date = models.DateField(null=True, blank=True, db_index=True)

    class Meta(Sourced.Meta):
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")

    def __str__(self) -> str:
        return self.external_id


class Rating(Sourced):
    """An opinion with a value from 1 to 5, whatever scale the shop uses."""

    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="ratings")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="ratings")
    value = models.FloatField()
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    occurred_at = models.DateTimeField()
    counts = models.BooleanField(default=True)
    local_date = models.DateField(null=True, blank=True, db_index=True)

    class Meta(Sourced.Meta):
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")

    def __str__(self) -> str:
        return self.external_id
