from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from insights.learning import CustomerClusters
from insights.testing import EstimatorContract

NAMES = ["recency", "orders", "revenue"]


def planted(n: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Four kinds of customers, with skewed columns of very different units."""
    random = np.random.default_rng(seed)
    kind = random.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    recency, orders, value = np.array([[200, 1, 30], [20, 3, 80], [15, 15, 60], [60, 6, 600]])[kind].T
    n_orders = 1 + random.poisson(orders)
    revenue = n_orders * value * np.exp(random.normal(0, 0.3, n))
    return np.column_stack([random.gamma(6, recency / 6), n_orders, revenue]), kind


X, KIND = planted(300)


class TestCustomerClusters(EstimatorContract):
    def make(self) -> CustomerClusters:
        return CustomerClusters(k_range=(3, 5), random_state=4)

    def data(self) -> tuple[Any, ...]:
        return (X,)

    def outcome(self, fitted: Any) -> Any:
        return fitted.predict(X)


def test_fit__finds_the_planted_kinds() -> None:
    clusters = CustomerClusters(k_range=(2, 6), random_state=0).fit(X, NAMES)
    assert clusters.n_clusters_ == 4
    assert adjusted_rand_score(KIND, clusters.labels_) > 0.85
    assert [score["k"] for score in clusters.scores_] == [2, 3, 4, 5, 6]
    assert all(-1 <= score["silhouette"] <= 1 and score["stability"] <= 1 for score in clusters.scores_)


def test_fit__numbers_clusters_by_size_and_describes_them() -> None:
    clusters = CustomerClusters(4, random_state=0).fit(X, NAMES)
    sizes = [profile["size"] for profile in clusters.profiles_]
    assert sizes == sorted(sizes, reverse=True) == np.bincount(clusters.labels_).tolist()
    assert sum(profile["share"] for profile in clusters.profiles_) == pytest.approx(1)
    first = clusters.profiles_[0]
    assert first["mean"]["revenue"] == pytest.approx(X[clusters.labels_ == 0, 2].mean())
    assert first["z"]["recency"] > 0.5 > -0.5 > first["z"]["orders"]


def test_predict__agrees_with_labels() -> None:
    clusters = CustomerClusters(4, random_state=0).fit(X)
    assert (clusters.predict(X) == clusters.labels_).all()


def test_fit__units_do_not_matter_to_unskewed_columns() -> None:
    random = np.random.default_rng(5)
    blobs = np.repeat([[0.0, 0.0], [8.0, 8.0]], 60, axis=0) + random.normal(size=(120, 2))
    one = CustomerClusters(2, random_state=0).fit(blobs)
    other = CustomerClusters(2, random_state=0).fit(blobs * [1.0, 1e6])
    assert adjusted_rand_score(one.labels_, other.labels_) == 1


@pytest.mark.parametrize("rows", [[[1, 2]], [[1, 2], [1, 2]], [[1, 2], [1, 2], [3, 4]]])
def test_fit__fewer_than_three_distinct_rows_are_one_cluster(rows: list[list[int]]) -> None:
    clusters = CustomerClusters(random_state=0).fit(rows)
    assert clusters.n_clusters_ == 1
    assert clusters.scores_ == []
    assert clusters.profiles_[0]["share"] == 1


def test_fit__a_handful_of_rows_is_judged_too() -> None:
    clusters = CustomerClusters(random_state=0).fit([[1.0, 2.0], [1.1, 2.1], [9.0, 9.0], [9.1, 9.2]])
    assert clusters.labels_[0] == clusters.labels_[1] != clusters.labels_[2] == clusters.labels_[3]
    assert [score["k"] for score in clusters.scores_] == [2, 3]


def test_fit__large_data_are_judged_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    from insights.learning.segmentation import clusters as module

    seen = []

    def silhouette(rows: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
        seen.append(len(rows))
        return 0.5

    monkeypatch.setattr(module, "_SAMPLE", 100)
    monkeypatch.setattr(module, "silhouette_score", silhouette)
    clusters = CustomerClusters(k_range=(2, 3), random_state=0).fit(X)
    assert seen == [100, 100]
    assert len(clusters.labels_) == len(X)


def test_fit__no_structure_takes_the_most_stable() -> None:
    noise = np.random.default_rng(1).normal(size=(200, 8))
    clusters = CustomerClusters(k_range=(3, 5), random_state=0).fit(noise)
    most_stable = max(clusters.scores_, key=lambda score: score["stability"])
    assert most_stable["stability"] < 0.6
    assert clusters.n_clusters_ == most_stable["k"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_clusters": 5}, "5 clusters were asked for, but there are only 2 distinct rows"),
        ({"n_clusters": "many"}, '"auto" or a whole number'),
        ({"k_range": (1, 4)}, "k_range"),
    ],
)
def test_fit__refuses_what_cannot_be(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CustomerClusters(**parameters).fit([[1.0], [1.0], [2.0]])


def test_fit__names_columns_with_nan() -> None:
    with pytest.raises(ValueError, match=r"NaN in columns \[1\]"):
        CustomerClusters().fit([[1.0, np.nan]])
