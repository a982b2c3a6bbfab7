"""What a figure is: its names, unit, meaning and recipes, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from insights.analytics.measures import Measure, Recipe

Unit = Literal["money", "count", "rate", "ratio", "days", "score", "date"]


@dataclass(frozen=True)
class Metric:
    """A figure.

    Attributes:
        unit: ``money`` (Decimal), ``count``, ``rate`` (0 to 1), ``ratio``, ``days``, ``score`` or ``date``.
        recipes: how it is computed; the first whose facts have all dimensions and filters of a query is taken.
        better: whether more of it is good news.
        is_state: whether it says how things stand, so that a period does not apply.
    """

    key: str
    label_en: str
    label_zh: str
    unit: Unit
    recipes: tuple[Recipe, ...]
    definition_en: str
    definition_zh: str
    synonyms_en: tuple[str, ...] = ()
    synonyms_zh: tuple[str, ...] = ()
    better: Literal["up", "down", "none"] = "up"
    is_state: bool = False

    def label(self, language: str) -> str:
        """The name in a language."""
        return self.label_zh if language.startswith("zh") else self.label_en

    def definition(self, language: str, recipe: Recipe | None = None) -> str:
        """What it means, in a sentence or two; for the recipe that was taken, where that differs."""
        if language.startswith("zh"):
            return (recipe and recipe.definition_zh) or self.definition_zh
        return (recipe and recipe.definition_en) or self.definition_en

    @property
    def additive(self) -> bool:
        """Whether the parts of a breakdown sum to the whole."""
        parts = self.recipes[0].parts
        return self.recipes[0].how in ("value", "sum", "difference") and all(
            isinstance(part, Measure) and part.adds_up for part in parts
        )
