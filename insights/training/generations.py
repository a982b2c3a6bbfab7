"""What the models say of each customer, one generation a run, visible all at once.

A run that trains some of the models takes the columns of the others from the generation that is shown now.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone

from insights.conf import settings
from insights.consent import MAY_BE_PROFILED
from insights.exceptions import RunError
from insights.features import Moment, day_to_date
from insights.models import (
    STATE_SLOT,
    Customer,
    CustomerState,
    ModelVersion,
    Publication,
    Run,
    RunState,
    Score,
    atomic,
)

from .claims import ACTIVE
from .scores import NO_DAY, Scores

COLUMNS = {
    "segmentation": (
        "recency_days",
        "frequency",
        "monetary",
        "r",
        "f",
        "m",
        "segment",
        "rfm_type",
        "cluster",
    ),
    "churn": ("churn_probability", "churn_low", "churn_high", "churn_band", "churn_reasons"),
    "purchase": ("purchase_probability", "purchase_reasons"),
    "lifetime": (
        "next_order_from",
        "next_order_expected",
        "next_order_to",
        "alive_probability",
        "value_30",
        "value_90",
        "value_180",
        "value_365",
        "value_band",
    ),
}
"""Slot to the columns of ``CustomerState`` that its model writes."""

_WHOLE = {"recency_days", "frequency", "r", "f", "m", "cluster"}
_LISTS = {"churn_reasons", "purchase_reasons"}
_DAYS = {"next_order_from", "next_order_expected", "next_order_to"}
_MONEY = {"monetary", "value_30", "value_90", "value_180", "value_365"}
_TEXTS = {"segment", "rfm_type", "churn_band", "value_band"}
_HISTORY = {
    "segment": (None, "segment"),
    "churn": ("churn_probability", "churn_band"),
    "purchase": ("purchase_probability", None),
    "value": ("value_365", "value_band"),
}
"""Name of a ``Score`` to the columns that hold its value and its label."""
_SLOT_OF_SCORE = {"segment": "segmentation", "churn": "churn", "purchase": "purchase", "value": "lifetime"}
_TOLERANCE = 0.01
_CHUNK = 2_000


def _no_fence() -> None:
    """Nobody else works on it."""


def shown(*, lock: bool = False) -> int | None:
    """The generation that everybody reads.

    Args:
        lock: whether nobody may put another one there until the end of the transaction that is open.
    """
    pointers = Publication.objects.filter(slot=STATE_SLOT)
    if lock:
        pointers = pointers.select_for_update()
    return pointers.values_list("generation", flat=True).first()


def write(
    run: Run, as_of: datetime, fresh: Mapping[str, Scores], base: int | None, fence: Callable[[], None] = _no_fence
) -> int:
    """Write the rows of a generation, which nobody sees until ``show``. What an earlier attempt wrote goes first.

    Args:
        run: the generation.
        as_of: what the fresh models knew.
        fresh: slot to what its new model says.
        base: the generation from which the columns of all other models are taken.
        fence: called in each transaction; raises when the run is no longer held.

    Returns:
        Number of rows.

    Raises:
        LostClaimError: from the fence.
    """
    with atomic():
        fence()
        CustomerState.objects.filter(generation=run).delete()
    return _write(run, as_of, fresh, dict.fromkeys(set(COLUMNS) - set(fresh), base), fence)


def show(run: Run, *, by: str = "") -> None:
    """Make a generation the one that everybody reads, and put what changed into the history."""
    _remember(run, shown())
    Publication.objects.update_or_create(slot=STATE_SLOT, defaults={"generation": run, "changed_by": by[:150]})


def restore(version: ModelVersion, *, by: str = "") -> None:
    """Show what a version of a slot said, beside what the other models say now.

    Raises:
        RunError: when that is no longer kept.
    """
    if version.slot not in COLUMNS:
        return
    kept = CustomerState.objects.filter(generation=version.run_id) if version.run_id and version.published_at else None
    if kept is None or not kept.exists():
        raise RunError(
            f"What {version} said of the customers is not kept, so it cannot be served. "
            f"Train it again: manage.py insights_train {version.family}."
        )
    with atomic():
        base = shown(lock=True)
        now = timezone.now()
        run = Run.objects.create(
            kind="rollback",
            families=[version.family],
            as_of=version.as_of,
            requested_by=by[:150],
            state=RunState.DONE,
            started_at=now,
            finished_at=now,
            progress=1.0,
        )
        _write(run, version.as_of, {}, dict.fromkeys(COLUMNS, base) | {version.slot: version.run_id}, _no_fence)
        show(run, by=by)


def prune() -> None:
    """Delete generations beyond INSIGHTS["TRAINING"]["KEEP_VERSIONS"], oldest first, and those that were never shown.

    The one shown is kept, and so is what the kept versions said, since somebody may go back to them.
    """
    versions = ModelVersion.objects.filter(slot__in=COLUMNS).exclude(published_at=None)
    kept = {pk for pk in (shown(), *versions.values_list("run", flat=True)) if pk is not None}
    written = Run.objects.filter(pk__in=CustomerState.objects.order_by().values("generation").distinct())
    newest = list(written.filter(state=RunState.DONE).order_by("-pk").values_list("pk", flat=True))
    kept |= set(newest[: settings.TRAINING.KEEP_VERSIONS])
    for generation in list(written.exclude(state__in=ACTIVE).exclude(pk__in=kept)):
        CustomerState.objects.filter(generation=generation).delete()


def _write(
    run: Run,
    as_of: datetime,
    fresh: Mapping[str, Scores],
    copied: Mapping[str, int | None],
    fence: Callable[[], None],
) -> int:
    """Chunk by chunk of customers: fresh columns from arrays, the others from the generations named."""
    generations = {generation for generation in copied.values() if generation is not None}
    ids = _customers(fresh, generations)
    written = 0
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        with atomic():
            fence()
            written += _write_chunk(run, as_of, _known_still(chunk), fresh, copied)
    return written


def _write_chunk(
    run: Run, as_of: datetime, chunk: np.ndarray, fresh: Mapping[str, Scores], copied: Mapping[str, int | None]
) -> int:
    rows: dict[int, dict[str, Any]] = {
        int(pk): {"generation": run, "customer_id": int(pk), "as_of": as_of} for pk in chunk
    }
    for slot, scores in fresh.items():
        for pk, values in _values(slot, scores, chunk):
            rows[pk].update(values)
    for generation in {generation for generation in copied.values() if generation is not None}:
        slots = [slot for slot, source in copied.items() if source == generation]
        columns = [column for slot in slots for column in COLUMNS[slot]]
        held = CustomerState.objects.filter(generation=generation, customer__in=rows)
        for state in held.values("customer_id", *columns):
            rows[state.pop("customer_id")].update(state)
    states = [CustomerState(**values) for values in rows.values() if len(values) > 3]
    return len(CustomerState.objects.bulk_create(states, batch_size=500))


def _customers(fresh: Mapping[str, Scores], generations: set[int]) -> np.ndarray:
    """All customers that any of the sources knows, sorted."""
    known = [scores.ids for scores in fresh.values()]
    for generation in generations:
        held = CustomerState.objects.filter(generation=generation).order_by().values_list("customer_id", flat=True)
        known.append(np.fromiter(held.iterator(), dtype=np.int64))
    return np.unique(np.concatenate(known)) if known else np.empty(0, dtype=np.int64)


def _known_still(ids: np.ndarray) -> np.ndarray:
    """Those who are still there and may be profiled: somebody may have been forgotten, or have objected, meanwhile."""
    there = Customer.objects.filter(MAY_BE_PROFILED, pk__in=ids.tolist(), is_real=True, merged_into=None)
    return np.intersect1d(ids, np.fromiter(there.order_by().values_list("pk", flat=True), dtype=np.int64))


def _values(slot: str, scores: Scores, chunk: np.ndarray) -> Iterator[tuple[int, dict[str, Any]]]:
    wanted = COLUMNS[slot]
    for row in np.flatnonzero(np.isin(scores.ids, chunk)):
        values = {name: _value(name, scores.columns[name][row]) for name in wanted if name in scores.columns}
        yield int(scores.ids[row]), values


def _value(name: str, value: Any) -> Any:
    if name in _LISTS:
        return json.loads(str(value)) if value else []
    if name in _TEXTS:
        return str(value)
    if name in _DAYS:
        return None if value == NO_DAY else day_to_date(int(value))
    if np.isnan(value):
        return None
    if name in _WHOLE:
        return int(value)
    return Decimal(repr(float(value))) if name in _MONEY else float(value)


def _remember(run: Run, before: int | None) -> None:
    """Write a day's scores where they differ from those shown before by more than a hundredth, or in name."""
    assert run.as_of is not None, "a generation has the date of its run"
    day = day_to_date(Moment.of(run.as_of).day)
    versions = {version.slot: version for version in ModelVersion.objects.filter(run=run)}
    columns = sorted({column for pair in _HISTORY.values() for column in pair if column})
    now, then = (_columns(generation, columns) for generation in (run.pk, before))
    batch: list[Score] = []
    known: dict[int, dict[str, Any]] = {}
    for state in now.iterator(_CHUNK):
        known[state["customer_id"]] = state
        if len(known) == _CHUNK:
            batch += _changes(known, then, versions, day)
            known = {}
    batch += _changes(known, then, versions, day)
    for name in _HISTORY:
        mine = [score for score in batch if score.name == name]
        for start in range(0, len(mine), _CHUNK):
            part = mine[start : start + _CHUNK]
            Score.objects.filter(name=name, day=day, customer__in=[score.customer_id for score in part]).delete()
            Score.objects.bulk_create(part, batch_size=500)


def _columns(generation: int | None, columns: list[str]) -> QuerySet[CustomerState, dict[str, Any]]:
    return CustomerState.objects.filter(generation=generation).order_by("customer_id").values("customer_id", *columns)


def _changes(
    now: dict[int, dict[str, Any]],
    then: QuerySet[CustomerState, dict[str, Any]],
    versions: Mapping[str, ModelVersion],
    day: Any,
) -> list[Score]:
    before = {state["customer_id"]: state for state in then.filter(customer__in=list(now))}
    changed = []
    for pk, state in now.items():
        old = before.get(pk, {})
        for name, (value, label) in _HISTORY.items():
            new_value, old_value = (row.get(value) if value else None for row in (state, old))
            new_label, old_label = (row.get(label) or "" if label else "" for row in (state, old))
            if (new_value is None and not new_label) or (_same(new_value, old_value) and new_label == old_label):
                continue
            number = None if new_value is None else float(new_value)
            version = versions.get(_SLOT_OF_SCORE[name])
            changed.append(Score(customer_id=pk, name=name, day=day, value=number, label=new_label, version=version))
    return changed


def _same(new: Any, old: Any) -> bool:
    if new is None or old is None:
        return new is old
    return math.isclose(new, old, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
