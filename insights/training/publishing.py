"""The last step of a training: what is better becomes visible, all at once, and the run ends with it."""

from __future__ import annotations

import logging
from functools import partial

from django.utils.translation import gettext_noop

from insights.exceptions import RunError
from insights.models import ModelVersion, Run, RunState, RunStep, atomic

from . import claims, generations, registry, reports, runs, workdir
from .claims import Claim
from .recipe import Progress
from .scores import Scores

logger = logging.getLogger(__name__)


def publish(run: Run, held: Claim, step: RunStep, step_held: Claim, tell: Progress) -> None:
    """Publish all that is better and end the step and the run, in one transaction.

    Where scores are gone that are to be shown, their families are put back to be trained again, and this step with
    them.

    Raises:
        LostClaimError: when the run was cancelled or given to another worker; then nothing is published.
        RunError: when files vanish from the run's folder again and again.
    """
    assert run.as_of is not None, "a training is created with its date"
    tell(0.0, gettext_noop("Publishing"))
    chosen = [item for item in reports.models(run) if item["publish"]]
    wanted = {item["slot"]: item["family"] for item in chosen if item["slot"] in generations.COLUMNS}
    loaded = {slot: workdir.load_scores(run, slot) for slot in wanted}
    fresh = {slot: scores for slot, scores in loaded.items() if scores is not None}
    if lost := {family for slot, family in wanted.items() if slot not in fresh}:
        _again(run, held, step, lost)
        return
    published = [item["slot"] for item in chosen]
    while True:
        base = generations.shown()
        rows = generations.write(run, run.as_of, fresh, base, partial(claims.beat, run, held)) if fresh else 0
        tell(0.6, gettext_noop("Publishing"))
        with atomic():
            claims.beat(run, held)
            # Somebody may have gone back to an earlier version meanwhile; then the other columns are taken anew.
            if not fresh or generations.shown(lock=True) == base:
                _flip(run, [item["version"] for item in chosen], fresh)
                claims.finish_step(step, step_held, RunState.DONE, report={"published": published, "customers": rows})
                claims.finish(run, held, reports.outcome(run), report=reports.summary(run))
                break


def _flip(run: Run, versions: list[int], fresh: dict[str, Scores]) -> None:
    for version in ModelVersion.objects.filter(pk__in=versions):
        registry.publish(version, by=run.requested_by)
    if fresh:
        generations.show(run, by=run.requested_by)


def _again(run: Run, held: Claim, step: RunStep, families: set[str]) -> None:
    """Have families trained again whose scores are gone: the folder was deleted, or lies on another machine.

    Raises:
        RunError: when it happens again and again.
    """
    if step.attempt >= runs.MOST_ATTEMPTS:
        raise RunError(
            f"The folder {workdir.folder(run)} lost its files {step.attempt} times. "
            "Set INSIGHTS['DATA_DIR'] to a folder that nothing else empties."
        )
    logger.warning("What %s says of the customers is gone, so it is trained again.", ", ".join(sorted(families)))
    claims.redo(run, held, [*families, step.name])
