"""Who likes what: taste from purchases and views, what is bought together, and ratings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray
from scipy.sparse import csr_array

from insights.conf import settings
from insights.features import (
    FEWEST_RATINGS,
    Interactions,
    Moment,
    Ratings,
    baskets,
    first_day,
    interactions,
    need,
    needs,
    purchases,
    ratings,
)
from insights.learning import BiasedMF, ImplicitALS, ItemNeighbours, Popularity
from insights.learning.evaluation import evaluate_ranking, ranking_table, temporal_split

from . import registry
from .recipe import Candidate, Context, Recipe, part, require
from .verdicts import mean_interval, verdict, with_interval

K = 10
_FACTORS = (16, 48)
"""Lengths of the vectors that are tried."""
_FEWEST_BUYERS = 10
_HOLD_OUTS = (1, 2, 3)
"""Multiples of the purchase horizon that are tried, until enough people have bought something new."""
_NEIGHBOURS = 50
_RATED_LATER = 0.2
"""Share of the ratings, the latest, that are kept back."""
_MOST_BASKETS = 5_000


@dataclass(frozen=True)
class _Taste:
    earlier: Interactions
    bought: csr_array
    """What each row of ``earlier`` had bought by then: it is not suggested again."""
    later: csr_array
    """What each row bought after that and had not bought before."""
    cutoff: Moment
    days: int


@dataclass(frozen=True)
class _Models:
    als: ImplicitALS
    lists: dict[str, NDArray[np.int64]]


def taste_dataset(context: Context) -> _Taste:
    """Interactions until a cut-off, and what was bought for the first time after it.

    Raises:
        NotEnoughDataError: with too little of either.
    """
    require(needs("factorization", context.as_of))
    context.progress(0.0, gettext_noop("Gathering who took to what"))
    horizon = int(settings.TRAINING.PURCHASE_DAYS)
    found = _taste(context, horizon)
    for times in _HOLD_OUTS[1:]:
        if len(np.unique(found.later.nonzero()[0])) >= 5 * _FEWEST_BUYERS:
            break
        found = _taste(context, horizon * times)
    people = len(np.unique(found.later.nonzero()[0]))
    require([need("bought_again", people, _FEWEST_BUYERS)])
    return found


def taste_fit(data: _Taste, context: Context) -> _Models:
    """Factors of two lengths, the better by the days before the cut-off; neighbours and best sellers beside them."""
    steps = part(context.progress, 0.1, 0.7)
    steps(0.0, gettext_noop("Comparing methods"))
    n_factors = _best_length(data, context)
    known = data.earlier.csr
    models = {
        "implicit_als": ImplicitALS(min(n_factors, *known.shape), random_state=context.seed),
        "neighbours": ItemNeighbours(),
        "popularity": Popularity(),
    }
    lists = {}
    for done, (name, model) in enumerate(models.items()):
        steps((done + 1) / (len(models) + 1), gettext_noop("Comparing methods"))
        lists[name] = _suggestions(model.fit(known), data.bought)
    als = models["implicit_als"]
    assert isinstance(als, ImplicitALS)
    return _Models(als, lists)


def taste_evaluate(data: _Taste, fitted: _Models, context: Context) -> dict[str, Any]:
    """NDCG@10 of what was bought later, against best sellers for everybody."""
    rows: list[dict[str, Any]] = [{"model": name, **_measured(shown, data)} for name, shown in fitted.lists.items()]
    by_name = {row["model"]: row for row in rows}
    per_user: dict[str, Any] = {
        name: ranking_table(shown, data.later, K)["ndcg"] for name, shown in fitted.lists.items()
    }
    better = per_user["implicit_als"] - per_user["popularity"]
    gained = mean_interval(better, context.seed)
    return {
        "metrics": with_interval(by_name["implicit_als"], "ndcg_gain", gained) | {"horizon_days": data.days},
        "baseline": by_name["popularity"],
        "comparison": rows,
        "gain": by_name["implicit_als"]["ndcg"] - by_name["popularity"]["ndcg"],
    }


def taste_publish(data: _Taste, fitted: _Models, judged: dict[str, Any], context: Context) -> Candidate:
    """Factors of all that is known now."""
    context.progress(0.8, gettext_noop("Learning from everything"))
    now = interactions(context.snapshot)
    als = ImplicitALS(min(fitted.als.n_factors, *now.csr.shape), random_state=context.seed).fit(now.csr)
    served = registry.current("implicit")
    return Candidate(
        recipe="implicit_als",
        verdict=verdict(judged["gain"], None, same=served is not None and served.recipe == "implicit_als"),
        metrics=_without_name(judged["metrics"]),
        baseline=_without_name(judged["baseline"]),
        comparison=judged["comparison"],
        rows=int(now.csr.nnz),
        parameters={**als.get_params(), "user_ridge": als.user_ridge_, "item_ridge": als.item_ridge_},
        data_from=_began(context),
        arrays={
            "user_ids": now.user_ids,
            "item_ids": now.item_ids,
            "user_factors": als.user_factors_,
            "item_factors": als.item_factors_,
        },
    )


def _taste(context: Context, days: int) -> _Taste:
    snapshot = context.snapshot
    return _taste_until(context, Moment.at_end_of(snapshot.moment.day - days), snapshot.moment, days)


def _taste_until(context: Context, cutoff: Moment, end: Moment, days: int) -> _Taste:
    earlier = interactions(context.snapshot, cutoff.as_datetime())
    before = purchases(context.snapshot, Moment(0, 0), cutoff)
    after = purchases(context.snapshot, cutoff, end)
    bought, later = _on(earlier, before), _on(earlier, after)
    difference: Any = later
    difference -= difference.multiply(bought)
    later = csr_array(difference)
    later.eliminate_zeros()
    return _Taste(earlier, bought, later, cutoff, days)


def _on(earlier: Interactions, found: Interactions) -> csr_array:
    """A matrix in the rows and columns of another; people and items that it does not know are left out."""
    matrix = found.csr.tocoo()
    users, known_users = _places(earlier.user_ids, found.user_ids)
    items, known_items = _places(earlier.item_ids, found.item_ids)
    keep = known_users[matrix.row] & known_items[matrix.col]
    ones = np.ones(int(keep.sum()), dtype=np.float32)
    return csr_array((ones, (users[matrix.row[keep]], items[matrix.col[keep]])), shape=earlier.csr.shape)


def _places(known: NDArray[np.int64], wanted: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    if not len(known):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return places, known[places] == wanted


def _best_length(data: _Taste, context: Context) -> int:
    """The length whose vectors guess best what was bought in the stretch before the one that is kept back."""
    earlier = Moment.at_end_of(data.cutoff.day - data.days)
    began = first_day(context.snapshot)
    if began is None or earlier.day - began < data.days:
        return _FACTORS[0]
    trial = _taste_until(context, earlier, data.cutoff, data.days)
    if not trial.later.nnz or not trial.earlier.csr.nnz:
        return _FACTORS[0]
    scores = {}
    for length in _FACTORS:
        model = ImplicitALS(min(length, *trial.earlier.csr.shape), random_state=context.seed).fit(trial.earlier.csr)
        scores[length] = _measured(_suggestions(model, trial.bought), trial)["ndcg"]
    return max(scores, key=lambda length: scores[length])


def _suggestions(model: Any, bought: csr_array) -> NDArray[np.int64]:
    """The first ten of each row that were not bought before; what was only looked at may be suggested."""
    n_users, n_items = bought.shape
    found = np.full((n_users, K), -1, dtype=np.int64)
    owned = np.diff(bought.indptr)
    # People who own alike many things are asked together, since what they own has to be skipped.
    for rows in np.array_split(np.argsort(owned, kind="stable"), max(1, n_users // 500)):
        if not len(rows):
            continue
        most = int(min(n_items, K + owned[rows].max()))
        shown, _ = model.recommend(rows, most, exclude_seen=False)
        for row, candidates in zip(rows, shown, strict=True):
            mine = bought.indices[bought.indptr[row] : bought.indptr[row + 1]]
            fresh = candidates[~np.isin(candidates, mine)][:K]
            found[row, : len(fresh)] = fresh
    return found


def _measured(shown: NDArray[np.int64], data: _Taste) -> dict[str, float]:
    found = evaluate_ranking(shown, data.later, K)
    return {
        "ndcg": found["ndcg"],
        "recall_at": found["recall"],
        "hit_rate": found["hit_rate"],
        "coverage": found["coverage"],
        "users": found["users"],
    }


def baskets_dataset(context: Context) -> tuple[Interactions, Interactions]:
    """Orders until a cut-off, and those after it.

    Raises:
        NotEnoughDataError: with too few orders or products.
    """
    require(needs("factorization", context.as_of))
    moment = context.snapshot.moment
    cutoff = Moment.at_end_of(moment.day - int(settings.TRAINING.PURCHASE_DAYS))
    return baskets(context.snapshot, None, cutoff), baskets(context.snapshot, cutoff, moment)


def baskets_fit(data: tuple[Interactions, Interactions], context: Context) -> ItemNeighbours:
    """Neighbours among the earlier orders."""
    context.progress(0.2, gettext_noop("Finding what is bought together"))
    return _neighbours(data[0])


def baskets_evaluate(
    data: tuple[Interactions, Interactions], fitted: ItemNeighbours, context: Context
) -> dict[str, Any]:
    """One product of each later order is shown, and the others are to be guessed; against best sellers."""
    earlier, later = data
    matrix = _on_items(earlier, later)
    several = np.flatnonzero(np.diff(matrix.indptr) > 1)[:_MOST_BASKETS]
    if not len(several):
        return {"metrics": {}, "baseline": {}, "gain": float("nan")}
    random = np.random.default_rng(context.seed)
    asked = np.array([random.choice(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]) for row in several])
    relevant = matrix[several].tolil()
    relevant[np.arange(len(several)), asked] = 0
    rest = csr_array(relevant)
    popular = np.argsort(-fitted.popularity_, kind="stable")[: K + 1]
    best = np.array([popular[popular != item][:K] for item in asked])
    shown = _filled(fitted.neighbours_[asked][:, :K], best)
    ours, rule = evaluate_ranking(shown, rest, K), evaluate_ranking(best, rest, K)
    keys = {"ndcg": "ndcg", "recall_at": "recall", "hit_rate": "hit_rate", "coverage": "coverage", "users": "users"}
    return {
        "metrics": {name: ours[key] for name, key in keys.items()},
        "baseline": {name: rule[key] for name, key in keys.items()},
        "gain": ours["ndcg"] - rule["ndcg"],
    }


def baskets_publish(
    data: tuple[Interactions, Interactions], fitted: ItemNeighbours, judged: dict[str, Any], context: Context
) -> Candidate:
    """Neighbours among all orders."""
    everything = baskets(context.snapshot, None, context.snapshot.moment)
    model = _neighbours(everything)
    served = registry.current("together")
    return Candidate(
        recipe="neighbours",
        verdict=verdict(judged["gain"], None, same=served is not None),
        metrics=judged["metrics"],
        baseline=judged["baseline"],
        rows=int(everything.csr.shape[0]),
        parameters=model.get_params(),
        data_from=_began(context),
        arrays={
            "item_ids": everything.item_ids,
            "neighbours": model.neighbours_,
            "similarities": model.similarities_,
        },
    )


def _neighbours(found: Interactions) -> ItemNeighbours:
    return ItemNeighbours(n_neighbours=max(1, min(_NEIGHBOURS, found.csr.shape[1] - 1))).fit(found.csr)


def _on_items(earlier: Interactions, later: Interactions) -> csr_array:
    matrix = later.csr.tocoo()
    items, known = _places(earlier.item_ids, later.item_ids)
    keep = known[matrix.col]
    ones = np.ones(int(keep.sum()), dtype=np.float32)
    shape = (max(later.csr.shape[0], 1), len(earlier.item_ids))
    return csr_array((ones, (matrix.row[keep], items[matrix.col[keep]])), shape=shape)


def _filled(shown: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Short lists are filled up with best sellers, as in the shop."""
    found = np.full_like(others, -1)
    for row in range(len(others)):
        mine = shown[row][shown[row] >= 0]
        more = others[row][~np.isin(others[row], mine)]
        together = np.concatenate([mine, more])[: others.shape[1]]
        found[row, : len(together)] = together
    return found


