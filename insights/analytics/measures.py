"""What is counted and added up: measures of a fact, and recipes that make a metric of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q

from insights.analytics.facts import Fact, Scope

Condition = Callable[[Fact, Scope], Q]


@dataclass(frozen=True)
class Measure:
    """One aggregate over the rows of a fact.

    Attributes:
        fact: key of the fact.
        kind: ``sum``, ``count`` (rows, or values that are there), ``distinct``, ``mean``, ``min``; or one that takes more than
            an aggregate: ``median``, ``repeaters`` (customers with a second order), ``retained`` and
            ``had`` (customers of the stretch before, who bought again or not), ``payback`` (days until what was
            spent on new customers is earned).
        of: the column, or the name of a part (``order``, ``customer``, ``visitor``) whose key is counted;
            or an expression made for the scope.
        where: what the rows must meet beyond those of the fact.
        of_states: whether the column is one of the current customer state.
        leans_on: key of another fact that the condition looks at.
    """

    fact: str
    kind: Literal["sum", "count", "distinct", "mean", "min", "median", "repeaters", "retained", "had", "payback"]
    of: str | Callable[[Fact, Scope], Any] = ""
    where: Condition | None = None
    of_states: bool = False
    leans_on: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether the parts of any breakdown sum to the whole."""
        return self.kind in ("sum", "count")

    @property
    def facts(self) -> tuple[str, ...]:
        """Keys of the facts that it is read from."""
        return (self.fact, "ad_spend") if self.kind == "payback" else (self.fact,)

    @property
    def needs_period(self) -> bool:
        """Whether it leans on the period before."""
        return self.kind in ("retained", "had")


@dataclass(frozen=True)
class Recipe:
    """How a metric is made.

    Attributes:
        how: ``value`` of one part, ``sum``, ``difference`` or ``ratio`` of two, or ``rest`` (one minus
            the ratio).
        parts: measures, or keys of other metrics.
        of_all_time: only for questions without a period.
        definition_en, definition_zh: where this recipe means something else than the metric's first.
    """

    how: Literal["value", "sum", "difference", "ratio", "rest"]
    parts: tuple[Measure | str, ...]
    of_all_time: bool = False
    definition_en: str = ""
    definition_zh: str = ""


def value(part: Measure, **more: Any) -> Recipe:
    """One measure as it is."""
    return Recipe("value", (part,), **more)


def ratio(above: Measure | str, below: Measure | str, **more: Any) -> Recipe:
    """One part by another; nothing where there is nothing to divide by."""
    return Recipe("ratio", (above, below), **more)
