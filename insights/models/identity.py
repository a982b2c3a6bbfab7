"""Who is the same person: what was joined, so that it can be parted again, and what somebody has to decide."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.people import Customer


class MergeHow(models.TextChoices):
    """What joined two people."""

    GUEST = "guest", _("a guest who made an account")
    EMAIL = "email", _("one e-mail address in two channels")
    REVIEW = "review", _("decided in the list of duplicates")
    HAND = "hand", _("joined by hand")


class MergeQuerySet(models.QuerySet["Merge"]):
    """Merges are kept when they are undone: they are the history."""

    def standing(self) -> MergeQuerySet:
        """Those that were not undone."""
        return self.filter(undone_at=None)


class Merge(models.Model):
    """One recorded merge: the source is the target from now on, until it is undone.

    Standing merges make a forest. What a row of ``moved`` belongs to is the root above its source, so that merges can
    be undone in any order.
    """

    source = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    target = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="joined")
    how = models.CharField(max_length=8, choices=MergeHow.choices)
    by = models.CharField(max_length=150, blank=True, help_text=_("Empty for a rule."))
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=150, blank=True)
    moved = models.JSONField(
        default=dict, blank=True, help_text=_("Primary keys of the rows that were the source's own, by table.")
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"


class PairState(models.TextChoices):
    """What became of two people who may be one."""

    OPEN = "open", _("to be decided")
    MERGED = "merged", _("the same person")
    REJECTED = "rejected", _("two people")


class DuplicatePair(models.Model):
    """Two people who may be one. ``first`` has the lower primary key, so that a pair is there once."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(default=0, help_text=_("How likely they are one, in percent."))
    reasons = models.JSONField(default=list, blank=True, help_text=_("Keys of what speaks for it and against it."))
    state = models.CharField(max_length=8, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField()
    checked_at = models.DateTimeField(help_text=_("When the search last met the pair."))
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = _("pair of duplicates")
        verbose_name_plural = _("pairs of duplicates")
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="insights_pair_once")]
        indexes = [models.Index(fields=["state", "-score"], name="insights_pair_queue")]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"
