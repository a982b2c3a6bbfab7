"""The data: when it was taken over, what was left out and why, and the rows that wait to be mended."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from insights import formats
from insights.cleaning import BY_KEY, say_why
from insights.collect import KIND
from insights.masking import reason, shown_key
from insights.models import Act, Excluded, QuarantinedRow, Run, RunState
from insights.panel.access import MEND, MERGE, PERSONAL, REPLAY, may
from insights.panel.health import health, left_out
from insights.panel.labels import RECORDS, name_of
from insights.panel.page import Page, link
from insights.panel.quality import told
from insights.panel.tables import csv_file
from insights.privacy import record

SHOWN = 25
"""Waiting rows that the page shows; the file has all of them."""
_NUMBERS = ("read", "created", "updated", "deleted", "quarantined")
_COLUMNS = ("kind", "external_id", "rule", "reason", "first_seen")


def data(request: HttpRequest) -> Page | HttpResponseBase:
    """How the data stand, or with ``csv`` the rows that wait as a file."""
    rule = request.GET.get("rule", "")
    waiting = QuarantinedRow.objects.filter(resolved_at=None)
    chosen = waiting.filter(rule=rule) if rule else waiting
    if "csv" in request.GET:
        return _file(request, chosen)
    state, personal = health(), may(request, PERSONAL)
    runs = Run.objects.filter(kind__in=["sync", "import"]).order_by("-created_at", "-pk")
    # A failed one has nothing to show; what was taken over before it stays, under its own date.
    last = runs.filter(state=RunState.DONE).first() or runs.first()
    context = {
        **told(request),
        "health": state,
        "failed": reason(_(state.failed.error), personal=personal) if state.failed and state.failed.error else "",
        "taken": formats.moment(state.sync.finished_at) if state.sync and state.sync.finished_at else "",
        "last": last,
        "last_when": formats.moment(last.created_at) if last else "",
        "last_label": str(RunState(last.state).label) if last else "",
        "kinds": _kinds(last.report if last else {}),
        "kind_heads": [
            (_("Read"), ""),
            (_("New"), ""),
            (_("Changed"), "ins-hide-s"),
            (_("Gone"), "ins-hide-s"),
            (_("Put aside"), ""),
        ],
        "rules": _rules(last.report if last else {}),
        "left_out": _left_out(),
        "counted": formats.number(state.counted),
        "orders": formats.number(state.orders),
        "by_rule": _by_rule(request, rule),
        "rows": [_row(request, item, personal) for item in chosen.order_by("-first_seen", "-pk")[:SHOWN]],
        "shown": _shown(chosen.count()),
        "rule": rule,
        "all_url": link(request, "data") + "#quarantine",
        "may_mend": may(request, MEND),
        "csv_url": link(request, "data", csv=1, rule=rule),
        "live_url": link(request, "live"),
        "duplicates_url": link(request, "duplicates") if may(request, MERGE) else "",
        "replay_url": link(request, "replay") if may(request, REPLAY) and chosen.filter(kind=KIND).exists() else "",
    }
    return Page("data.html", _("Data"), context)


def _shown(waiting: int) -> str:
    """Said where the page has not room for all that wait."""
    if waiting <= SHOWN:
        return ""
    return _("The latest %(shown)s of %(waiting)s; the file has all of them.") % {
        "shown": formats.number(SHOWN),
        "waiting": formats.number(waiting),
    }


def _kinds(report: Any) -> list[tuple[str, list[str]]]:
    """What the last sync did with each kind of row."""
    kinds = report.get("kinds", {}) if isinstance(report, dict) else {}
    return [
        (str(RECORDS.get(kind, kind)), [formats.number(int(said.get(name, 0))) for name in _NUMBERS])
        for kind, said in kinds.items()
        if any(said.get(name) for name in _NUMBERS)
    ]


def _rules(report: Any) -> list[dict[str, str]]:
    """What cleaning did in the last sync, the commonest first."""
    counts = report.get("cleaning", {}) if isinstance(report, dict) else {}
    return [
        {
            "label": str(BY_KEY[key].label) if key in BY_KEY else key,
            "description": str(BY_KEY[key].description) if key in BY_KEY else "",
            "effect": _effect(key),
            "count": formats.number(count),
        }
        for key, count in sorted(counts.items(), key=lambda item: -item[1])
    ]


def _effect(key: str) -> str:
    names = {
        "quarantined": _("put aside"),
        "left_out": _("left out"),
        "not_counted": _("not counted"),
        "flagged": _("marked"),
        "mended": _("put right"),
    }
    return names[BY_KEY[key].effect] if key in BY_KEY else ""


def _left_out() -> list[tuple[str, str]]:
    """Orders that are in no figure, by reason."""
    return [
        (str(Excluded(row["excluded"]).label), formats.number(row["count"])) for row in left_out() if row["excluded"]
    ]


def _by_rule(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    rows = QuarantinedRow.objects.filter(resolved_at=None).order_by().values("rule").annotate(count=Count("pk"))
    return [
        {
            "label": str(BY_KEY[row["rule"]].label) if row["rule"] in BY_KEY else row["rule"],
            "description": str(BY_KEY[row["rule"]].description) if row["rule"] in BY_KEY else "",
            "count": formats.number(row["count"]),
            "url": link(request, "data", rule=row["rule"]) + "#quarantine",
            "current": row["rule"] == current,
        }
        for row in sorted(rows, key=lambda row: -row["count"])
    ]


def _row(request: HttpRequest, item: QuarantinedRow, personal: bool) -> dict[str, str]:
    return {
        "kind": str(RECORDS.get(item.kind, item.kind)),
        "id": name_of(item, personal=personal),
        "url": link(request, "quarantined", item.pk),
        "rule": str(BY_KEY[item.rule].label) if item.rule in BY_KEY else item.rule,
        "reason": say_why(reason(item.reason, personal=personal)),
        "seen": formats.moment(item.first_seen),
    }


def _file(request: HttpRequest, chosen: Any) -> HttpResponseBase:
    """All waiting rows; what the source gave only for those who may see people."""
    rows = chosen.order_by("kind", "external_id").iterator(chunk_size=2000)
    if may(request, PERSONAL):
        record(Act.EXPORTED_CSV, request.user, "data", rows=chosen.count())
        return csv_file(
            "quarantine",
            [*_COLUMNS, "row"],
            ((item.kind, item.external_id, item.rule, item.reason, item.first_seen, item.row) for item in rows),
        )
    return csv_file(
        "quarantine",
        _COLUMNS,
        (
            (
                item.kind,
                shown_key(item.external_id, personal=False),
                item.rule,
                reason(item.reason, personal=False),
                item.first_seen,
            )
            for item in rows
        ),
    )
