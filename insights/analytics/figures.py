"""From measures to metrics: apply the recipe, and give each figure the type of its unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from insights.analytics.measures import Measure
from insights.analytics.metrics import METRICS
from insights.analytics.plan import Step
from insights.conf import settings

_PLACES = Decimal("0.0001")


def figures(measured: Mapping[Measure, Any], steps: Mapping[str, Step], currency: str | None) -> list[Any]:
    """The metrics of one group, from its measures; a measure that is missing was never met."""
    return [_finished(_cooked(step, measured), METRICS[key].unit, currency) for key, step in steps.items()]


def _cooked(step: Step, measured: Mapping[Measure, Any]) -> Any:
    parts = [
        _cooked(part, measured) if isinstance(part, Step) else measured.get(part, _nothing(part)) for part in step.parts
    ]
    how: dict[str, Callable[..., Any]] = {
        "value": lambda one: one,
        "sum": lambda one, other: one + other,
        "difference": lambda one, other: one - other,
        "ratio": lambda above, below: above / below if below else None,
        "rest": lambda above, below: 1 - above / below if below else None,
    }
    return how[step.recipe.how](*parts)


def _nothing(measure: Measure) -> int | None:
    return None if measure.kind in ("mean", "median", "min", "payback") else 0


def _finished(value: Any, unit: str, currency: str | None) -> Any:
    """A figure in the type of its unit: Decimal for money, int for whole counts, else float."""
    if value is None or unit == "date":
        return value
    if unit == "money":
        amount = Decimal(value)
        if currency and currency != settings.BASE_CURRENCY:
            amount /= settings.RATES[currency]
        return amount.quantize(_PLACES)
    if unit == "count":
        return int(value) if value == int(value) else float(value)
    return float(value)
