"""What people do before, between and after orders."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.catalog import Product
from insights.models.fields import ExternalIdField, MoneyField, QuantityField
from insights.models.people import Customer, Visitor

# GA4's recommended events for shops, and the few of its automatic ones that say something here.
EVENT_NAMES = (
    "page_view",
    "search",
    "view_search_results",
    "view_item",
    "view_item_list",
    "select_item",
    "add_to_cart",
    "remove_from_cart",
    "view_cart",
    "add_to_wishlist",
    "begin_checkout",
    "add_shipping_info",
    "add_payment_info",
    "purchase",
    "refund",
    "view_promotion",
    "select_promotion",
    "login",
    "sign_up",
    "share",
    "user_engagement",
    # Said elsewhere, and imported.
    "review",
    "comment",
    "mention",
)


class Visit(models.Model):
    """A stretch of events of one visitor without a pause of half an hour."""

    channel = models.CharField(max_length=32, default="shop")
    visitor = models.ForeignKey(Visitor, null=True, blank=True, on_delete=models.CASCADE, related_name="visits")
    session_key = models.CharField(max_length=64, blank=True)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="visits")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    page_views = models.PositiveIntegerField(default=0)
    views = models.PositiveIntegerField(default=0, help_text=_("Products looked at."))
    carts = models.PositiveIntegerField(default=0, help_text=_("Products put into the basket."))
    checkouts = models.PositiveIntegerField(default=0)
    purchases = models.PositiveIntegerField(default=0)
    landing = models.CharField(max_length=500, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    utm_source = models.CharField(max_length=100, blank=True)
    utm_medium = models.CharField(max_length=100, blank=True)
    utm_campaign = models.CharField(max_length=100, blank=True)
    traffic = models.CharField(max_length=20, blank=True, help_text=_("Written by cleaning: the kind of source."))
    device = models.CharField(max_length=16, blank=True)
    country = models.CharField(max_length=64, blank=True)
    assets = models.BooleanField(
        default=False, help_text=_("An access log says that its pages loaded pictures, styles or scripts.")
    )
    bot = models.CharField(max_length=32, blank=True, help_text=_("Why it is taken for a bot; empty for people."))
    counts = models.BooleanField(default=True, help_text=_("Neither a bot nor the staff."))
    local_date = models.DateField(db_index=True)
    local_hour = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [models.Index(fields=["channel", "session_key", "started_at"], name="insights_visit_session")]

    def __str__(self) -> str:
        return f"{self.channel}:{self.session_key}"


class Event(models.Model):
    """One thing that somebody did, under GA4's name for it."""

    event_id = models.UUIDField(unique=True)
    channel = models.CharField(max_length=32, default="shop")
    name = models.CharField(max_length=32)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    local_date = models.DateField()
    visitor = models.ForeignKey(Visitor, null=True, blank=True, on_delete=models.SET_NULL, related_name="events")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="events")
    session_key = models.CharField(max_length=64, blank=True)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="events")
    order_ref = ExternalIdField(blank=True)
    quantity = QuantityField(null=True, blank=True)
    value = MoneyField(null=True, blank=True)
    query = models.CharField(max_length=200, blank=True)
    list_id = models.CharField(max_length=64, blank=True, help_text=_("The widget or list that showed the product."))
    page = models.CharField(max_length=500, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    utm_source = models.CharField(max_length=100, blank=True)
    utm_medium = models.CharField(max_length=100, blank=True)
    utm_campaign = models.CharField(max_length=100, blank=True)
    device = models.CharField(max_length=16, blank=True)
    properties = models.JSONField(default=dict, blank=True)
    bot = models.CharField(max_length=32, blank=True, help_text=_("Why it is taken for a bot; empty for people."))
    counts = models.BooleanField(default=True)
    fingerprint = models.UUIDField(
        null=True,
        unique=True,
        editable=False,
        help_text=_("Of who did what when, whatever the id: the same told under two ids is there once."),
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["customer", "occurred_at"], name="insights_event_customer"),
            models.Index(fields=["name", "local_date"], name="insights_event_day"),
            models.Index(fields=["product", "occurred_at"], name="insights_event_product"),
            models.Index(fields=["session_key", "occurred_at"], name="insights_event_session"),
            models.Index(fields=["visitor", "occurred_at"], name="insights_event_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.event_id}"
