"""The way of a training: snapshot, one step a family, publish. Each step can be done again, and none twice.

What a step hands on lies in the run's folder and in its report, so that another worker can go on after a kill.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from insights.exceptions import InsightsError
from insights.features import Snapshot, open_snapshot, snapshot
from insights.models import ModelVersion, Run, RunState, RunStep

from . import claims, generations, registry, reports, runs, workdir
from .claims import Claim, LostClaimError
from .heartbeat import heartbeat
from .interrupts import interruptible
from .publishing import publish
from .recipe import Context, Made, Progress, Recipe, make, part
from .reports import RunReport

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingReport:
    """What a training did: one report a model, in the order in which they were trained."""

    run: Run
    state: str
    runs: tuple[RunReport, ...]

    def as_dict(self) -> dict[str, Any]:
        """What ``insights_train --json`` prints."""
        return {"runs": [report.as_dict() for report in self.runs]}


def train(
    families: Sequence[str] = (),
    *,
    as_of: datetime | None = None,
    requested_by: str = "",
    progress: Progress | None = None,
) -> TrainingReport:
    """Train here and now, without a broker or a worker.

    Args:
        families: names out of ``runs.FAMILIES``; none, or ``all``, is all.
        as_of: what the models may know; now, when None.
        requested_by: who asked for it.
        progress: called with the share done and what is being done.

    Raises:
        UnknownKeyError: for an unknown family.
        RunError: while another training runs, or when it was cancelled.
    """
    run, held = runs.start(families, as_of=as_of, requested_by=requested_by, worker=claims.worker_name())
    return _run(run, held, progress, stopped=lambda: runs.cancel(run.pk))


def work(run_id: int | None = None, *, progress: Progress | None = None) -> TrainingReport | None:
    """Take a waiting training and do it; None when there is none to take.

    A worker that is told to stop gives it back, so that the next one goes on from the last step.
    """
    taken = runs.claim(claims.worker_name(), run_id)
    return None if taken is None else _run(*taken, progress, stopped=lambda: claims.release(*taken))


def work_off(run_id: int | None = None) -> int:
    """Do a waiting training and then all others that wait; gives the number of those that failed."""
    failed, wanted = 0, run_id
    while taken := runs.claim(claims.worker_name(), wanted):
        wanted = None
        try:
            _run(*taken, None, stopped=partial(claims.release, *taken))
        except Exception as error:
            # It stands in its run, and the others are not to wait for a cause that may be its own.
            failed += 1
            if isinstance(error, InsightsError):
                logger.warning("%s: %s", taken[0], error)
    return failed


def recipes(family: str) -> tuple[Recipe, ...]:
    """The recipes of a family, in the order in which they are made."""
    if family == "segmentation":
        from .segmentation import RECIPES

        return RECIPES
    if family == "prediction":
        from .lifetime import RECIPES as LIFETIME
        from .prediction import RECIPES as PREDICTION

        return (*PREDICTION, *LIFETIME)
    from .factorization import RECIPES as FACTORIZATION

    return FACTORIZATION


def _run(run: Run, held: Claim, progress: Progress | None, *, stopped: Callable[[], Any]) -> TrainingReport:
    """Do the steps that are not over, and end the run.

    Args:
        stopped: what is done when the process is told to stop.
    """
    workdir.tidy()
    try:
        while taken := claims.take_step(run, held):
            _one(run, held, *taken, progress or _silent)
        _end(run, held)
    except LostClaimError:
        raise
    except KeyboardInterrupt:
        stopped()
        raise
    except Exception as error:
        # The models from before go on serving; the panel shows what went wrong.
        claims.finish(run, held, RunState.FAILED, report=reports.summary(run), error=_said(error))
        if not isinstance(error, InsightsError):
            logger.exception("The training %s failed", run.uid)
        raise
    finally:
        workdir.remove(run)
    _prune()
    return TrainingReport(run, run.state, tuple(reports.of_models(run)))


def _end(run: Run, held: Claim) -> None:
    """End a run whose last step is over; most often that step has ended it."""
    run.refresh_from_db()
    if run.state == RunState.RUNNING:
        claims.finish(run, held, reports.outcome(run), report=reports.summary(run))
        run.refresh_from_db()


def _prune() -> None:
    """Delete old versions. The training is over and published, and what fails here does not make it fail."""
    try:
        registry.prune()
        generations.prune()
    except Exception:
        logger.exception("Old versions could not be deleted; the next training tries again.")


def _said(error: Exception) -> str:
    return (str(error) if isinstance(error, InsightsError) else f"{type(error).__name__}: {error}")[:2000]


def _one(run: Run, held: Claim, step: RunStep, step_held: Claim, progress: Progress) -> None:
    count = max(run.steps.count(), 1)

    def tell(share: float, message: str) -> None:
        claims.beat_step(step, step_held, share, message)
        claims.beat(run, held, (step.position + share) / count, message)
        progress((step.position + share) / count, message)

    with heartbeat(run, held):
        try:
            with interruptible():
                if step.name == "publish":
                    publish(run, held, step, step_held, tell)
                    return
                report = _step(run, held, step, tell)
        except LostClaimError:
            raise
        except Exception as error:
            claims.finish_step(step, step_held, RunState.FAILED, error=_said(error))
            raise
    claims.finish_step(step, step_held, RunState.DONE, report=report)


def _step(run: Run, held: Claim, step: RunStep, tell: Progress) -> dict[str, Any]:
    if step.name == "snapshot":
        return {"rows": snapshot(_as_of(run), workdir.make(run), tell).rows}
    return {"models": [_made(run, held, recipe, part(tell, *place)) for place, recipe in _places(step.name)]}


def _places(family: str) -> Iterator[tuple[tuple[float, float], Recipe]]:
    found = recipes(family)
    for place, recipe in enumerate(found):
        yield (place / len(found), (place + 1) / len(found)), recipe


def _made(run: Run, held: Claim, recipe: Recipe, tell: Progress) -> dict[str, Any]:
    """Make one model, store it unpublished, and keep what it says of the customers for the last step."""
    made = make(recipe, Context(_snapshot(run), tell, workdir.folder(run)))
    version = None
    if made.candidate is not None:
        version = registry.register(run, made, _as_of(run), partial(claims.beat, run, held))
        if made.candidate.scores is not None:
            workdir.save_scores(run, made.slot, made.candidate.scores)
    return _kept(recipe, made, version)


def _kept(recipe: Recipe, made: Made, version: ModelVersion | None) -> dict[str, Any]:
    candidate = made.candidate
    return {
        "slot": made.slot,
        "family": recipe.family,
        "seconds": round(made.seconds, 3),
        "version": version.pk if version else None,
        "publish": bool(candidate and candidate.verdict.publish),
        "verdict": candidate.verdict.text if candidate else "",
        "needs": [need.as_dict() for need in made.needs],
    }


def _snapshot(run: Run) -> Snapshot:
    """The run's copy of the tables; taken again where it was on a machine that is gone.

    Raises:
        RunError: when a table changes all the while that it is read.
    """
    found = open_snapshot(workdir.folder(run))
    return found if found is not None else snapshot(_as_of(run), workdir.folder(run))


def _as_of(run: Run) -> datetime:
    assert run.as_of is not None, "a training is created with its date"
    return run.as_of


def _silent(share: float, message: str) -> None:
    return None
