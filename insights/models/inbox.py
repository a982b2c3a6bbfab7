"""The inbox: what browsers and the shop's pages sent, kept as it came until it has been read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.fields import ExternalIdField


class InboxState(models.TextChoices):
    """The life of a batch."""

    WAITING = "waiting", _("waiting")
    WORKING = "working", _("being read")
    DONE = "done", _("written")
    ASIDE = "aside", _("put aside")


class InboxBatch(models.Model):
    """One batch of events: accepted first, and committed before the sender hears so; read later.

    Who sent it stands beside it as far as they agreed; neither address nor user agent is kept.
    """

    received_at = models.DateTimeField()
    channel = models.CharField(max_length=32, default="shop")
    mode = models.CharField(max_length=12, help_text=_("What the visitor agreed to: full or cookieless."))
    visitor_key = models.CharField(max_length=64, blank=True)
    session_key = models.CharField(max_length=64, blank=True)
    customer_channel = models.CharField(max_length=32, blank=True)
    customer_key = ExternalIdField(blank=True)
    host = models.CharField(max_length=255, blank=True)
    device = models.CharField(max_length=16, blank=True)
    bot = models.CharField(max_length=32, blank=True)
    staff = models.BooleanField(default=False)
    body = models.BinaryField(help_text=_("What was sent, without what INSIGHTS['COLLECT']['DENY'] names."))
    state = models.CharField(max_length=8, choices=InboxState.choices, default=InboxState.WAITING)
    owner = models.CharField(max_length=100, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(
        default=dict, blank=True, help_text=_("Events that were not written, by their place in the batch, and why.")
    )

    class Meta:
        verbose_name = _("batch of events")
        verbose_name_plural = _("batches of events")
        permissions = [("replay_events", _("Can have events that were put aside read again"))]
        indexes = [models.Index(fields=["state", "id"], name="insights_inbox_queue")]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class StaleSession(models.Model):
    """A session whose visits are to be drawn anew. Who holds the row draws them; nobody else does meanwhile."""

    channel = models.CharField(max_length=32)
    session_key = models.CharField(max_length=64)
    since = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        verbose_name = _("session to be drawn anew")
        verbose_name_plural = _("sessions to be drawn anew")
        constraints = [models.UniqueConstraint(fields=["channel", "session_key"], name="insights_stalesession_once")]

    def __str__(self) -> str:
        return f"{self.channel}:{self.session_key}"
