"""Which recipe of a metric a query can use, and what to say when there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from insights.analytics.dimensions import DIMENSIONS
from insights.analytics.facts import FACTS, Scope
from insights.analytics.measures import Measure, Recipe
from insights.analytics.metrics import METRICS, Metric
from insights.exceptions import QueryError

_FAMILIES = (
    ("orders", "placed", "lines", "refunds"),
    ("visits", "events"),
    ("customers",),
    ("ratings",),
    ("ad_spend", "won"),
)


@dataclass(frozen=True)
class Step:
    """A metric with the recipe taken for it; parts that are metrics are steps themselves."""

    metric: Metric
    recipe: Recipe
    parts: tuple[Measure | Step, ...]

    def measures(self) -> Iterator[Measure]:
        """All measures that are needed, with repetitions."""
        for part in self.parts:
            if isinstance(part, Measure):
                yield part
            else:
                yield from part.measures()


def applies(dimension: str, fact: str) -> bool:
    """Whether rows of a fact have a dimension."""
    return DIMENSIONS[dimension].read(FACTS[fact], Scope()) is not None


def plan(metric: str, dimensions: Iterable[str], *, has_period: bool) -> Step:
    """The first recipe whose facts have all the dimensions.

    Args:
        metric: its key.
        dimensions: keys of what the query breaks down and filters by.
        has_period: whether it has a time range or a breakdown by time.

    Raises:
        QueryError: there is none; the message says which dimension is in the way, and what goes.
    """
    needed = list(dict.fromkeys(dimensions))
    step = _plan(METRICS[metric], needed, has_period)
    if step is None:
        raise QueryError(_why_not(METRICS[metric], needed, has_period))
    return step


@cache
def allowed(metric: str) -> tuple[str, ...]:
    """The dimensions that a metric can be broken down by, each taken alone."""
    found = METRICS[metric]
    return tuple(key for key in DIMENSIONS if _plan(found, [key], True) or _plan(found, [key], False))


def _plan(metric: Metric, needed: list[str], has_period: bool) -> Step | None:
    for recipe in metric.recipes:
        if recipe.of_all_time and has_period:
            continue
        parts: list[Measure | Step] = []
        for part in recipe.parts:
            if isinstance(part, str):
                step = _plan(METRICS[part], needed, has_period)
                if step is not None:
                    parts.append(step)
            elif all(applies(key, fact) for key in needed for fact in part.facts) and (
                has_period or not part.needs_period
            ):
                parts.append(part)
        if len(parts) == len(recipe.parts):
            return Step(metric, recipe, tuple(parts))
    return None


def _why_not(metric: Metric, needed: list[str], has_period: bool) -> str:
    if not has_period and _plan(metric, needed, True):
        return f"“{metric.label_en}” compares with the period before; give a time range."
    bad = [key for key in needed if not _plan(metric, [key], has_period) and not _plan(metric, [key], True)]
    if not bad:
        pair = " and ".join(f"“{DIMENSIONS[key].label_en}”" for key in needed)
        return f"“{metric.label_en}” cannot be broken down or filtered by {pair} at once; leave one of them out."
    key = bad[0]
    others = [other.key for other in METRICS.values() if key in allowed(other.key)]
    nearest = sorted(others, key=lambda other: (not _kin(METRICS[other], metric), METRICS[other].unit != metric.unit))
    return (
        f"“{metric.label_en}” ({metric.key}) cannot be broken down or filtered by “{DIMENSIONS[key].label_en}” ({key}). "
        f"By {key} there are: {', '.join(nearest[:6])}. "
        f"{metric.key} goes by: {', '.join(allowed(metric.key))}."
    )


def _kin(metric: Metric, other: Metric) -> bool:
    """Whether two metrics speak of the same kind of thing: sales, behaviour, people or opinions."""
    return _family(metric) == _family(other)


def _family(metric: Metric) -> tuple[str, ...]:
    part = metric.recipes[0].parts[0]
    if isinstance(part, str):
        return _family(METRICS[part])
    return next(family for family in _FAMILIES if part.fact in family)
