"""What things are called, in both languages, in one place.

The names are data and no translations, since the assistant understands and answers in both languages whatever language
the site speaks.
"""

from insights.vocabulary.features import FEATURES, feature_value, say_reason
from insights.vocabulary.terms import (
    CHURN_BANDS,
    KINDS,
    RFM_SEGMENTS,
    RFM_TYPES,
    TRAFFIC,
    VALUE_BANDS,
    Term,
    churn_band,
    label,
)

__all__ = [
    "CHURN_BANDS",
    "FEATURES",
    "KINDS",
    "RFM_SEGMENTS",
    "RFM_TYPES",
    "TRAFFIC",
    "VALUE_BANDS",
    "Term",
    "churn_band",
    "feature_value",
    "label",
    "say_reason",
]
