"""Bots and noise: what is left out of the figures of visits and why, and what somebody decides about it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Min
from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights import formats
from insights.analytics import Noise, noise
from insights.cleaning import MARKED, REASONS
from insights.collect import decide as note_down
from insights.collect import pending, recount
from insights.models import BotRule, Event, Verdict
from insights.panel import bots as sessions
from insights.panel import charts
from insights.panel import period as periods
from insights.panel.access import JUDGE, demand, may
from insights.panel.figures import short, stretches
from insights.panel.page import Page, link
from insights.panel.period import Period

_PATIENCE = 2.0
"""Seconds that somebody waits for a decision to be applied; a worker does the rest."""


def bots(request: HttpRequest) -> Page:
    """The page."""
    first = Event.objects.aggregate(first=Min("local_date"))["first"]
    if first is None:
        return Page("bots.html", _("Bots and noise"), {"empty": True})
    period = periods.read(request.GET, timezone.localdate(), first, None)
    days = period.time_range
    reason = request.GET.get("reason", "")
    found = noise(days)
    context = {
        "period": period,
        "periods": _periods(request, period),
        "figures": _figures(found),
        "chart": _chart(found, period),
        "reasons": _reasons(request, found, period, reason),
        "reason": reason,
        "all_url": link(request, "bots", **period.parameters()) + "#sessions",
        "sessions": sessions.labelled(days, reason),
        "busy": sessions.busy(days),
        "decisions": sessions.decisions(),
        "pending": pending(),
        "may_judge": may(request, JUDGE),
    }
    return Page("bots.html", _("Bots and noise"), context)


def decide(request: HttpRequest) -> HttpResponseBase:
    """Note a decision and apply it, as far as somebody can wait for it."""
    demand(request, JUDGE)
    kind, key, verdict = (request.POST.get(name, "") for name in ("kind", "key", "verdict"))
    if not _makes_sense(kind, key, verdict):
        return HttpResponseBadRequest(_("There is nothing of that name to decide about."))
    note_down(kind, key, verdict, request.user.get_username())
    return _go_on(request)


def apply(request: HttpRequest) -> HttpResponseBase:
    """Go on with what is not applied yet."""
    demand(request, JUDGE)
    return _go_on(request)


def _go_on(request: HttpRequest) -> HttpResponseBase:
    changed = recount(until=time.monotonic() + _PATIENCE)
    if pending():
        from insights.tasks import call_for_recount

        call_for_recount()
        messages.info(request, _("Noted. A worker applies it to the rest of the events; figures follow as it goes."))
    else:
        said = ngettext(
            "Done: %(count)s event is counted otherwise now, and the figures with it.",
            "Done: %(count)s events are counted otherwise now, and the figures with them.",
            changed,
        )
        messages.success(request, said % {"count": formats.number(changed)})
    return HttpResponseRedirect(link(request, "bots"))


def _makes_sense(kind: str, key: str, verdict: str) -> bool:
    if verdict not in Verdict.values:
        return False
    if kind == BotRule.Kind.REASON:
        return key in REASONS and key != MARKED and verdict != Verdict.MACHINE
    if kind == BotRule.Kind.VISITOR:
        return key.isdecimal() and len(key) < 19 and Event.objects.filter(visitor_id=int(key)).exists()
    return kind == BotRule.Kind.SESSION and bool(key) and Event.objects.filter(session_key=key).exists()


def _periods(request: HttpRequest, period: Period) -> list[tuple[str, str, bool]]:
    names = {7: _("7 days"), 30: _("30 days"), 90: _("90 days"), 365: _("12 months")}
    return [
        (name, link(request, "bots", days="" if days == 30 else days), days == period.days)
        for days, name in names.items()
    ]


def _figures(found: Noise) -> list[tuple[str, str, str]]:
    return [
        (
            _("Bots"),
            formats.number(found.machines),
            _("of all page and product views: %(share)s") % {"share": formats.percent(found.share)},
        ),
        (_("People"), formats.number(found.people), _("counted in all figures")),
        (_("Staff, tests, told twice"), formats.number(found.others), _("counted in none")),
    ]


def _chart(found: Noise, period: Period) -> Any:
    """Labelled views by day, or as the mean of longer stretches."""
    each = [sum(days) for days in zip(*found.reasons.values(), strict=True)] or [0] * period.length
    parts = stretches(len(each))
    names = [period.start + timedelta(days=first) for first, _end in parts]
    data = charts.Line(
        days=[formats.weekday(day) for day in names],
        values=[sum(each[first:end]) / (end - first) for first, end in parts],
        name=_("Views by bots"),
        ticks=[formats.day(day) for day in names],
        whole=True,
    )
    return charts.line(
        data,
        label=_("Page and product views by bots, %(days)s") % {"days": period.label},
        show=lambda value: formats.number(round(value)),
        axis=lambda value: short(value, "count"),
    )


def _reasons(request: HttpRequest, found: Noise, period: Period, chosen: str) -> list[dict[str, Any]]:
    rules = dict(BotRule.objects.filter(kind=BotRule.Kind.REASON).values_list("key", "verdict"))
    everything = found.people + found.others + found.machines
    rows = []
    for key in [*found.reasons, *(key for key in rules if key not in found.reasons and key in REASONS)]:
        days = found.reasons.get(key, [0] * period.length)
        parts = stretches(len(days))
        means = [sum(days[first:end]) / (end - first) for first, end in parts]
        rows.append(
            {
                "key": key,
                "label": sessions.reason_name(key),
                "description": str(REASONS[key].description) if key in REASONS else "",
                "count": formats.number(sum(days)),
                "share": formats.percent(sum(days) / everything if everything else 0.0),
                "spark": charts.sparkline(
                    means, label=_("%(name)s over the period") % {"name": sessions.reason_name(key)}
                ),
                "counts": rules.get(key) == Verdict.PEOPLE,
                "switch": key in REASONS and key != MARKED,
                "url": link(request, "bots", **period.parameters(), reason=key) + "#sessions",
                "current": key == chosen,
            }
        )
    return rows
