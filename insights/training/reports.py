"""What a training says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from insights.exceptions import Need
from insights.models import ModelVersion, Run, RunState


@dataclass(frozen=True)
class RunReport:
    """One model of one run: how good it is, against what, and what became of it."""

    family: str
    model: str
    """The slot: churn, purchase, lifetime, segmentation, implicit, together, ratings."""
    metrics: dict[str, Any]
    baseline: dict[str, Any]
    published: bool
    seconds: float
    rows: int
    recipe: str = ""
    """The estimator that won."""
    verdict: str = ""
    """Why it was published, or not; a message to be translated where it is shown."""
    needs: list[Need] = field(default_factory=list)
    """What is there and what is missing, where there was not enough data."""

    def as_dict(self) -> dict[str, Any]:
        """One element of ``runs`` in ``insights_train --json``."""
        return {
            "family": self.family,
            "model": self.model,
            "metrics": self.metrics,
            "baseline": self.baseline,
            "published": self.published,
            "seconds": self.seconds,
            "rows": self.rows,
        }


def models(run: Run) -> list[dict[str, Any]]:
    """What the steps of the families left in their reports: one entry a model."""
    steps = run.steps.filter(state=RunState.DONE).order_by("position")
    return [item for step in steps for item in step.report.get("models", [])]


def of_models(run: Run) -> list[RunReport]:
    """One report a model, in the order in which they were trained."""
    found = []
    for item in models(run):
        version = ModelVersion.objects.filter(pk=item["version"]).first() if item["version"] else None
        found.append(
            RunReport(
                family=item["family"],
                model=item["slot"],
                metrics=version.metrics if version else {},
                baseline=version.baseline if version else {},
                published=bool(version and version.published_at),
                seconds=item["seconds"],
                rows=version.rows if version else 0,
                recipe=version.recipe if version else "",
                verdict=item["verdict"],
                needs=[Need(need["key"], need["label"], need["have"], need["needed"]) for need in item["needs"]],
            )
        )
    return found


def summary(run: Run) -> dict[str, Any]:
    """What is kept with the run: its models, and what was missing for them."""
    reports = of_models(run)
    needs = {need.key: need for report in reports for need in report.needs}
    return {
        "runs": [report.as_dict() | {"verdict": report.verdict, "recipe": report.recipe} for report in reports],
        "needs": [need.as_dict() for need in needs.values()],
    }


def outcome(run: Run) -> RunState:
    """How a run ends whose steps are over: refused when there was too little data for every model."""
    reports = of_models(run)
    return RunState.DONE if any(not report.needs for report in reports) or not reports else RunState.REFUSED
