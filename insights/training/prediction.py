"""Who will leave and who will buy: the zoo, fitted to the past as it was known and judged on the days after it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.metrics import average_precision_score

from insights.conf import settings
from insights.features import (
    SHORTEST_PAST,
    Frame,
    Moment,
    Snapshot,
    customer_features,
    first_day,
    need,
    needs,
    order_gaps,
    outcomes,
)
from insights.learning import CalibratedModel, Comparison, compare, explain
from insights.learning.evaluation import bootstrap_interval, calibration_table
from insights.vocabulary import FEATURES, churn_band

from . import registry
from .recipe import Candidate, Context, Recipe, part, require
from .scores import Scores
from .verdicts import N_RESAMPLES, verdict, with_interval

FloatArray = NDArray[np.float64]

LONGEST_SILENCE = 365
"""Customers who had been silent for longer at a cut-off teach nothing about leaving: they had left."""
_CUTOFFS = 3
"""Cut-offs to learn from, a horizon apart, as far as the past reaches."""
_FEWEST_ROWS = 10
"""Rows of each class needed on each side of the cut-off."""
_GAPS_WITHIN = 0.90
"""Share of the shop's own gaps between orders that end within the horizon of churn."""
_SHORTEST, _LONGEST = 30, 365
_PERMUTATIONS = 2
_RULE_BINS = 10


@dataclass(frozen=True)
class _Rows:
    """Customers at cut-offs, and what they did next."""

    X: FloatArray
    y: NDArray[np.int64]
    recency: FloatArray


@dataclass(frozen=True)
class _Data:
    horizon: int
    train: _Rows
    test: _Rows
    rule: FloatArray
    """The simple rule's chance for each test row."""
    now: Frame
    data_from: datetime | None


@dataclass(frozen=True)
class _Judged:
    metrics: dict[str, Any]
    baseline: dict[str, Any]
    gain: float
    interval: tuple[float, float] | None
    same: bool
    reliability: list[dict[str, float]]


def churn_days(snapshot: Snapshot) -> int:
    """Days without an order after which a customer counts as gone.

    INSIGHTS["TRAINING"]["CHURN_DAYS"], or the days within which nine in ten of the shop's own gaps between two orders
    end; never so many that two such stretches do not fit into the history.
    """
    if settings.TRAINING.CHURN_DAYS:
        return int(settings.TRAINING.CHURN_DAYS)
    gaps = order_gaps(snapshot)
    usual = float(np.quantile(gaps, _GAPS_WITHIN)) if len(gaps) else _SHORTEST
    began = first_day(snapshot)
    fits = (snapshot.moment.day - began - SHORTEST_PAST) // 2 if began is not None else _SHORTEST
    return int(np.clip(round(usual), _SHORTEST, max(_SHORTEST, min(_LONGEST, fits))))


def purchase_days(snapshot: Snapshot) -> int:
    """Horizon of the purchase prediction."""
    return int(settings.TRAINING.PURCHASE_DAYS)


def dataset(context: Context, *, happens: bool, horizon: Callable[[Snapshot], int]) -> _Data:
    """Rows before and after the last cut-off.

    Args:
        happens: whether 1 stands for a purchase within the horizon, or for none.
        horizon: days to look ahead.

    Raises:
        NotEnoughDataError: with too little history, or too few rows of either kind.
    """
    require(needs("prediction", context.as_of))
    context.progress(0.0, gettext_noop("Gathering what was known of each customer"))
    snapshot = context.snapshot
    days = horizon(snapshot)
    began, today = first_day(snapshot), snapshot.moment.day
    assert began is not None, "the needs ask for orders"
    cutoffs = [today - days * step for step in range(1, _CUTOFFS + 2)]
    cutoffs = [day for day in cutoffs if day - began >= SHORTEST_PAST] or cutoffs[:1]
    parts = [_rows(snapshot, day, days, happens) for day in cutoffs]
    test, earlier = parts[0], parts[1:]
    _enough(earlier, test, happens)
    train = _Rows(
        np.vstack([rows.X for rows in earlier]),
        np.concatenate([rows.y for rows in earlier]),
        np.concatenate([rows.recency for rows in earlier]),
    )
    return _Data(
        horizon=days,
        train=train,
        test=test,
        rule=_rule(train, test),
        now=customer_features(snapshot),
        data_from=Moment.at_end_of(began).as_datetime(),
    )


def fit(data: _Data, context: Context) -> Comparison:
    """Fit the zoo on the earlier cut-offs and measure it at the last one."""
    steps = part(context.progress, 0.1, 0.75)
    return compare(
        data.train.X,
        data.train.y,
        data.test.X,
        data.test.y,
        feature_names=list(FEATURES),
        baseline=data.rule,
        random_state=context.seed,
        progress=lambda done, count, name: steps(done / count, gettext_noop("Comparing methods")),
    )


