"""The semantic layer: what figures mean, and the one way to ask for them.

    >>> from insights.analytics import Query, run
    >>> run(Query(metrics=["revenue"], dimensions=["category"], time_range={"start": "2025-01-01", "end": "2025-02-01"}))

Panel, API and assistant all read figures through here, so that two screens cannot disagree.
"""

from insights.analytics.alarms import Jump, Silence, jumps, silences
from insights.analytics.breakdown import Breakdown, breakdown
from insights.analytics.customer_fields import CUSTOMER_FIELDS, CustomerField
from insights.analytics.customers import count_customers, find_customers
from insights.analytics.dimensions import DIMENSIONS, Dimension
from insights.analytics.filters import Condition, CustomerFilter
from insights.analytics.metrics import METRICS, Metric
from insights.analytics.noise import Noise, noise
from insights.analytics.plan import allowed
from insights.analytics.portrait import portrait
from insights.analytics.quality import CHECKS, Quality, quality
from insights.analytics.query import Filter, Having, OrderBy, Query, known_key
from insights.analytics.result import Column, Comparison, Result
from insights.analytics.run import run
from insights.analytics.time import (
    GRAINS,
    Grain,
    TimeRange,
    last,
    last_days,
    previous_period,
    previous_year,
    this,
    today,
)

__all__ = [
    "CHECKS",
    "CUSTOMER_FIELDS",
    "DIMENSIONS",
    "GRAINS",
    "METRICS",
    "Breakdown",
    "Column",
    "Comparison",
    "Condition",
    "CustomerField",
    "CustomerFilter",
    "Dimension",
    "Filter",
    "Grain",
    "Having",
    "Jump",
    "Metric",
    "Noise",
    "OrderBy",
    "Quality",
    "Query",
    "Result",
    "Silence",
    "TimeRange",
    "allowed",
    "breakdown",
    "count_customers",
    "find_customers",
    "jumps",
    "known_key",
    "last",
    "last_days",
    "noise",
    "portrait",
    "previous_period",
    "previous_year",
    "quality",
    "run",
    "silences",
    "this",
    "today",
]
