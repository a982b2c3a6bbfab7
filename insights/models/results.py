"""What the app found out: runs, models, and what they say of each customer."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.fields import ExternalIdField, MoneyField
from insights.models.people import Customer


class RunState(models.TextChoices):
    """The life of a run and of each of its steps."""

    QUEUED = "queued", _("waiting for a worker")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    REFUSED = "refused", _("not enough data")
    CANCELLED = "cancelled", _("cancelled")


class Claimable(models.Model):
    """A piece of work that a worker claims by a conditional update and finishes under the same attempt."""

    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.QUEUED)
    owner = models.CharField(max_length=100, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    progress = models.FloatField(default=0.0)
    message = models.CharField(max_length=300, blank=True)
    report = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


class Run(Claimable):
    """One piece of long work: a sync, an import or a training, in steps."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, help_text=_("sync, import or training"))
    families = models.JSONField(default=list, blank=True)
    as_of = models.DateTimeField(null=True, blank=True)
    requested_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["kind", "state"], name="insights_run_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"


class RunStep(Claimable):
    """One step of a run; the step that ends last starts the next."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="insights_runstep_position")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.name}"


class ModelVersion(models.Model):
    """One trained model of a slot, with all that is needed to judge it, and to trust it or not."""

    slot = models.CharField(max_length=32)
    number = models.PositiveIntegerField()
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="versions")
    family = models.CharField(max_length=16)
    recipe = models.CharField(max_length=64, help_text=_("The estimator that won."))
    created_at = models.DateTimeField(auto_now_add=True)
    as_of = models.DateTimeField()
    data_from = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    parameters = models.JSONField(default=dict, blank=True)
    metrics = models.JSONField(default=dict, blank=True)
    baseline = models.JSONField(default=dict, blank=True)
    comparison = models.JSONField(default=list, blank=True, help_text=_("All estimators side by side."))
    artifact = models.CharField(max_length=200, blank=True, help_text=_("Folder in the storage."))
    sha256 = models.JSONField(default=dict, blank=True, help_text=_("One checksum a file."))
    libraries = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=300, blank=True, help_text=_("Why it was published, or not."))

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        ordering = ["slot", "-number"]
        constraints = [models.UniqueConstraint(fields=["slot", "number"], name="insights_modelversion_number")]

    def __str__(self) -> str:
        return f"{self.slot} v{self.number}"


class Publication(models.Model):
    """The pointer of a slot: what is served now. Publishing flips it, rollback flips it back."""

    slot = models.CharField(max_length=32, unique=True)
    version = models.ForeignKey(ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    generation = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self) -> str:
        return self.slot


class CustomerStateQuerySet(models.QuerySet["CustomerState"]):
    """States are read by generation; readers want the current one."""

    def current(self) -> CustomerStateQuerySet:
        """The states that are served now: one a customer, all of one generation."""
        pointer = Publication.objects.filter(slot=STATE_SLOT).values("generation")
        return self.filter(generation__in=pointer)


STATE_SLOT = "customer_state"


class CustomerState(models.Model):
    """What the models say of one customer. A generation becomes visible all at once."""

    generation = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="states")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="states")
    as_of = models.DateTimeField()

    recency_days = models.PositiveIntegerField(null=True, blank=True)
    frequency = models.PositiveIntegerField(null=True, blank=True, help_text=_("Valid orders."))
    monetary = MoneyField(null=True, blank=True, help_text=_("Net spend in the base currency."))
    r = models.PositiveSmallIntegerField(null=True, blank=True)
    f = models.PositiveSmallIntegerField(null=True, blank=True)
    m = models.PositiveSmallIntegerField(null=True, blank=True)
    segment = models.CharField(max_length=24, blank=True)
    rfm_type = models.CharField(max_length=24, blank=True)
    cluster = models.SmallIntegerField(null=True, blank=True)
    churn_probability = models.FloatField(null=True, blank=True)
    churn_low = models.FloatField(null=True, blank=True)
    churn_high = models.FloatField(null=True, blank=True)
    churn_band = models.CharField(max_length=12, blank=True)
    churn_reasons = models.JSONField(default=list, blank=True)
    purchase_probability = models.FloatField(null=True, blank=True)
    purchase_reasons = models.JSONField(default=list, blank=True)
    next_order_from = models.DateField(null=True, blank=True)
    next_order_expected = models.DateField(null=True, blank=True)
    next_order_to = models.DateField(null=True, blank=True)
    alive_probability = models.FloatField(null=True, blank=True)
    value_30 = MoneyField(null=True, blank=True)
    value_90 = MoneyField(null=True, blank=True)
    value_180 = MoneyField(null=True, blank=True)
    value_365 = MoneyField(null=True, blank=True)
    value_band = models.CharField(max_length=12, blank=True)

    objects = CustomerStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer state")
        verbose_name_plural = _("customer states")
        constraints = [models.UniqueConstraint(fields=["generation", "customer"], name="insights_state_once")]
        indexes = [
            models.Index(fields=["generation", "segment"], name="insights_state_segment"),
            models.Index(fields=["generation", "churn_band"], name="insights_state_churn"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.generation_id}"


class Score(models.Model):
    """The history of what was said of a customer, one row a score and day."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="scores")
    name = models.CharField(max_length=24)
    day = models.DateField()
    value = models.FloatField(null=True, blank=True)
    label = models.CharField(max_length=24, blank=True)
    version = models.ForeignKey(ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="scores")

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [models.UniqueConstraint(fields=["customer", "name", "day"], name="insights_score_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.customer_id}"


class SyncCursor(models.Model):
    """How far a source has been read, so that a killed sync resumes."""

    channel = models.CharField(max_length=32)
    kind = models.CharField(max_length=64)
    position = models.JSONField(default=dict, blank=True, help_text=_("Key of the last row of an unfinished pass."))
    watermark = models.JSONField(
        default=dict, blank=True, help_text=_("Highest change time, or key, of the last full pass.")
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("sync cursor")
        verbose_name_plural = _("sync cursors")
        constraints = [models.UniqueConstraint(fields=["channel", "kind"], name="insights_synccursor_once")]

    def __str__(self) -> str:
        return f"{self.channel}/{self.kind}"


class QuarantinedRow(models.Model):
    """A row that could not be taken over: kept with its reason, to be mended and replayed."""

    channel = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)
    external_id = ExternalIdField()
    rule = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    row = models.JSONField(default=dict)
    first_seen = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("quarantined row")
        verbose_name_plural = _("quarantined rows")
        constraints = [
            models.UniqueConstraint(fields=["channel", "kind", "external_id", "rule"], name="insights_quarantine_once")
        ]
        indexes = [models.Index(fields=["rule", "resolved_at"], name="insights_quarantine_rule")]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}: {self.rule}"
