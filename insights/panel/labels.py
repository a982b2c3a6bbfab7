"""What runs, models and their measures are called."""

from __future__ import annotations

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from insights.collect import KIND
from insights.masking import shown_key
from insights.models import QuarantinedRow

FAMILIES = {
    "segmentation": _("Segments"),
    "prediction": _("Predictions"),
    "factorization": _("Recommendations"),
}
STEPS = {**FAMILIES, "snapshot": _("Gathering the data"), "publish": _("Publishing")}
KINDS = {
    "training": _("Training"),
    "sync": _("Sync"),
    "import": _("Import"),
    "replay": _("Reading again"),
    "retention": _("Letting go of old data"),
}
SLOTS = {
    "segmentation": _("Segments"),
    "churn": _("May not come back"),
    "purchase": _("Will buy soon"),
    "lifetime": _("Worth and next order"),
    "ratings": _("Taste, from stars"),
    "implicit": _("Taste, from purchases and views"),
    "together": _("Bought together"),
}
ESTIMATORS = {
    "recency_rule": _("Rule: days since the last order"),
    "softmax": _("Logistic regression"),
    "tree": _("Decision tree"),
    "forest": _("Random forest"),
    "svm": _("Support vector machine"),
    "neural_network": _("Neural network"),
    "gradient_boosting": _("Gradient boosting"),
    "popularity": _("Best sellers for everybody"),
    "neighbours": _("Nearest products"),
    "implicit_als": _("Matrix factorisation (ALS)"),
    "biased_mf": _("Matrix factorisation of ratings"),
    "rfm": _("RFM and k-means"),
    "beta_geo": _("BG/NBD and Gamma-Gamma"),
}
METRICS = {
    "accuracy": (_("Accuracy"), _("Share of customers judged rightly.")),
    "precision": (_("Precision"), _("Share of those named who really did.")),
    "recall": (_("Recall"), _("Share of those who did that were named.")),
    "f1": (_("F1"), _("Balance of precision and recall; 1 is best.")),
    "auc": (_("AUC"), _("How often of two customers the right one is ranked first; 0.5 is chance.")),
    "average_precision": (_("Average precision"), _("Precision over all thresholds; 1 is best.")),
    "log_loss": (_("Log loss"), _("Distance of the chances from what happened; less is better.")),
    "brier": (_("Brier score"), _("Mean squared error of the chances; less is better.")),
    "ece": (_("Calibration error"), _("How far said chances are from what happened; less is better.")),
    "seconds": (_("Seconds"), _("Time to train.")),
    "rmse": (_("RMSE"), _("Mean error of a predicted rating, in stars; less is better.")),
    "mae": (_("MAE"), _("Mean absolute error; less is better.")),
    "ndcg": (_("NDCG@10"), _("How high what was bought later stands in the list; 1 is best.")),
    "recall_at": (_("Recall@10"), _("Share of what was bought later that is in the list.")),
    "hit_rate": (_("Hit rate"), _("Share of customers with a right guess in the list.")),
    "coverage": (_("Coverage"), _("Share of the products that are ever suggested.")),
    "total_said": (_("Spend foretold"), _("What all customers together were said to spend in the days kept back.")),
    "total_happened": (_("Spend that came"), _("What they spent in those days.")),
    "clusters": (_("Clusters"), _("How many clusters were chosen.")),
    "segments": (_("Segments"), _("How many segments anybody is in.")),
    "silhouette": (_("Silhouette"), _("How clearly the clusters lie apart; 1 is best.")),
    "stability": (_("Stability"), _("How alike the clusters come out from other halves of the data; 1 is best.")),
}
LESS_IS_BETTER = frozenset({"log_loss", "brier", "ece", "rmse", "mae", "seconds"})
RECORDS = {
    "customers": _("Customers"),
    "products": _("Products"),
    "categories": _("Categories"),
    "orders": _("Orders"),
    "order_lines": _("Order lines"),
    "refunds": _("Refunds"),
    "ratings": pgettext_lazy("given by customers", "Ratings"),
    "events": _("Events"),
    "ad_spend": _("Ad spend"),
    "inbox": _("Events sent by pages"),
}
DEVICES = {"desktop": _("desktop"), "mobile": _("mobile"), "tablet": _("tablet")}


def name_of(row: QuarantinedRow, *, personal: bool) -> str:
    """What a row that was put aside is called: by its key, or as a batch of the inbox and the place of an event in it."""
    if row.kind == KIND and row.external_id.startswith("batch "):
        return gettext("Batch %(number)s") % {"number": row.external_id.removeprefix("batch ")}
    return shown_key(row.external_id, personal=personal)


def plain(key: str) -> str:
    """A key that has no name of its own, made readable."""
    return key.replace("_", " ").strip()