def ratings_dataset(context: Context) -> Ratings:
    """All ratings by people, the latest where somebody rated twice.

    Raises:
        NotEnoughDataError: with too few ratings.
    """
    found = ratings(context.snapshot)
    require([need("ratings", len(found.values), FEWEST_RATINGS)])
    return found


def ratings_fit(data: Ratings, context: Context) -> BiasedMF:
    """r̂ = μ + b_u + b_i + q_i·p_u on the earlier ratings."""
    context.progress(0.3, gettext_noop("Learning from ratings"))
    early = _split(data).train
    return BiasedMF(random_state=context.seed).fit(data.user_ids[early], data.item_ids[early], data.values[early])


def ratings_evaluate(data: Ratings, fitted: BiasedMF, context: Context) -> dict[str, Any]:
    """RMSE of the later ratings, against the mean of each product, drawn to that of all.

    Raises:
        NotEnoughDataError: when nobody known rated anything known later.
    """
    split = _split(data)
    known = np.isin(data.user_ids[split.test], fitted.users_) & np.isin(data.item_ids[split.test], fitted.items_)
    test = split.test[known]
    require([need("rated_again", len(test), _FEWEST_BUYERS)])
    rule = BiasedMF(n_factors=0, random_state=context.seed).fit(
        np.zeros(len(split.train), dtype=np.int64), data.item_ids[split.train], data.values[split.train]
    )
    true = data.values[test]
    said = fitted.predict(data.user_ids[test], data.item_ids[test])
    simple = rule.predict(np.zeros(len(test), dtype=np.int64), data.item_ids[test])
    better = (simple - true) ** 2 - (said - true) ** 2
    measured = {"rmse": _rmse(said, true), "mae": float(np.abs(said - true).mean()), "users": float(len(test))}
    return {
        "metrics": with_interval(measured, "squared_gain", mean_interval(better, context.seed)),
        "baseline": {"rmse": _rmse(simple, true), "mae": float(np.abs(simple - true).mean())},
        "gain": _rmse(simple, true) - _rmse(said, true),
    }


