"""What customers will still be worth, and when they come again: BG/NBD and Gamma-Gamma."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from insights.features import Histories, Moment, histories, needs, outcomes
from insights.learning import BetaGeoFitter, GammaGammaFitter, customer_lifetime_value

from .recipe import Candidate, Context, Recipe, require
from .scores import NO_DAY, Scores
from .verdicts import mean_interval, verdict, with_interval

FloatArray = NDArray[np.float64]

HORIZONS = (30, 90, 180, 365)
JUDGED_DAYS = 90
"""Days at the end that are kept back to judge by; a third of the history where that is shorter."""
_QUARTILES = (0.25, 0.5, 0.75)
_LEAST_ALIVE = 0.5
"""Of customers who more likely have left than not, no next order is expected."""
_BANDS = ((0.9, "top"), (0.7, "high"), (0.4, "middle"))
_LONGEST_WAIT = 730


@dataclass(frozen=True)
class _Data:
    past: Histories
    days: int
    spent: FloatArray
    """What each customer of ``past`` spent in the days that are kept back."""
    rule: FloatArray
    """The simple rule: as much as in as many days before."""
    now: Histories


@dataclass(frozen=True)
class _Fitted:
    orders: BetaGeoFitter
    value: GammaGammaFitter


def dataset(context: Context) -> _Data:
    """Histories up to a cut-off and what followed, and those up to now.

    Raises:
        NotEnoughDataError: with too few customers or days.
    """
    require(needs("prediction", context.as_of))
    snapshot, today = context.snapshot, context.snapshot.moment.day
    now = _paid(histories(snapshot))
    days = int(min(JUDGED_DAYS, max(now.T.max() // 3, 1)))
    cutoff = Moment.at_end_of(today - days)
    past = _paid(histories(snapshot, cutoff.as_datetime()))
    before = Moment.at_end_of(today - 2 * days)
    return _Data(
        past=past,
        days=days,
        spent=_spent(past, outcomes(snapshot, cutoff, snapshot.moment)),
        rule=_spent(past, outcomes(snapshot, before, cutoff)),
        now=now,
    )


def fit(data: _Data, context: Context) -> _Fitted:
    """Fit both models to what was known at the cut-off."""
    context.progress(0.2, gettext_noop("Fitting orders and values"))
    return _fit(data.past)


def evaluate(data: _Data, fitted: _Fitted, context: Context) -> dict[str, Any]:
    """Mean absolute error of the spend within the days kept back, against the simple rule."""
    past = data.past
    said = customer_lifetime_value(
        fitted.orders, fitted.value, past.frequency, past.recency, past.T, past.monetary, (data.days,)
    )[:, 0]
    off, rule = np.abs(said - data.spent), np.abs(data.rule - data.spent)
    better = rule - off
    measured = {
        "mae": float(off.mean()),
        "rmse": float(np.sqrt(((said - data.spent) ** 2).mean())),
        "total_said": float(said.sum()),
        "total_happened": float(data.spent.sum()),
        "horizon_days": data.days,
    }
    return {
        "metrics": with_interval(measured, "gain", mean_interval(better, context.seed)),
        "baseline": {"mae": float(rule.mean()), "rmse": float(np.sqrt(((data.rule - data.spent) ** 2).mean()))},
        "gain": float(better.mean()),
    }


def publish(data: _Data, fitted: _Fitted, judged: dict[str, Any], context: Context) -> Candidate:
    """Both models refitted to all that is known, and what they say of everybody."""
    from . import registry

    context.progress(0.7, gettext_noop("Scoring and explaining"))
    now, last = data.now, _fit(data.now)
    worth = customer_lifetime_value(last.orders, last.value, now.frequency, now.recency, now.T, now.monetary, HORIZONS)
    alive = last.orders.probability_alive(now.frequency, now.recency, now.T)
    served = registry.current("lifetime")
    return Candidate(
        recipe="beta_geo",
        verdict=verdict(judged["gain"], None, same=served is not None and served.recipe == "beta_geo"),
        metrics=judged["metrics"],
        baseline=judged["baseline"],
        rows=len(now.ids),
        parameters={
            "r": last.orders.r_, "alpha": last.orders.alpha_, "a": last.orders.a_, "b": last.orders.b_,
            "p": last.value.p_, "q": last.value.q_, "v": last.value.v_,
        },
        estimators={"orders": last.orders, "value": last.value},
        scores=Scores(
            now.ids,
            {
                "alive_probability": alive,
                **{f"value_{days}": worth[:, place] for place, days in enumerate(HORIZONS)},
                "value_band": _bands(worth[:, -1]),
                **_next_orders(last.orders, now, alive, context.snapshot.moment.day),
            },
        ),
    )  # fmt: skip


def _fit(known: Histories) -> _Fitted:
    orders = BetaGeoFitter().fit(known.frequency, known.recency, known.T)
    return _Fitted(orders, GammaGammaFitter().fit(known.frequency, known.monetary))


def _paid(known: Histories) -> Histories:
    """Customers whose repeat orders were all free are taken for average spenders: Gamma-Gamma knows no order of nothing."""
    free = (known.frequency > 0) & (known.monetary <= 0)
    paid = known.monetary[(known.frequency > 0) & ~free]
    monetary = np.where(free, paid.mean() if len(paid) else 1.0, known.monetary)
    return known._replace(monetary=monetary)


def _spent(past: Histories, did: Any) -> FloatArray:
    spent = np.zeros(len(past.ids))
    places = np.searchsorted(past.ids, did.ids)
    known = (places < len(past.ids)) & (past.ids[np.minimum(places, len(past.ids) - 1)] == did.ids)
    spent[places[known]] = did.spend[known]
    return spent


def _bands(worth: FloatArray) -> NDArray[np.str_]:
    """The best tenth, the next fifth, the next three tenths, the rest."""
    shares = (np.argsort(np.argsort(worth, kind="stable"), kind="stable") + 0.5) / len(worth)
    bands = np.full(len(worth), "low", dtype="<U8")
    for least, name in reversed(_BANDS):
        bands[shares >= least] = name
    return bands


def _next_orders(model: BetaGeoFitter, now: Histories, alive: FloatArray, today: int) -> dict[str, NDArray[np.int64]]:
    """Quartiles of the day of the next order of those who are still there.

    A customer's rate is gamma-distributed with shape r + x and rate α + T once the history is known, so that the wait
    is Lomax-distributed: its quantile is (α + T) ((1 − q)^(−1/(r + x)) − 1).
    """
    shape, scale = model.r_ + now.frequency, model.alpha_ + now.T
    there = alive >= _LEAST_ALIVE
    found = {}
    for name, share in zip(("from", "expected", "to"), _QUARTILES, strict=True):
        wait = scale * ((1 - share) ** (-1 / shape) - 1)
        day = today + np.ceil(np.maximum(wait, 1)).astype(np.int64)
        found[f"next_order_{name}"] = np.where(there & (wait <= _LONGEST_WAIT), day, NO_DAY)
    return found


RECIPES = (Recipe("lifetime", "prediction", dataset, fit, evaluate, publish),)
