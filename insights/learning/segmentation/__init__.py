"""Groups of customers: RFM segments by rule, clusters by k-means, and words for the clusters."""

from __future__ import annotations

from .clusters import CustomerClusters
from .naming import describe_clusters
from .rfm import RFM, SEGMENTS, TYPES

__all__ = ["RFM", "SEGMENTS", "TYPES", "CustomerClusters", "describe_clusters"]
