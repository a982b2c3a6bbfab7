"""Who buys and who visits."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.base import Sourced


class Customer(Sourced):
    """A person, or a firm, that a channel knows: an account, or a guest with an e-mail address or phone."""

    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True, help_text=_("Normalised: trimmed and in lower case."))
    email_hash = models.CharField(max_length=64, blank=True, db_index=True)
    phone = models.CharField(max_length=32, blank=True)
    phone_key = models.CharField(
        max_length=32, blank=True, db_index=True, help_text=_("The number in digits, from the country's code on.")
    )
    language = models.CharField(max_length=16, blank=True)
    country = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    is_guest = models.BooleanField(default=False)
    is_staff = models.BooleanField(default=False)
    is_test = models.BooleanField(default=False)
    is_business = models.BooleanField(default=False)
    is_real = models.BooleanField(default=True, help_text=_("Written by cleaning: neither staff nor a test."))
    accepts_marketing = models.BooleanField(null=True)
    objects_to_profiling = models.BooleanField(default=False)
    first_order_date = models.DateField(
        null=True,
        blank=True,
        db_index=True,
        help_text=_("Written by cleaning: the shop's day of the first valid order."),
    )
    first_traffic = models.CharField(
        max_length=20, blank=True, help_text=_("Written by cleaning: the kind of source of the first touch of a buyer.")
    )
    first_source = models.CharField(max_length=100, blank=True)
    first_medium = models.CharField(max_length=100, blank=True)
    first_campaign = models.CharField(max_length=100, blank=True)
    first_touch_at = models.DateTimeField(null=True, blank=True)
    last_traffic = models.CharField(max_length=20, blank=True, help_text=_("Of the last touch before the last order."))
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="merged",
        help_text=_("Who they are now: never somebody who was merged in turn."),
    )

    class Meta(Sourced.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = [
            ("view_insights", _("Can see the insights panel")),
            ("see_personal_data", _("Can see names and e-mail addresses in the panel")),
            ("train_models", _("Can start trainings and publish models")),
            ("ask_insights", _("Can ask the assistant")),
            ("mend_rows", _("Can mend rows that could not be taken over")),
            ("judge_bots", _("Can say what counts as a bot")),
            ("merge_customers", _("Can join and part people")),
            ("forget_people", _("Can have people forgotten for good")),
        ]

    def __str__(self) -> str:
        return f"{self.channel}:{self.external_id}"


class Visitor(models.Model):
    """A browser. It becomes a customer's at login, at checkout or by a guest's e-mail address."""

    key = models.CharField(max_length=64, unique=True, default=uuid.uuid4)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="visitors")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    left_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the customer signed out there; who comes after may be anybody.")
    )

    class Meta:
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")

    def __str__(self) -> str:
        return self.key


class IdentityLink(models.Model):
    """One recorded stitch of a visitor to a customer, so that it can be undone."""

    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="links")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="links")
    how = models.CharField(max_length=16)
    linked_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("identity link")
        verbose_name_plural = _("identity links")

    def __str__(self) -> str:
        return f"{self.visitor_id} → {self.customer_id}"


class Erasure(models.Model):
    """That somebody was forgotten, when, and what went: a receipt with nothing of the person in it."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    erased_at = models.DateTimeField()
    finished_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When files and models were done too; empty where that was cut off.")
    )
    receipt = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-erased_at", "-pk"]

    def __str__(self) -> str:
        return str(self.uid)


class Suppression(models.Model):
    """A person who was forgotten: a keyed hash that stops their return through sync or import."""

    subject_hash = models.CharField(max_length=64, unique=True)
    erasure = models.ForeignKey(Erasure, null=True, blank=True, on_delete=models.SET_NULL, related_name="suppressions")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")

    def __str__(self) -> str:
        return self.subject_hash[:12]
