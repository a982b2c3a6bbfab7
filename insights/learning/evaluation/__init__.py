"""How good a model is: splits by time, measures of classification, calibration and ranking."""

from __future__ import annotations

from .calibration import calibration_table, expected_calibration_error
from .classification import (
    best_f1_threshold,
    bootstrap_interval,
    classification_metrics,
    confusion_matrix,
    score_metrics,
)
from .ranking import (
    coverage,
    evaluate_ranking,
    hit_rate,
    mean_average_precision,
    mrr,
    ndcg_at_k,
    novelty,
    precision_at_k,
    ranking_table,
    recall_at_k,
)
from .splits import Split, temporal_split

__all__ = [
    "Split",
    "best_f1_threshold",
    "bootstrap_interval",
    "calibration_table",
    "classification_metrics",
    "confusion_matrix",
    "coverage",
    "evaluate_ranking",
    "expected_calibration_error",
    "hit_rate",
    "mean_average_precision",
    "mrr",
    "ndcg_at_k",
    "novelty",
    "precision_at_k",
    "ranking_table",
    "recall_at_k",
    "score_metrics",
    "temporal_split",
]