def ratings_publish(data: Ratings, fitted: BiasedMF, judged: dict[str, Any], context: Context) -> Candidate:
    """Factors and biases of all ratings."""
    model = BiasedMF(random_state=context.seed).fit(data.user_ids, data.item_ids, data.values)
    served = registry.current("ratings")
    return Candidate(
        recipe="biased_mf",
        verdict=verdict(judged["gain"], None, same=served is not None),
        metrics=judged["metrics"],
        baseline=judged["baseline"],
        rows=len(data.values),
        parameters={**model.get_params(), "mean": model.mean_},
        data_from=_began(context),
        arrays={
            "user_ids": model.users_,
            "item_ids": model.items_,
            "user_bias": model.user_bias_,
            "item_bias": model.item_bias_,
            "user_factors": model.user_factors_,
            "item_factors": model.item_factors_,
        },
    )


def _split(data: Ratings) -> Any:
    return temporal_split(data.times, int(np.quantile(data.times, 1 - _RATED_LATER)))


def _rmse(said: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    return float(np.sqrt(((said - true) ** 2).mean()))


def _began(context: Context) -> datetime | None:
    began = first_day(context.snapshot)
    return None if began is None else Moment.at_end_of(began).as_datetime()


def _without_name(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "model"}


RECIPES = (
    Recipe("implicit", "factorization", taste_dataset, taste_fit, taste_evaluate, taste_publish),
    Recipe("together", "factorization", baskets_dataset, baskets_fit, baskets_evaluate, baskets_publish),
    Recipe("ratings", "factorization", ratings_dataset, ratings_fit, ratings_evaluate, ratings_publish),
)
