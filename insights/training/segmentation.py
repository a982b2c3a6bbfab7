"""Groups of customers: RFM by rule, and clusters with a chosen k."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray
from sklearn.metrics import silhouette_score

from insights.features import Frame, customer_features, needs
from insights.learning import RFM, CustomerClusters

from .recipe import Candidate, Context, Recipe, Verdict, require
from .scores import Scores

CLUSTERED = (
    "recency_days",
    "orders",
    "net_spend",
    "average_order_value",
    "tenure_days",
    "units_per_order",
    "categories",
    "discount_share",
)
"""What clusters are made from: features that everybody has."""
BY_RULE = gettext_noop("Published: segments follow by rule from your own customers' figures.")
_SAMPLE = 5_000


@dataclass(frozen=True)
class _Groups:
    rfm: RFM
    clusters: CustomerClusters
    matrix: NDArray[np.float64]


def dataset(context: Context) -> Frame:
    """Features of all customers with an order.

    Raises:
        NotEnoughDataError: with too few customers.
    """
    require(needs("segmentation", context.as_of))
    return customer_features(context.snapshot)


def fit(frame: Frame, context: Context) -> _Groups:
    """Score by fifths, and find clusters."""
    context.progress(0.2, gettext_noop("Scoring recency, frequency and monetary value"))
    rfm = RFM().fit(frame.column("recency_days"), frame.column("orders"), _spent(frame))
    context.progress(0.4, gettext_noop("Looking for clusters"))
    matrix = np.nan_to_num(frame.select(CLUSTERED))
    matrix[:, CLUSTERED.index("net_spend")] = _spent(frame)
    return _Groups(rfm, CustomerClusters(random_state=context.seed).fit(matrix, list(CLUSTERED)), matrix)


def evaluate(frame: Frame, groups: _Groups, context: Context) -> dict[str, dict[str, Any]]:
    """How clearly the clusters lie apart, against fifths by spend, the simple rule."""
    context.progress(0.9, gettext_noop("Measuring the clusters"))
    chosen = next(
        (score for score in groups.clusters.scores_ if score["k"] == groups.clusters.n_clusters_), {"stability": 1.0}
    )
    scaled = groups.clusters.scaler_.transform(groups.matrix)
    return {
        "metrics": {
            "silhouette": _silhouette(scaled, groups.clusters.labels_, context.seed),
            "stability": chosen["stability"],
            "clusters": groups.clusters.n_clusters_,
            "segments": len(np.unique(groups.rfm.segment_)),
        },
        "baseline": {"silhouette": _silhouette(scaled, groups.rfm.m_, context.seed)},
    }


def publish(frame: Frame, groups: _Groups, judged: dict[str, dict[str, Any]], context: Context) -> Candidate:
    """Edges, centres and the groups of every customer."""
    rfm, clusters = groups.rfm, groups.clusters
    return Candidate(
        recipe="rfm",
        verdict=Verdict(True, BY_RULE),
        metrics=judged["metrics"],
        baseline=judged["baseline"],
        rows=len(frame),
        parameters={
            "edges": {name: edges.tolist() for name, edges in rfm.edges_.items()},
            "means": rfm.means_,
            "profiles": clusters.profiles_,
            "tried": clusters.scores_,
        },
        estimators={"rfm": rfm, "clusters": clusters},
        scores=Scores(
            frame.ids,
            {
                "recency_days": frame.column("recency_days"),
                "frequency": frame.column("orders"),
                "monetary": frame.column("net_spend"),
                "r": rfm.r_.astype(np.float64),
                "f": rfm.f_.astype(np.float64),
                "m": rfm.m_.astype(np.float64),
                "segment": rfm.segment_.astype(np.str_),
                "rfm_type": rfm.type_.astype(np.str_),
                "cluster": clusters.labels_.astype(np.float64),
            },
        ),
    )


def _spent(frame: Frame) -> NDArray[np.float64]:
    return np.maximum(frame.column("net_spend"), 0.0)


def _silhouette(scaled: NDArray[np.float64], labels: NDArray[Any], seed: int) -> float:
    """Mean silhouette (Rousseeuw 1987) of at most 5,000 rows; NaN with one group only."""
    random = np.random.default_rng(seed)
    rows = np.arange(len(scaled)) if len(scaled) <= _SAMPLE else random.choice(len(scaled), _SAMPLE, replace=False)
    if not 1 < len(np.unique(labels[rows])) < len(rows):
        return float("nan")
    return float(silhouette_score(scaled[rows], labels[rows]))


RECIPES = (Recipe("segmentation", "segmentation", dataset, fit, evaluate, publish),)
