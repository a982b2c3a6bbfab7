"""What every canonical table has in common."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.fields import ExternalIdField


class Sourced(models.Model):
    """A row that came from a channel: this shop, another site, a marketplace, a point of sale."""

    channel = models.CharField(max_length=32, default="shop")
    external_id = ExternalIdField()
    recorded_at = models.DateTimeField(auto_now_add=True, help_text=_("When we first learnt of it."))
    fingerprint = models.BigIntegerField(
        default=0, editable=False, help_text=_("Hash of the mapped values; an unchanged row is not written again.")
    )
    flags = models.JSONField(default=list, blank=True, help_text=_("Keys of the cleaning rules that marked this row."))

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="%(app_label)s_%(class)s_source"),
        ]
