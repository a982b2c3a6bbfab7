"""A run as it is shown: its state in words, its steps, what to do when it does not move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from insights import formats, masking
from insights.models import Run, RunState, RunStep
from insights.panel.access import TRAIN, may
from insights.panel.labels import FAMILIES, KINDS, STEPS, plain
from insights.panel.page import link

PATIENCE = timedelta(seconds=10)
"""How long a queued run may wait before we say that no worker takes it."""

_CSS = {
    RunState.DONE: "ins-chip--good",
    RunState.FAILED: "ins-chip--bad",
    RunState.REFUSED: "ins-chip--warn",
    RunState.RUNNING: "ins-chip--soft",
}
_MARKS = {
    RunState.DONE: "✓",
    RunState.FAILED: "✕",
    RunState.RUNNING: "▸",
    RunState.REFUSED: "▲",
    RunState.CANCELLED: "–",
}


@dataclass(frozen=True)
class StepView:
    """One step of a run."""

    mark: str
    name: str
    note: str


@dataclass(frozen=True)
class RunView:
    """A run, ready for its template.

    Attributes:
        active: whether it is still to end, so that the page looks again.
        waiting: whether no worker has taken it for a while, though none other runs.
        behind: whether it waits for the end of another one.
        stalled: whether its worker has fallen silent.
    """

    url: str
    title: str
    when: str
    who: str
    state: str
    label: str
    css: str
    active: bool
    waiting: bool
    behind: bool
    stalled: bool
    percent: int
    message: str
    error: str
    took: str
    steps: list[StepView]
    live_url: str
    cancel_url: str


def view(request: HttpRequest, run: Run, steps: list[RunStep] | None = None) -> RunView:
    """A run as it stands now.

    Args:
        steps: its steps, where they are wanted.
    """
    now = timezone.now()
    active = run.state in (RunState.QUEUED, RunState.RUNNING)
    families = [str(FAMILIES.get(name, plain(name))) for name in run.families]
    ended = run.finished_at or now
    behind = run.state == RunState.QUEUED and run.kind == "training" and _another_runs()
    return RunView(
        url=link(request, "run", run.uid),
        title=_(", ").join(families) or str(KINDS.get(run.kind, plain(run.kind))),
        when=formats.moment(run.created_at),
        who=_("command line") if run.requested_by == "command line" else run.requested_by,
        state=run.state,
        label=str(RunState(run.state).label),
        css=_CSS.get(RunState(run.state), ""),
        active=active,
        waiting=run.state == RunState.QUEUED and now - run.created_at > PATIENCE and not behind,
        behind=behind,
        stalled=run.state == RunState.RUNNING and run.lease_until is not None and run.lease_until < now,
        percent=round(min(max(run.progress, 0.0), 1.0) * 100),
        message=_(run.message) if run.message else "",
        error=masking.reason(_(run.error), personal=may(request, masking.PERSONAL)) if run.error else "",
        took=formats.duration((ended - run.started_at).total_seconds()) if run.started_at else "",
        steps=[_step(step) for step in steps or []],
        live_url=link(request, "run_live", run.uid) if active else "",
        cancel_url=link(request, "run_cancel", run.uid) if active and may(request, TRAIN) else "",
    )


def _another_runs() -> bool:
    from insights.training import busy

    found: bool = busy().exists()
    return found


def _step(step: RunStep) -> StepView:
    name = str(STEPS.get(step.name) or plain(step.name).capitalize())
    if step.started_at and step.finished_at:
        note = formats.duration((step.finished_at - step.started_at).total_seconds())
    elif step.state == RunState.RUNNING:
        note = formats.percent(step.progress, 0)
    else:
        note = str(RunState(step.state).label)
    return StepView(_MARKS.get(RunState(step.state), "·"), name, note)
