"""What advertising cost, and what people say of bots."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.base import Sourced
from insights.models.fields import MoneyField


class AdSpend(Sourced):
    """What was paid for one day of one campaign. ``traffic`` and ``base_cost`` are written by cleaning alone."""

    day = models.DateField(db_index=True)
    source = models.CharField(max_length=100)
    medium = models.CharField(max_length=100, blank=True)
    campaign = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3)
    cost = MoneyField()
    impressions = models.PositiveBigIntegerField(null=True, blank=True)
    clicks = models.PositiveBigIntegerField(null=True, blank=True)

    traffic = models.CharField(max_length=20, blank=True)
    rate = models.DecimalField(max_digits=18, decimal_places=8, null=True, blank=True)
    base_cost = MoneyField(null=True, blank=True, help_text=_("In the base currency; empty without a rate."))

    class Meta(Sourced.Meta):
        verbose_name = _("ad spend")
        verbose_name_plural = _("ad spend")

    def __str__(self) -> str:
        return self.external_id


class Verdict(models.TextChoices):
    """What somebody says of a label or of a visitor; empty leaves it to the labels."""

    NONE = "", _("as the labels say")
    PEOPLE = "people", _("counts as people")
    MACHINE = "machine", _("is a bot")


class BotRule(models.Model):
    """What somebody decided about a reason, a visitor or a session. Events keep their label whatever it says."""

    class Kind(models.TextChoices):
        """What it is about."""

        REASON = "reason", _("reason")
        VISITOR = "visitor", _("visitor")
        SESSION = "session", _("session")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=64)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150, blank=True)
    position = models.BigIntegerField(default=0, help_text=_("Up to which event it has been applied."))
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("rule about bots")
        verbose_name_plural = _("rules about bots")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="insights_botrule_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
