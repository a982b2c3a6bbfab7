"""The shop's own log of what its visitors do."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop_demo.models.catalogue import Product
from shop_demo.models.fields import Amount
from shop_demo.models.orders import Order


class Event(models.Model):
    """One thing that a visitor did, under GA4's name for it.

    Without consent it carries neither a session, an account nor an order: it can be counted, but not followed.
    """

    event_id = models.UUIDField(unique=True, default=uuid.uuid4)
    session_key = models.CharField(max_length=64, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=32)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    query = models.CharField(max_length=200, blank=True)
    value = Amount(null=True, blank=True)
    quantity = models.IntegerField(null=True, blank=True)
    path = models.CharField(max_length=300, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    utm_source = models.CharField(max_length=100, blank=True)
    utm_medium = models.CharField(max_length=100, blank=True)
    utm_campaign = models.CharField(max_length=100, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    device = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.name} {self.event_id}"