def evaluate(data: _Data, fitted: Comparison, context: Context, *, slot: str) -> _Judged:
    """The best method against the simple rule, and against the one that is served, on the same later days."""
    rows = {row["model"]: row for row in fitted.table}
    best, rule = rows[fitted.best], fitted.table[0]
    chances = fitted.estimators[fitted.best].predict_proba(data.test.X)[:, 1]
    served = registry.current(slot)
    interval = None
    if served is not None and served.recipe in fitted.estimators:
        theirs = fitted.estimators[served.recipe].predict_proba(data.test.X)[:, 1]
        interval = bootstrap_interval(
            _gain, data.test.y, np.column_stack([chances, theirs]), n_resamples=N_RESAMPLES, random_state=context.seed
        )
    reliability = calibration_table(data.test.y, chances)
    auc = bootstrap_interval(_auc, data.test.y, chances, n_resamples=N_RESAMPLES, random_state=context.seed)
    measured = {key: value for key, value in best.items() if key != "model"}
    return _Judged(
        metrics=with_interval(measured, "auc", auc)
        | {
            "horizon_days": data.horizon,
            "test_rows": len(data.test.y),
            "positive_share": float(data.test.y.mean()),
            "calibration": reliability,
        },
        baseline={key: value for key, value in rule.items() if key != "model"},
        gain=best["average_precision"] - rule["average_precision"],
        interval=interval,
        same=served is not None and served.recipe == fitted.best,
        reliability=reliability,
    )


def publish(data: _Data, fitted: Comparison, judged: _Judged, context: Context, *, slot: str) -> Candidate:
    """The best method refitted to all rows, what it says of everybody, and why."""
    context.progress(0.8, gettext_noop("Scoring and explaining"))
    model: CalibratedModel = clone(fitted.estimators[fitted.best]).fit(
        np.vstack([data.train.X, data.test.X]), np.concatenate([data.train.y, data.test.y])
    )
    chances = model.predict_proba(data.now.matrix)[:, 1]
    told = explain(
        model,
        data.now.matrix,
        data.now.matrix,
        list(FEATURES),
        n_permutations=_PERMUTATIONS,
        random_state=context.seed,
    )
    reasons = np.array([json.dumps(told.reasons(row, limit=6)) for row in range(len(chances))])
    columns: dict[str, NDArray[Any]] = {f"{slot}_probability": chances, f"{slot}_reasons": reasons}
    if slot == "churn":
        low, high = _between(chances, judged.reliability)
        bands = np.array([churn_band(chance) for chance in chances])
        columns |= {"churn_low": low, "churn_high": high, "churn_band": bands}
    return Candidate(
        recipe=fitted.best,
        verdict=verdict(judged.gain, judged.interval, same=judged.same),
        metrics=judged.metrics,
        baseline=judged.baseline,
        rows=len(data.train.y) + len(data.test.y),
        parameters={"horizon_days": data.horizon, "threshold": model.threshold_, "base_value": told.base_value},
        comparison=fitted.table,
        data_from=data.data_from,
        estimators={"model": model},
        scores=Scores(data.now.ids, columns),
    )


def _rows(snapshot: Snapshot, day: int, days: int, happens: bool) -> _Rows:
    start, end = Moment.at_end_of(day), Moment.at_end_of(day + days)
    if end.epoch > snapshot.moment.epoch:
        end = snapshot.moment
    frame = customer_features(snapshot, start.as_datetime())
    recency = frame.column("recency_days")
    kept = recency <= LONGEST_SILENCE
    bought = np.isin(frame.ids, outcomes(snapshot, start, end).ids)
    y = bought if happens else ~bought
    return _Rows(frame.matrix[kept], y[kept].astype(np.int64), recency[kept])


def _enough(earlier: list[_Rows], test: _Rows, happens: bool) -> None:
    one, other = ("bought", "did_not_buy") if happens else ("left", "stayed")
    before = np.bincount(np.concatenate([rows.y for rows in earlier]), minlength=2) if earlier else np.zeros(2, int)
    after = np.bincount(test.y, minlength=2)
    least = np.minimum(before, after)
    require([need(one, int(least[1]), _FEWEST_ROWS), need(other, int(least[0]), _FEWEST_ROWS)])


def _rule(train: _Rows, test: _Rows) -> FloatArray:
    """The chance by days since the last order alone: shares in tenths of the training rows."""
    edges = np.unique(np.quantile(train.recency, np.arange(1, _RULE_BINS) / _RULE_BINS))
    places = np.searchsorted(edges, train.recency)
    counts = np.bincount(places, minlength=len(edges) + 1)
    ones = np.bincount(places, weights=train.y, minlength=len(edges) + 1)
    shares = (ones + train.y.mean()) / (counts + 1)
    found: FloatArray = shares[np.searchsorted(edges, test.recency)]
    return found


def _between(chances: FloatArray, reliability: list[dict[str, float]]) -> tuple[FloatArray, FloatArray]:
    """What customers with such a chance really did, on the later days: 95 % by Wilson's score (1927), in its bin."""
    z = 1.96
    low, high = chances.copy(), chances.copy()
    for row in reliability:
        inside = (chances >= row["low"]) & (chances <= row["high"])
        n, share = row["count"], row["observed"]
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        low[inside] = np.minimum(chances[inside], middle - half)
        high[inside] = np.maximum(chances[inside], middle + half)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def _gain(y: NDArray[np.int64], pair: FloatArray) -> float:
    if not y.any():
        return float("nan")
    return float(average_precision_score(y, pair[:, 0]) - average_precision_score(y, pair[:, 1]))


def _auc(y: NDArray[np.int64], chances: FloatArray) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y, chances)) if 0 < y.sum() < len(y) else float("nan")


def _recipe(slot: str, happens: bool, horizon: Callable[[Snapshot], int]) -> Recipe:
    return Recipe(
        slot,
        "prediction",
        partial(dataset, happens=happens, horizon=horizon),
        fit,
        partial(evaluate, slot=slot),
        partial(publish, slot=slot),
    )


RECIPES = (_recipe("churn", False, churn_days), _recipe("purchase", True, purchase_days))
