"""The models: what is served, how good it is, and against what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from insights import formats
from insights.models import ModelVersion, Publication
from insights.panel import charts
from insights.panel.access import TRAIN, may
from insights.panel.labels import ESTIMATORS, LESS_IS_BETTER, METRICS, SLOTS, plain
from insights.panel.page import link
from insights.panel.tables import Column, Figure, Table

STALE_DAYS = 7
"""A model older than this is said to be old."""


@dataclass(frozen=True)
class VersionView:
    """One version of a model, ready for its template."""

    name: str
    number: int
    recipe: str
    trained: str
    rows: str
    verdict: str
    is_current: bool
    is_stale: bool
    age: str
    url: str
    metrics: list[tuple[str, str, str, str]]
    comparison: list[dict[str, Any]]
    heads: list[tuple[str, str]]
    calibration: Figure | None
    publish_url: str
    rollback_url: str


def current() -> dict[str, ModelVersion]:
    """Slot to its published version."""
    published = Publication.objects.exclude(version=None).select_related("version__run")
    found = {item.slot: item.version for item in published if item.version}
    return {slot: found[slot] for slot in sorted(found, key=_place)}


def horizons() -> dict[str, int]:
    """Slot to the days ahead of which its published version speaks; slots that foretell nothing are missing."""
    days = {slot: version.parameters.get("horizon_days") for slot, version in current().items()}
    return {slot: int(value) for slot, value in days.items() if isinstance(value, (int, float))}


def _place(slot: str) -> int:
    return list(SLOTS).index(slot) if slot in SLOTS else len(SLOTS)


def views(request: HttpRequest, versions: Iterable[ModelVersion]) -> list[VersionView]:
    """Versions as they are shown, with what can be done about each of them."""
    published = current()
    served = ModelVersion.objects.filter(slot__in=list(published), published_at__isnull=False)
    back = {slot for slot, number in served.values_list("slot", "number") if number < published[slot].number}
    return [
        _view(request, version, published, back)
        for version in sorted(versions, key=lambda version: _place(version.slot))
    ]


def _view(
    request: HttpRequest, version: ModelVersion, published: Mapping[str, ModelVersion], back: set[str]
) -> VersionView:
    is_current = published.get(version.slot) == version
    allowed = may(request, TRAIN)
    days = (timezone.now() - version.as_of).days
    return VersionView(
        name=str(SLOTS.get(version.slot, plain(version.slot))),
        number=version.number,
        recipe=estimator(version.recipe),
        trained=formats.moment(version.as_of),
        rows=formats.number(version.rows),
        verdict=_(version.verdict) if version.verdict else "",
        is_current=is_current,
        is_stale=is_current and days > STALE_DAYS,
        age=formats.ago(days),
        url=link(request, "run", version.run.uid) if version.run else "",
        metrics=_metrics(version),
        comparison=_comparison(version),
        heads=[metric(key) for key in _compared(version)],
        calibration=_calibration(version),
        publish_url=link(request, "publish", version.pk) if allowed and not is_current and _servable(version) else "",
        rollback_url=link(request, "rollback", version.slot) if allowed and is_current and version.slot in back else "",
    )


def _servable(version: ModelVersion) -> bool:
    """Whether it was stored, and what it said of the customers was kept; of one never published that was not."""
    return bool(version.artifact) and (version.published_at is not None or version.family == "factorization")


def estimator(key: str) -> str:
    """What an estimator is called."""
    return str(ESTIMATORS.get(key, plain(key)))


_COMPARED = (
    "auc",
    "f1",
    "precision",
    "recall",
    "accuracy",
    "brier",
    "ece",
    "ndcg",
    "recall_at",
    "hit_rate",
    "coverage",
)
_RANKED_BY = ("auc", "ndcg")
_BASELINES = ("recency_rule", "popularity")
_UNSAID = frozenset({"threshold", "users", "horizon_days", "test_rows", "positive_share", "seconds"})
"""Of the metrics of a version, what is no measure of how good it is."""


def _compared(version: ModelVersion) -> list[str]:
    """The measures by which the methods of a version were compared, as far as they were taken."""
    there = {key for row in version.comparison if isinstance(row, dict) for key in row}
    return [key for key in _COMPARED if key in there]


def _metrics(version: ModelVersion) -> list[tuple[str, str, str, str]]:
    """(name, meaning, of the model, of the baseline) of every measure that is a number."""
    rows = []
    for key, value in version.metrics.items():
        is_bound = key.endswith(("_low", "_high"))
        if isinstance(value, (int, float)) and not isinstance(value, bool) and key not in _UNSAID and not is_bound:
            name, meaning = metric(key)
            rows.append((name, meaning, measure(value), measure(version.baseline.get(key))))
    return rows


def metric(key: str) -> tuple[str, str]:
    """The name and the meaning of a measure; ``recall@10`` and ``recall_at_10`` are the same one."""
    stem = key.replace("@", "_at_")
    stem = stem.removesuffix("_at_10").removesuffix("_10")
    if stem == "recall" and stem != key:
        stem = "recall_at"
    name, meaning = METRICS.get(stem, (plain(key), ""))
    return str(name), str(meaning)


def measure(value: object) -> str:
    """A measure as it is written."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return "–"
    return formats.number(value, 0 if isinstance(value, int) or abs(value) >= 100 else 3)


def _comparison(version: ModelVersion) -> list[dict[str, Any]]:
    """Every estimator with its measures, the best of each measure marked, the baseline last."""
    rows = [row for row in version.comparison if isinstance(row, dict)]
    measures = _compared(version)
    ranked = next((key for key in _RANKED_BY if key in measures), "")
    rows.sort(key=lambda row: (row.get("model") in _BASELINES, -float(row.get(ranked) or 0)))
    best = {}
    for key in measures:
        known = [float(row[key]) for row in rows if isinstance(row.get(key), (int, float))]
        if known:
            best[key] = min(known) if key in LESS_IS_BETTER else max(known)
    return [
        {
            "name": estimator(str(row.get("model", ""))),
            "is_winner": row.get("model") == version.recipe,
            "cells": [(measure(row.get(key)), key in best and row.get(key) == best[key]) for key in measures],
        }
        for row in rows
    ]


def _calibration(version: ModelVersion) -> Figure | None:
    rows = version.metrics.get("calibration")
    if not isinstance(rows, list) or not rows:
        return None
    bins = [
        charts.Bin(
            float(row["predicted"]),
            float(row["observed"]),
            int(row["count"]),
            _("Said %(said)s, happened %(happened)s, %(count)s customers")
            % {
                "said": formats.percent(row["predicted"], 0),
                "happened": formats.percent(row["observed"], 0),
                "count": formats.number(row["count"]),
            },
        )
        for row in rows
    ]
    drawing: SafeString = charts.calibration(
        bins,
        label=_("Said chances against what happened"),
        show=lambda share: formats.percent(share, 0),
        said=_("chance that was said"),
        happened=_("share that happened"),
        perfect=_("perfect"),
    )
    columns = [
        Column(_("Said"), lambda share: formats.percent(share, 0)),
        Column(_("Happened"), lambda share: formats.percent(share, 0)),
        Column(_("Customers"), formats.number),
    ]
    return Figure(drawing, Table(columns, [(item.predicted, item.observed, item.count) for item in bins]))
