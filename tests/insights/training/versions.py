"""Versions and generations as a training leaves them, without one."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.utils import timezone

from insights.models import Customer, ModelVersion, Run, RunState
from insights.training import generations, registry
from insights.training.recipe import Candidate, Made, Verdict
from insights.training.scores import Scores


def done(*families: str) -> Run:
    """A run that is over."""
    return Run.objects.create(kind="training", families=families, state=RunState.DONE, as_of=timezone.now())


def made(slot: str, **fields: Any) -> Made:
    """What a recipe hands back."""
    values: dict[str, Any] = {"recipe": "some_recipe", "metrics": {}, "baseline": {}, "rows": 3} | fields
    return Made(slot, 0.1, Candidate(verdict=Verdict(True, "Better."), **values))


def register(slot: str, run: Run | None = None, **fields: Any) -> ModelVersion:
    """A version that is stored and not served."""
    fields = {"arrays": {"weights": np.arange(3.0)}} | fields
    return registry.register(run or done(), made(slot, **fields), timezone.now(), lambda: None)


def people(count: int) -> list[Customer]:
    return [Customer.objects.create(external_id=f"c{number}") for number in range(count)]


def segments(customers: list[Customer], *names: str) -> Scores:
    ids = np.array(sorted(customer.pk for customer in customers))
    return Scores(ids, {"segment": np.array(names), "frequency": np.arange(1.0, len(ids) + 1)})


def churn(customers: list[Customer], *chances: float) -> Scores:
    ids = np.array(sorted(customer.pk for customer in customers))
    bands = np.array(["high" if chance > 0.5 else "low" for chance in chances])
    reasons = np.array(['[{"feature": "orders"}]'] * len(ids))
    columns = {"churn_probability": np.array(chances), "churn_band": bands, "churn_reasons": reasons}
    return Scores(ids, columns)


def shown(fresh: dict[str, Scores]) -> Run:
    """A run whose models are published with what they say."""
    run = done()
    for slot in fresh:
        registry.publish(register(slot, run))
    generations.write(run, run.as_of or timezone.now(), fresh, generations.shown())
    generations.show(run)
    return run
