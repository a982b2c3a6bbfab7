"""Clusters of customers: k-means on a robust scale, with k chosen by silhouette among the stable ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn import config_context
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, pairwise_distances_argmin, silhouette_score
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from ..scaling import RobustLogScaler
from ..validation import FloatArray, IntArray, check_feature_names, check_matrix

_STABLE = 0.6
_SAMPLE = 5_000
_BOOTSTRAPS = 10
_STARTS = 10


class CustomerClusters(ClusterMixin, BaseEstimator):
    """k-means clusters, numbered from the largest to the smallest.

    Columns are put on the scale of :class:`~insights.learning.scaling.RobustLogScaler`. With ``"auto"`` each k in
    ``k_range`` is judged on at most 5,000 rows drawn with the seed: by its mean silhouette (Rousseeuw 1987), and
    by its stability, the mean adjusted Rand index (Hubert & Arabie 1985) between its clusters and those found on
    ten bootstrap samples (after Hennig 2007). The k with the best silhouette among those with a stability of
    at least 0.6 is taken, or the most stable when none reaches it. Fewer than three distinct rows are one cluster.

    Args:
        n_clusters: ``"auto"`` or the number of clusters.
        k_range: least and largest k tried, both included.
        random_state: seed, ``RandomState`` or None.

    Attributes:
        n_clusters_: int.
        labels_: int array (n,), 0 for the largest cluster.
        cluster_centers_: float array (n_clusters_, n_features), on the inner scale.
        scores_: a dict for each k tried: ``k``, ``silhouette``, ``stability``.
        profiles_: a dict for each cluster: ``cluster``, ``size``, ``share`` (0–1), ``mean`` (feature to mean in the
            units of the input) and ``z`` (feature to how many standard deviations, on the inner scale, the
            cluster's mean lies above that of all customers).
        feature_names_: list of str.
    """

    def __init__(
        self,
        n_clusters: int | Literal["auto"] = "auto",
        k_range: tuple[int, int] = (2, 9),
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.k_range = k_range
        self.random_state = random_state

    @threadpool_limits.wrap(limits=1)
    def fit(self, X: ArrayLike, feature_names: Sequence[str] | None = None) -> Self:
        """Find the clusters of the rows of ``X``.

        Args:
            X: (n_customers, n_features), without NaN.
            feature_names: one name a column; ``x0, x1, …`` by default.

        Raises:
            ValueError: for an empty ``X``, NaN, a wrong number of names, or more clusters than distinct rows.
        """
        X = check_matrix("X", X)
        self.feature_names_ = check_feature_names(feature_names, X.shape[1])
        self.n_features_in_ = X.shape[1]
        random = check_random_state(self.random_state)
        self.scaler_ = RobustLogScaler().fit(X)
        scaled = self.scaler_.transform(X)
        self.scores_: list[dict[str, float]] = []
        if self.n_clusters == "auto":
            sample = scaled if len(scaled) <= _SAMPLE else scaled[random.choice(len(scaled), _SAMPLE, replace=False)]
            self.scores_ = _score_each(sample, self._candidates(_n_distinct(sample)), random)
            self.n_clusters_ = _best_k(self.scores_)
        else:
            self.n_clusters_ = self._wanted(_n_distinct(scaled))
        found = _kmeans(self.n_clusters_, random).fit(scaled)
        largest_first = np.argsort(-np.bincount(found.labels_, minlength=self.n_clusters_), kind="stable")
        self.cluster_centers_: FloatArray = found.cluster_centers_[largest_first]
        self.labels_: IntArray = np.argsort(largest_first)[found.labels_]
        self.profiles_ = self._profiles(X, scaled)
        return self

    def predict(self, X: ArrayLike) -> IntArray:
        """The nearest cluster of each row: int array (n,).

        Raises:
            NotFittedError: before ``fit``.
            ValueError: for an empty ``X``, NaN or another number of columns.
        """
        check_is_fitted(self)
        X = check_matrix("X", X, n_columns=self.n_features_in_)
        return pairwise_distances_argmin(self.scaler_.transform(X), self.cluster_centers_).astype(np.int64)

    def _candidates(self, n_distinct: int) -> range:
        low, high = self.k_range
        if not 2 <= low <= high:
            raise ValueError(f"k_range must be (low, high) with 2 <= low <= high, not {self.k_range!r}.")
        return range(low, min(high, n_distinct - 1) + 1)

    def _wanted(self, n_distinct: int) -> int:
        wanted = self.n_clusters
        if not isinstance(wanted, int | np.integer) or wanted < 1:
            raise ValueError(f'n_clusters must be "auto" or a whole number of at least 1, not {wanted!r}.')
        if wanted > n_distinct:
            raise ValueError(f"{wanted} clusters were asked for, but there are only {n_distinct} distinct rows.")
        return int(wanted)

    def _profiles(self, X: FloatArray, scaled: FloatArray) -> list[dict[str, Any]]:
        spread = scaled.std(axis=0)
        z = (scaled - scaled.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        profiles = []
        for cluster in range(self.n_clusters_):
            members = self.labels_ == cluster
            profiles.append(
                {
                    "cluster": cluster,
                    "size": int(members.sum()),
                    "share": float(members.mean()),
                    "mean": dict(zip(self.feature_names_, X[members].mean(axis=0).tolist(), strict=True)),
                    "z": dict(zip(self.feature_names_, z[members].mean(axis=0).tolist(), strict=True)),
                }
            )
        return profiles


def _kmeans(k: int, random: np.random.RandomState, n_init: int = _STARTS) -> KMeans:
    return KMeans(k, n_init=n_init, random_state=random.randint(2**31 - 1))


def _n_distinct(rows: FloatArray) -> int:
    return len(np.unique(rows, axis=0))


def _score_each(scaled: FloatArray, candidates: range, random: np.random.RandomState) -> list[dict[str, float]]:
    scores = []
    with config_context(working_memory=64):
        for k in candidates:
            labels = _kmeans(k, random).fit_predict(scaled)
            silhouette = float(silhouette_score(scaled, labels))
            scores.append({"k": k, "silhouette": silhouette, "stability": _stability(scaled, labels, k, random)})
    return scores


def _stability(scaled: FloatArray, labels: IntArray, k: int, random: np.random.RandomState) -> float:
    agreements = []
    for _ in range(_BOOTSTRAPS):
        drawn = scaled[random.choice(len(scaled), len(scaled))]
        if _n_distinct(drawn) < k:
            continue
        again = _kmeans(k, random, n_init=2).fit(drawn).predict(scaled)
        agreements.append(adjusted_rand_score(labels, again))
    return float(np.mean(agreements)) if agreements else 0.0


def _best_k(scores: list[dict[str, float]]) -> int:
    if not scores:
        return 1
    stable = [score for score in scores if score["stability"] >= _STABLE]
    best = (
        max(stable, key=lambda score: score["silhouette"])
        if stable
        else max(scores, key=lambda score: score["stability"])
    )
    return int(best["k"])
