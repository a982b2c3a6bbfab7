from __future__ import annotations

import pytest

from insights.learning import describe_clusters


def test_describe_clusters__strongest_traits_first() -> None:
    profiles = [{"z": {"recency": -0.6, "orders": 1.4, "discount": 0.2}}, {"z": {"recency": 0.9, "orders": -0.7}}]
    assert describe_clusters(profiles) == [
        [("orders", "high"), ("recency", "low")],
        [("recency", "high"), ("orders", "low")],
    ]


def test_describe_clusters__an_average_cluster_has_no_trait() -> None:
    assert describe_clusters([{"z": {"orders": 0.1}}]) == [[]]


def test_describe_clusters__adds_traits_until_clusters_read_differently() -> None:
    profiles = [
        {"z": {"orders": 2.0, "revenue": 1.0, "discount": 0.9}},
        {"z": {"orders": 1.8, "revenue": 1.1, "discount": -0.8}},
        {"z": {"orders": -1.0, "revenue": -0.9, "discount": 0.7}},
    ]
    assert describe_clusters(profiles, limit=1) == [
        [("orders", "high"), ("revenue", "high"), ("discount", "high")],
        [("orders", "high"), ("revenue", "high"), ("discount", "low")],
        [("orders", "low")],
    ]


def test_describe_clusters__gives_up_where_features_do_not_differ() -> None:
    assert describe_clusters([{"z": {"orders": 2.0}}, {"z": {"orders": 2.5}}]) == [[("orders", "high")]] * 2


def test_describe_clusters__refuses_a_limit_of_none() -> None:
    with pytest.raises(ValueError, match="limit at least 1"):
        describe_clusters([], limit=0)
