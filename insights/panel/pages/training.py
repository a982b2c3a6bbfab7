"""Trainings: the models in use, the runs, and starting, stopping, publishing and rolling back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from insights import formats
from insights.exceptions import InsightsError, Need
from insights.models import ModelVersion, Run, RunState
from insights.panel import charts, models_in_use, runs
from insights.panel.access import TRAIN, demand, may
from insights.panel.labels import FAMILIES, SLOTS, plain
from insights.panel.page import Page, link

SHOWN = 20


def training(request: HttpRequest) -> Page:
    """The models in use, what runs now, the latest runs, and what is still missing."""
    found = Run.objects.filter(kind="training").prefetch_related("steps")[:SHOWN]
    views = [runs.view(request, run, list(run.steps.all())) for run in found]
    versions = models_in_use.views(request, models_in_use.current().values())
    ended = next((view for view in views if view.state in (RunState.DONE, RunState.FAILED)), None)
    needs = _readiness()
    context = {
        "active": [view for view in views if view.active],
        "runs": views,
        "versions": versions,
        "stale": next((view for view in versions if view.is_stale), None),
        "failed": ended if ended and ended.state == RunState.FAILED else None,
        "needs": needs,
        "ready": all(need["ok"] for need in needs),
        "families": FAMILIES.items(),
        "may_train": may(request, TRAIN),
    }
    return Page("training.html", _("Training"), context)


def run(request: HttpRequest, uid: UUID) -> Page:
    """One run: its steps, its models with all estimators side by side, or why it failed."""
    found = get_object_or_404(Run, uid=uid)
    versions = models_in_use.views(request, found.versions.select_related("run").order_by("slot"))
    view = runs.view(request, found, list(found.steps.all()))
    title = _("Run of %(when)s") % {"when": view.when}
    needs = found.report.get("needs", []) if isinstance(found.report, dict) else []
    context = {"run": view, "versions": versions, "needs": [_need(need) for need in needs]}
    return Page("run.html", title, context)


def live(request: HttpRequest, uid: UUID) -> JsonResponse:
    """How a run stands, for the script that looks again and again."""
    found = get_object_or_404(Run, uid=uid)
    view = runs.view(request, found, list(found.steps.all()))
    html = render_to_string("insights/panel/parts/run.html", {"run": view}, request=request)
    said = f"{view.title}: {view.label}, {view.percent}%"
    return JsonResponse(
        {"state": view.state, "active": view.active, "percent": view.percent, "said": said, "html": html}
    )


def start(request: HttpRequest) -> HttpResponseBase:
    """Put a training into the queue."""
    demand(request, TRAIN)
    from insights.training import enqueue

    family = request.POST.get("family", "")
    try:
        queued = enqueue([family] if family in FAMILIES else list(FAMILIES), requested_by=request.user.get_username())
    except InsightsError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(link(request, "training"))
    from insights.tasks import wake

    wake(queued.pk)
    return HttpResponseRedirect(link(request, "run", queued.uid))


def cancel(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Take a run out of the queue, or have it stop at its next step."""
    demand(request, TRAIN)
    from insights.training import cancel as cancel_run

    try:
        cancel_run(get_object_or_404(Run, uid=uid).pk)
    except InsightsError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(link(request, "run", uid))


def publish(request: HttpRequest, version: int) -> HttpResponseBase:
    """Serve another version of a model from now on."""
    demand(request, TRAIN)
    from insights.training import registry

    found = get_object_or_404(ModelVersion, pk=version)
    return _switch(request, found.slot, lambda: registry.serve(found, by=request.user.get_username()))


def rollback(request: HttpRequest, slot: str) -> HttpResponseBase:
    """Serve the version that was served before."""
    demand(request, TRAIN)
    from insights.training import registry

    return _switch(request, slot, lambda: registry.rollback(slot, by=request.user.get_username()))


def _switch(request: HttpRequest, slot: str, act: Any) -> HttpResponseBase:
    try:
        act()
    except InsightsError as error:
        messages.error(request, str(error))
    else:
        now = models_in_use.current().get(slot)
        messages.success(
            request,
            _("%(model)s: version %(number)s is served now.")
            % {"model": SLOTS.get(slot, plain(slot)), "number": now.number if now else "–"},
        )
    return HttpResponseRedirect(link(request, "training"))


def _readiness() -> list[dict[str, Any]]:
    from insights.features import readiness

    return [_need(need) for need in readiness(None)]


def _need(need: Need | dict[str, Any]) -> dict[str, Any]:
    plain_need: dict[str, Any] = need.as_dict() if isinstance(need, Need) else need
    have, needed = plain_need["have"], plain_need["needed"]
    return {
        **plain_need,
        "label": _(plain_need["label"]),
        "have": formats.number(have),
        "needed": formats.number(needed),
        "bar": charts.level(have / needed if needed else 1.0),
    }
