"""Traffic: where visitors, orders and new customers come from, and what they cost."""

from __future__ import annotations

from django.db.models import Max, Min
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from insights import formats
from insights.cleaning import FIRST_TOUCH_DAYS, LAST_TOUCH_DAYS
from insights.models import AdSpend, Order
from insights.panel import period as periods
from insights.panel.page import Page, link
from insights.panel.period import Period
from insights.panel.tables import csv_file
from insights.panel.traffic import Sheet, campaigns, channels


def traffic(request: HttpRequest) -> Page | HttpResponseBase:
    """The page, or with ``csv`` one of its two tables as a file."""
    ends = Order.objects.filter(counts=True).aggregate(first=Min("local_date"), last=Max("local_date"))
    if ends["first"] is None:
        return Page("traffic.html", _("Traffic"), {"empty": True})
    period = periods.read(request.GET, timezone.localdate(), ends["first"], ends["last"])
    if "csv" in request.GET:
        sheet = campaigns(period) if request.GET["csv"] == "campaigns" else channels(period)[0]
        heads = [label for _key, label, _definition, _css in sheet.heads]
        return csv_file("traffic", [_("Source"), *heads], ([row.name, *row.raw] for row in sheet.rows))
    found, headlines = channels(period)
    unrated = AdSpend.objects.filter(base_cost=None).order_by().values_list("currency", flat=True)
    context = {
        "period": period,
        "periods": _periods(request, period),
        "spends": AdSpend.objects.exists(),
        "unrated": sorted(set(unrated)),
        "headlines": headlines,
        "sheets": [
            (_("By channel"), "channels", found, _csv(request, period, "channels")),
            (_("By campaign"), "campaigns", _campaigns(period), _csv(request, period, "campaigns")),
        ],
        "last_days": formats.number(LAST_TOUCH_DAYS),
        "first_days": formats.number(FIRST_TOUCH_DAYS),
    }
    return Page("traffic.html", _("Traffic"), context)


def _campaigns(period: Period) -> Sheet:
    found = campaigns(period)
    # What all campaigns come to says nothing beside the channels.
    return Sheet(found.heads, found.rows, None, found.more)


def _csv(request: HttpRequest, period: Period, name: str) -> str:
    return link(request, "traffic", **period.parameters(), csv=name)


def _periods(request: HttpRequest, period: Period) -> list[tuple[str, str, bool]]:
    names = {7: _("7 days"), 30: _("30 days"), 90: _("90 days"), 365: _("12 months")}
    return [
        (name, link(request, "traffic", days="" if days == 30 else days), days == period.days)
        for days, name in names.items()
    ]
