"""The figures, by topic, and all of them by key."""

from insights.analytics.metrics.behaviour import BEHAVIOUR
from insights.analytics.metrics.customers import CUSTOMERS
from insights.analytics.metrics.marketing import MARKETING
from insights.analytics.metrics.metric import Metric
from insights.analytics.metrics.sales import SALES

METRICS: dict[str, Metric] = {metric.key: metric for metric in (*SALES, *CUSTOMERS, *MARKETING, *BEHAVIOUR)}
"""All figures by key, in the order in which they are shown."""

__all__ = ["METRICS", "Metric"]
