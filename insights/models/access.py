"""Who saw, took away or changed what is known of a person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.TextChoices):
    """What somebody did with personal data."""

    VIEWED_CUSTOMER = "viewed_customer", _("looked at a customer")
    LISTED_CUSTOMERS = "listed_customers", _("looked at a list of customers")
    EXPORTED_CSV = "exported_csv", _("downloaded a file")
    EXPORTED_PERSON = "exported_person", _("exported a person's data")
    FORGOT_PERSON = "forgot_person", _("had a person forgotten")
    VIEWED_RAW_ROW = "viewed_raw_row", _("looked at raw rows")
    MENDED_ROW = "mended_row", _("mended a row")
    ASKED_ABOUT_PERSON = "asked_about_person", _("asked the assistant about people")


class AccessRecord(models.Model):
    """One act with personal data. Nothing leads into the host, and no name of a customer is in it."""

    at = models.DateTimeField(db_index=True)
    user_key = models.CharField(max_length=64, blank=True, help_text=_("Key of the user, as text."))
    user_name = models.CharField(max_length=150, blank=True, help_text=_("What the user was called then."))
    act = models.CharField(max_length=24, choices=Act.choices)
    subject = models.CharField(
        max_length=64, blank=True, help_text=_("Whom or what it was about, by our own key, such as “customer:12”.")
    )
    rows = models.PositiveIntegerField(default=1, help_text=_("People or rows that were shown or taken."))
    place = models.CharField(max_length=64, help_text=_("The page, the address of the API, or the command."))

    class Meta:
        verbose_name = _("access to personal data")
        verbose_name_plural = _("accesses to personal data")
        permissions = [("view_audit_log", _("Can see who looked at personal data"))]
        indexes = [
            models.Index(fields=["user_key", "at"], name="insights_access_user"),
            models.Index(fields=["subject", "at"], name="insights_access_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"
