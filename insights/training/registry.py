"""Which model of each slot is served: versions, the pointer to one of them, and the way back."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from datetime import datetime
from functools import cache

from django.db.models import Max
from django.utils import timezone

from insights.conf import settings
from insights.exceptions import RunError, UnknownKeyError
from insights.models import ModelVersion, Publication, Run, atomic

from .artifacts import delete_artifact, load_artifact, replace_arrays, save_artifact
from .claims import ACTIVE
from .people import without_gone
from .recipe import Made, plain

SLOTS = {
    "segmentation": "segmentation",
    "churn": "prediction",
    "purchase": "prediction",
    "lifetime": "prediction",
    "implicit": "factorization",
    "together": "factorization",
    "ratings": "factorization",
}
"""Slot to family, in the order in which they are trained."""

_LIBRARIES = ("django-shop-insights", "numpy", "scipy", "scikit-learn", "skops", "duckdb", "narwhals")


def current(slot: str) -> ModelVersion | None:
    """The version of a slot that is served; None when none is.

    Raises:
        UnknownKeyError: for an unknown slot.
    """
    _check(slot)
    pointer = Publication.objects.filter(slot=slot).select_related("version").first()
    return pointer.version if pointer else None


def register(run: Run, made: Made, as_of: datetime, fence: Callable[[], None]) -> ModelVersion:
    """Store a candidate as a new version, not served yet.

    Versions of the same slot that an earlier attempt of the run left behind are deleted. The number is taken before
    the files are written, so that two workers never write the same ones.

    Args:
        run: which made it.
        made: with a candidate.
        as_of: what it knew.
        fence: raises when the run is no longer held.

    Raises:
        LostClaimError: from the fence.
    """
    with atomic():
        fence()
        for leftover in ModelVersion.objects.filter(run=run, slot=made.slot, published_at=None):
            _delete(leftover)
        version = _reserved(run, made, as_of)
    candidate = made.candidate
    assert candidate is not None, "only what was trained is stored"
    arrays, _ = without_gone(candidate.arrays)
    save_artifact(version, arrays=arrays, estimators=candidate.estimators)
    version.save(update_fields=["artifact", "sha256"])
    # An erasure empties what it finds stored; who was forgotten before that, and after the look above, goes here.
    arrays, gone = without_gone(arrays)
    if gone:
        replace_arrays(version, arrays)
    return version


def _reserved(run: Run, made: Made, as_of: datetime) -> ModelVersion:
    candidate = made.candidate
    assert candidate is not None, "only what was trained is stored"
    last = ModelVersion.objects.filter(slot=made.slot).aggregate(number=Max("number"))["number"] or 0
    return ModelVersion.objects.create(
        slot=made.slot,
        number=last + 1,
        run=run,
        family=SLOTS[made.slot],
        recipe=candidate.recipe,
        as_of=as_of,
        data_from=candidate.data_from,
        rows=candidate.rows,
        seconds=round(made.seconds, 3),
        parameters=plain(candidate.parameters),
        metrics=plain(candidate.metrics),
        baseline=plain(candidate.baseline),
        comparison=[plain(row) for row in candidate.comparison],
        libraries=_library_versions(),
        verdict=candidate.verdict.text,
    )


def publish(version: ModelVersion, *, by: str = "") -> None:
    """Serve a version from now on."""
    with atomic():
        if version.published_at is None:
            version.published_at = timezone.now()
            version.save(update_fields=["published_at"])
        Publication.objects.update_or_create(slot=version.slot, defaults={"version": version, "changed_by": by[:150]})


def previous(slot: str) -> ModelVersion | None:
    """The version that was served before the present one; None when there is none."""
    now = current(slot)
    if now is None:
        return None
    earlier = ModelVersion.objects.filter(slot=slot, number__lt=now.number).exclude(published_at=None)
    return earlier.order_by("-number").first()


def rollback(slot: str, *, by: str = "") -> ModelVersion:
    """Serve the version before the present one again, and show what it said of each customer.

    Args:
        slot: the slot.
        by: who asked for it, for the record.

    Returns:
        The version that is served now.

    Raises:
        UnknownKeyError: for an unknown slot.
        RunError: when there is no earlier version, or what it said is no longer kept.
        ArtifactError: when its files cannot be read.
    """
    version = previous(slot)
    if version is None:
        raise RunError(f"There is no earlier version of “{slot}” to go back to.")
    serve(version, by=by)
    return version


def serve(version: ModelVersion, *, by: str = "") -> None:
    """Serve any stored version, and show what it said of each customer.

    Args:
        version: earlier or later than the present one.
        by: who asked for it, for the record.

    Raises:
        RunError: when what it said of the customers is no longer kept.
        ArtifactError: when its files cannot be read.
    """
    from .generations import restore

    load_artifact(version)
    with atomic():
        restore(version, by=by)
        publish(version, by=by)


def prune() -> None:
    """Delete versions beyond INSIGHTS["TRAINING"]["KEEP_VERSIONS"] of each slot, oldest first.

    What is served is kept, and so is what a run is still to publish. Versions that were never published make none go
    that were: those are the ones to go back to.
    """
    served = set(Publication.objects.exclude(version=None).values_list("version", flat=True))
    keep = settings.TRAINING.KEEP_VERSIONS
    for slot in SLOTS:
        versions = list(ModelVersion.objects.filter(slot=slot).order_by("-number"))
        kept = {version.pk for version in versions[:keep] if version.published_at is None}
        kept |= {version.pk for version in [version for version in versions if version.published_at][:keep]}
        for version in versions:
            if version.pk not in kept | served and (version.run is None or version.run.state not in ACTIVE):
                _delete(version)


def _delete(version: ModelVersion) -> None:
    delete_artifact(version)
    version.delete()


def _check(slot: str) -> None:
    if slot not in SLOTS:
        raise UnknownKeyError("slot", slot, SLOTS)


@cache
def _library_versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found
