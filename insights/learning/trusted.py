"""What a stored model may consist of."""

from __future__ import annotations

TRUSTED_TYPES = (
    "insights.learning.prediction.behaviour.BehaviourClassifier",
    "insights.learning.prediction.calibrated.CalibratedModel",
    "insights.learning.prediction.lifetime.BetaGeoFitter",
    "insights.learning.prediction.lifetime.GammaGammaFitter",
    "insights.learning.scaling.RobustLogScaler",
    "insights.learning.scaling.UnknownToZero",
    "insights.learning.segmentation.clusters.CustomerClusters",
    "insights.learning.segmentation.rfm.RFM",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
)
"""The exact list with which ``skops`` may load the segmentation and prediction models of this package."""
