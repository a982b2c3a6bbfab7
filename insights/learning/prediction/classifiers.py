"""The zoo: six kinds of classifier with sensible defaults, judged side by side on later rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from ..evaluation import classification_metrics, score_metrics
from ..scaling import RobustLogScaler, UnknownToZero
from ..validation import FloatArray, IntArray, check_binary, check_feature_names, check_matrix, check_vectors
from .behaviour import BehaviourClassifier
from .calibrated import CalibratedModel

MODELS = ("softmax", "tree", "forest", "svm", "neural_network", "gradient_boosting")
BASELINE = "recency_rule"

_KERNEL_ROWS = 2_000
_NETWORK_ROWS = 20_000
_FOREST_ROWS = 50_000


@dataclass(frozen=True)
class Comparison:
    """The zoo side by side."""

    table: list[dict[str, Any]]
    """One row a model, the baseline first: ``model``, the measures of ``classification_metrics``, ``seconds``."""
    best: str
    """The model with the best average precision to three decimals, then the least log-loss. Never the baseline."""
    estimators: dict[str, CalibratedModel]
    """The fitted models by name, each with its ``threshold_``."""
    feature_names: list[str]
    """Names of the columns that the models were fitted on."""


def make_model(name: str, n_rows: int, random_state: int | None = None) -> CalibratedModel:
    """An unfitted, self-calibrating model of the zoo.

    Args:
        name: one of :data:`MODELS`.
        n_rows: number of training rows. The support vector machine has a radial kernel up to 2,000 and is linear
            above; the network stops early above 20,000; each tree of a forest sees at most 50,000; leaves grow.
        random_state: seed, or None.

    Raises:
        ValueError: for an unknown name.
    """
    if name not in MODELS:
        raise ValueError(f"Unknown model {name!r}. Known: {', '.join(MODELS)}.")
    return CalibratedModel(_base(name, n_rows, random_state), random_state=random_state)


def compare(
    X: ArrayLike,
    y: ArrayLike,
    X_test: ArrayLike,
    y_test: ArrayLike,
    *,
    feature_names: Sequence[str] | None = None,
    baseline: ArrayLike | None = None,
    models: Sequence[str] = MODELS,
    random_state: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Comparison:
    """Fit each model on the earlier rows and judge it on the later ones.

    Calibration and threshold come from the training rows alone (see :class:`CalibratedModel`).

    Args:
        X: (n, n_features) training rows; NaN is a missing value.
        y: (n,) of 0 and 1.
        X_test: (m, n_features) later rows.
        y_test: (m,) of 0 and 1.
        feature_names: one name a column.
        baseline: (m,) score of a simple rule for the test rows, higher for a likelier 1. It is judged as a
            probability where it lies within 0–1; as many test rows are decided as 1 as the share of 1 in ``y``.
        models: names out of :data:`MODELS`.
        random_state: seed, or None.
        progress: called before each model with how many are done, how many there are, and its name.

    Raises:
        ValueError: for empty, unequal or infinite arrays, other labels than 0 and 1, fewer than two training rows of
            a class, or an unknown or repeated model.
    """
    X, y = _rows("X", X, "y", y)
    X_test, y_test = _rows("X_test", X_test, "y_test", y_test, n_columns=X.shape[1])
    names = check_feature_names(feature_names, X.shape[1])
    if not models or len(set(models)) != len(models):
        raise ValueError("models must name at least one model, and none twice.")
    unfitted = {name: make_model(name, len(X), random_state) for name in models}
    table = [] if baseline is None else [_baseline_row(y, y_test, baseline)]
    estimators = {}
    for done, (name, model) in enumerate(unfitted.items()):
        if progress:
            progress(done, len(unfitted), name)
        started = time.perf_counter()
        estimators[name] = model.fit(X, y)
        p = model.predict_proba(X_test)[:, 1]
        seconds = time.perf_counter() - started
        measured = classification_metrics(y_test, p, model.threshold_)
        table.append({"model": name, **measured, "seconds": seconds})
    best = min((row for row in table if row["model"] != BASELINE), key=_order)
    return Comparison(table, best["model"], estimators, names)


def _base(name: str, n_rows: int, seed: int | None) -> Any:
    leaf = max(10, min(100, n_rows // 30))
    match name:
        case "softmax":
            return make_pipeline(RobustLogScaler(), BehaviourClassifier())
        case "tree":
            return DecisionTreeClassifier(max_depth=6, min_samples_leaf=leaf, random_state=seed)
        case "forest":
            share = min(1.0, _FOREST_ROWS / n_rows)
            return RandomForestClassifier(150, min_samples_leaf=leaf // 10 + 2, max_samples=share, random_state=seed)
        case "svm" if n_rows <= _KERNEL_ROWS:
            return _scaled(SVC(random_state=seed))
        case "svm":
            return _scaled(LinearSVC(C=0.1, dual=False, random_state=seed))
        case "neural_network":
            early = n_rows > _NETWORK_ROWS
            return _scaled(MLPClassifier((32,), alpha=2.0, early_stopping=early, random_state=seed))
        case _:
            boosting = HistGradientBoostingClassifier(
                learning_rate=0.05,
                max_leaf_nodes=15,
                min_samples_leaf=max(5, min(20, n_rows // 50)),
                l2_regularization=1.0,
                early_stopping=False,
                random_state=seed,
            )
            return make_pipeline(UnknownToZero(), boosting)


def _scaled(classifier: Any) -> Pipeline:
    imputer = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    return make_pipeline(RobustLogScaler(), imputer, classifier)


def _rows(
    X_name: str, X: ArrayLike, y_name: str, y: ArrayLike, n_columns: int | None = None
) -> tuple[FloatArray, IntArray]:
    rows = check_matrix(X_name, X, n_columns=n_columns, allow_nan=True)
    labels = check_binary(y_name, y)
    if len(rows) != len(labels):
        raise ValueError(f"{X_name} has {len(rows)} rows and {y_name} has {len(labels)}.")
    return rows, labels


def _baseline_row(y: IntArray, y_test: IntArray, baseline: ArrayLike) -> dict[str, Any]:
    _, scores = check_vectors(y_test=y_test, baseline=baseline)
    threshold = float(np.quantile(scores, 1 - y.mean()))
    is_probability = scores.min() >= 0 and scores.max() <= 1
    measure = classification_metrics if is_probability else score_metrics
    return {"model": BASELINE, **measure(y_test, scores, threshold), "seconds": 0.0}


def _order(row: dict[str, Any]) -> tuple[float, float]:
    average_precision = row["average_precision"]
    return (0.0 if np.isnan(average_precision) else -round(average_precision, 3)), row["log_loss"]
