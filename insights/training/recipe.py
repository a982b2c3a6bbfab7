"""What all recipes share: what they are given, what they hand back, and the order of their four functions."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from insights.conf import settings
from insights.exceptions import Need, NotEnoughDataError

if TYPE_CHECKING:
    from insights.features import Snapshot

    from .scores import Scores

Progress = Callable[[float, str], None]
"""Called with the share done (0–1) and what is being done, as a message to be translated where it is shown."""


@dataclass(frozen=True)
class Context:
    """What a recipe works with."""

    snapshot: Snapshot
    progress: Progress
    workdir: Path

    @property
    def as_of(self) -> datetime:
        """What the models may know."""
        return self.snapshot.as_of

    @property
    def seed(self) -> int:
        """The seed of everything random."""
        return int(settings.TRAINING.SEED)


@dataclass(frozen=True)
class Verdict:
    """Whether a candidate is to be served, and why, as a message to be translated where it is shown."""

    publish: bool
    text: str


@dataclass(frozen=True)
class Candidate:
    """A trained model with all that is needed to judge, store and serve it."""

    recipe: str
    """The estimator that won."""
    verdict: Verdict
    metrics: dict[str, Any]
    baseline: dict[str, Any]
    rows: int
    """Rows that the model which is stored was fitted on."""
    parameters: dict[str, Any] = field(default_factory=dict)
    comparison: list[dict[str, Any]] = field(default_factory=list)
    data_from: datetime | None = None
    arrays: dict[str, Any] = field(default_factory=dict)
    """Name to array, each stored as one .npy file."""
    estimators: dict[str, Any] = field(default_factory=dict)
    """Name to scikit-learn estimator, each stored as one .skops file."""
    scores: Scores | None = None
    """What it says of each customer."""


@dataclass(frozen=True)
class Recipe:
    """How the model of one slot is made: four functions, each given what the one before handed back."""

    slot: str
    family: str
    dataset: Callable[[Context], Any]
    fit: Callable[[Any, Context], Any]
    evaluate: Callable[[Any, Any, Context], Any]
    publish: Callable[[Any, Any, Any, Context], Candidate]


@dataclass(frozen=True)
class Made:
    """What became of one recipe: a candidate, or the list of what is missing."""

    slot: str
    seconds: float
    candidate: Candidate | None = None
    needs: list[Need] = field(default_factory=list)


def make(recipe: Recipe, context: Context) -> Made:
    """Run the four functions of a recipe. Too little data is a result, not an error."""
    started = time.perf_counter()
    try:
        data = recipe.dataset(context)
        fitted = recipe.fit(data, context)
        judged = recipe.evaluate(data, fitted, context)
        candidate = recipe.publish(data, fitted, judged, context)
    except NotEnoughDataError as error:
        return Made(recipe.slot, time.perf_counter() - started, needs=error.needs)
    return Made(recipe.slot, time.perf_counter() - started, candidate)


def part(progress: Progress, start: float, end: float) -> Progress:
    """Progress within a stretch of the whole."""
    return lambda share, message: progress(start + (end - start) * share, message)


def require(needs: list[Need]) -> None:
    """Stop unless every need is met.

    Raises:
        NotEnoughDataError: with the whole list.
    """
    if not all(need.ok for need in needs):
        raise NotEnoughDataError(needs)


def plain(value: Any) -> Any:
    """Measures as JSON takes them on every database: what cannot be said (NaN, infinity) is None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())  # of NumPy, which a web process that only reads versions does not load
    return None if isinstance(value, float) and not math.isfinite(value) else value
