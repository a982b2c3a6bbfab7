"""How good the data are, and what is odd of late, as the page of the data tells it."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from insights import formats
from insights.analytics import Jump, Quality, Silence, jumps, quality, silences
from insights.analytics.quality import Found
from insights.cleaning import BY_KEY
from insights.models import Run
from insights.panel.page import link

_TOLD_APART = frozenset({"quarantined", "outliers"})
_KEPT = 600
"""Seconds for which the score stands on the overview; the page of the data looks anew."""


def told(request: HttpRequest) -> dict[str, Any]:
    """The score with its checks, and the alarms, ready to be shown."""
    now = timezone.now()
    found = quality(now)
    cache.set(_key(), found.score, _KEPT)
    bad = [item for item in found.found if item.lost]
    return {
        "score": found.score,
        "score_mark": mark(found.score),
        "score_text": _summary(found),
        "checks": [_check(request, item) for item in bad],
        "passed": [str(item.check.label) for item in found.found if not item.lost],
        "alarms": [*(_silence(item) for item in silences(now)), *(_jump(item) for item in jumps(now))],
    }


def score() -> int | None:
    """The score, not older than ten minutes."""
    there = cache.get(_key(), "")
    if there == "":
        there = quality(timezone.now()).score
        cache.set(_key(), there, _KEPT)
    found: int | None = there
    return found


def mark(score: int | None) -> str:
    """The mark of a score: none is good, ``warn`` wants a look, ``bad`` is bad, ``none`` knows nothing."""
    return "none" if score is None else "" if score >= 90 else "warn" if score >= 70 else "bad"


def _key() -> str:
    """A sync that has ended since makes the score another one."""
    runs = Run.objects.filter(kind__in=("sync", "import")).order_by("-pk")
    last = runs.values_list("pk", "state").first() or ("", "")
    return f"insights:quality:{last[0]}:{last[1]}"


def _summary(found: Quality) -> str:
    bad = sum(bool(item.lost) for item in found.found)
    return _("%(good)s of %(all)s checks find nothing wrong.") % {
        "good": formats.number(len(found.found) - bad),
        "all": formats.number(len(found.found)),
    }


def _check(request: HttpRequest, item: Found) -> dict[str, str]:
    return {
        "label": str(item.check.label),
        "share": _share(item),
        "detail": _detail(item),
        "lost": formats.MINUS + formats.number(max(item.lost, 0.01), 2),
        "weight": formats.number(item.check.weight),
        "worst": formats.percent(item.check.worst, 0),
        "harms": str(item.check.harms),
        "rules": _rules(item),
        "remedy": str(item.check.remedy),
        "url": link(request, "data") + "#quarantine" if item.check.key == "quarantined" else "",
    }


def _share(item: Found) -> str:
    if item.check.key in ("sync_age", "event_age"):
        return formats.moment(item.since) if item.since else _("never")
    share = formats.percent(item.share, 2 if item.share < 0.01 else 1)
    return _("under 0.01%") if item.share < 0.0001 else share


def _detail(item: Found) -> str:
    if item.check.key in ("sync_age", "event_age"):
        return ""
    return _("%(bad)s of %(rows)s") % {"bad": formats.number(item.bad), "rows": formats.number(item.rows)}


def _rules(item: Found) -> str:
    """Which rules met, and how often, where there are several to tell apart."""
    if item.check.key not in _TOLD_APART:
        return ""
    return " · ".join(
        f"{BY_KEY[rule].label if rule in BY_KEY else rule} {formats.number(count)}" for rule, count in item.rules
    )


def _silence(item: Silence) -> dict[str, str]:
    values = {"what": item.what, "since": formats.moment(item.since), "expected": formats.number(item.expected)}
    title = (_("No order since %(since)s") if item.what == "orders" else _("No %(what)s since %(since)s")) % values
    why = _("About %(expected)s would have come by now, as in the weeks before.") % values
    remedy = (
        _("Try the checkout, and see that orders are still taken over.")
        if item.what == "orders"
        else _(
            "Open a page of the shop and see whether it still sends the event; a change of its template is the usual cause."
        )
    )
    return {"title": title, "why": f"{why} {remedy}"}


def _jump(item: Jump) -> dict[str, str]:
    names = {
        "unknown_product": _("More lines of unknown products"),
        "no_rate": _("More orders without an exchange rate"),
        "no_customer": _("More orders without a customer"),
        "no_product": _("More views without a product"),
        "empty": _("More orders in which nothing is sold"),
    }
    why = _("%(now)s of the last seven days, %(before)s in the weeks before.") % {
        "now": formats.percent(item.now),
        "before": formats.percent(item.before),
    }
    return {"title": names[item.what], "why": why}
