"""The reconciliation: the shop's own orders beside ours, and why they differ, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import DatabaseError
from django.db.models import Max, Min
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from insights import formats
from insights.exceptions import InsightsError
from insights.models import Order
from insights.panel import period as periods
from insights.panel.page import Page, link
from insights.panel.period import Period
from insights.panel.tables import csv_file
from insights.sources import (
    REASONS,
    UNKNOWN,
    Adapter,
    Day,
    Difference,
    Span,
    Sums,
    get_adapters,
    how_many,
    reconcile,
)

MOST = 100_000
"""Orders of the shop that are compared while somebody waits; the command compares any number."""
ROWS = 200
"""Rows of a day that the page shows; the file has all of them."""
_SUMS = ("orders", "revenue", "customers")


def reconciliation(request: HttpRequest) -> Page | HttpResponseBase:
    """The days with their differences, the rows of one day, or either as a file."""
    crumbs: tuple[tuple[str, str], ...] = ()
    try:
        adapters = get_adapters()
    except InsightsError as error:
        return _page({"error": str(error)}, crumbs)
    if not adapters:
        return _page({"nothing": True}, crumbs)
    adapter = next((item for item in adapters if item.name == request.GET.get("channel")), adapters[0])
    period = _period(request, adapter)
    context: dict[str, Any] = {
        "period": period,
        "periods": _periods(request, period, adapter, adapters),
        "channel": adapter.name if len(adapters) > 1 else "",
        "channels": [(item.name, _link(request, period, item, adapters), item is adapter) for item in adapters],
    }
    try:
        count = how_many(adapter, period.start, period.last)
        if count > MOST:
            return _page(context | {"too_many": formats.number(count)}, crumbs)
        spans = reconcile(adapter, period.start, period.last)
        if request.GET.get("csv") == "rows":
            return _rows_file(spans)
        if request.GET.get("csv") == "days":
            return _days_file(spans)
        found = list(spans)
    except (InsightsError, DatabaseError) as error:
        return _page(context | {"error": _told(error)}, crumbs)
    return _page(context | _compared(request, period, adapter, adapters, found), crumbs)


def _page(context: dict[str, Any], crumbs: tuple[tuple[str, str], ...]) -> Page:
    return Page("reconciliation.html", _("Reconciliation"), context, crumbs)


def _told(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return said[0] if isinstance(error, InsightsError) and said else type(error).__name__


def _period(request: HttpRequest, adapter: Adapter) -> Period:
    ends = Order.objects.filter(channel=adapter.name, counts=True).aggregate(
        first=Min("local_date"), last=Max("local_date")
    )
    return periods.read(request.GET, timezone.localdate(), ends["first"], ends["last"])


def _periods(
    request: HttpRequest, period: Period, adapter: Adapter, adapters: list[Adapter]
) -> list[tuple[str, str, bool]]:
    names = {7: _("7 days"), 30: _("30 days"), 90: _("90 days"), 365: _("12 months")}
    return [
        (name, _link(request, period, adapter, adapters, days="" if days == 30 else days), days == period.days)
        for days, name in names.items()
    ]


def _link(request: HttpRequest, period: Period, adapter: Adapter, adapters: list[Adapter], **more: object) -> str:
    """The same page with other parameters; ``days`` takes the place of the period."""
    kept = {} if "days" in more else period.parameters()
    channel = adapter.name if adapter is not adapters[0] else ""
    return link(request, "reconciliation", **kept, channel=channel, **more)


def _compared(
    request: HttpRequest, period: Period, adapter: Adapter, adapters: list[Adapter], found: list[Span]
) -> dict[str, Any]:
    days = [day for span in found for day in span.days]
    different = [day for day in days if day.reasons]
    everything = "all" in request.GET
    chosen = _chosen(request)
    rows = [row for span in found for row in span.rows if chosen and row.day == chosen]
    return {
        "compared": True,
        "days": [_day(request, period, adapter, adapters, day, chosen) for day in (days if everything else different)],
        "agreeing": formats.number(len({day.day for day in days}) - len({day.day for day in different})),
        "day_count": formats.number(len({day.day for day in days})),
        "agrees": bool(days) and not different,
        "empty": not days,
        "unexplained": formats.number(bad) if (bad := sum(day.unexplained for day in days)) else "",
        "unchecked": formats.number(unchecked) if (unchecked := sum(span.unchecked for span in found)) else "",
        "bridges": _bridges(days),
        "all_url": ""
        if everything or len(days) == len(different)
        else _link(request, period, adapter, adapters, all=1),
        "days_csv": _link(request, period, adapter, adapters, csv="days"),
        "rows_csv": _link(request, period, adapter, adapters, csv="rows") if different else "",
        "chosen": formats.long_day(chosen) if chosen else "",
        "rows": [_row(row) for row in rows[:ROWS]],
        "more_rows": formats.number(len(rows) - ROWS) if len(rows) > ROWS else "",
        "close_url": _link(request, period, adapter, adapters),
        "marks": [(reason.label, reason.description) for key, reason in REASONS.items() if _met(different, key)],
    }


def _chosen(request: HttpRequest) -> date | None:
    try:
        return parse_date(request.GET.get("day", ""))
    except ValueError:
        return None


def _met(days: Iterable[Day], reason: str) -> bool:
    return any(reason in day.reasons for day in days)


def _bridges(days: Iterable[Day]) -> list[dict[str, Any]]:
    """From the shop's sum to ours, by currency: what each reason takes off."""
    shop: dict[str, Sums] = {}
    ours: dict[str, Sums] = {}
    reasons: dict[tuple[str, str], Sums] = {}
    for day in days:
        shop[day.currency] = shop.get(day.currency, Sums()) + day.shop
        ours[day.currency] = ours.get(day.currency, Sums()) + day.ours
        for key, gap in day.reasons.items():
            reasons[day.currency, key] = reasons.get((day.currency, key), Sums()) + gap
    return [
        {
            "currency": currency,
            "shop": _numbers(shop[currency], currency),
            "steps": [
                (
                    str(REASONS[key].label),
                    key == UNKNOWN,
                    _numbers(Sums() - reasons[currency, key], currency, sign=True),
                )
                for key in REASONS
                if (currency, key) in reasons
            ],
            "ours": _numbers(ours[currency], currency),
        }
        for currency in sorted(shop, key=lambda code: -shop[code].orders)
    ]


def _numbers(sums: Sums, currency: str, *, sign: bool = False) -> list[str]:
    """Orders, revenue and customers as they are written; with ``sign`` nothing is a dash."""
    if not sign:
        return [
            formats.number(sums.orders),
            formats.money(sums.revenue, currency, exact=True),
            formats.number(sums.customers),
        ]
    return [
        formats.signed(sums.orders) if sums.orders else "–",
        _signed_money(sums, currency) if sums.units else "–",
        formats.signed(sums.customers) if sums.customers else "–",
    ]


def _signed_money(sums: Sums, currency: str) -> str:
    written = formats.money(sums.revenue, currency, exact=True)
    return written if written.startswith(formats.MINUS) else f"+{written}"


def _day(
    request: HttpRequest, period: Period, adapter: Adapter, adapters: list[Adapter], day: Day, chosen: date | None
) -> dict[str, Any]:
    return {
        "label": formats.weekday(day.day) if day.day else _("Without a date"),
        "currency": day.currency,
        "url": _link(request, period, adapter, adapters, day=day.day) + "#rows" if day.reasons and day.day else "",
        "current": chosen is not None and day.day == chosen,
        "shop": _numbers(day.shop, day.currency),
        "ours": _numbers(day.ours, day.currency),
        "gap": _numbers(day.ours - day.shop, day.currency, sign=True),
        "reasons": [
            (str(reason.label), key == UNKNOWN, reason.description)
            for key, reason in REASONS.items()
            if key in day.reasons
        ],
    }


def _row(row: Difference) -> dict[str, Any]:
    from insights.cleaning import BY_KEY

    detail = str(BY_KEY[row.detail].label) if row.detail in BY_KEY else row.detail
    return {
        "order": row.order or "–",
        "currency": row.currency,
        "reason": str(REASONS[row.reason].label),
        "unknown": row.reason == UNKNOWN,
        "more": " ".join(text for text in (str(REASONS[row.reason].description), detail) if text),
        "numbers": _numbers(Sums() - row.gap, row.currency, sign=True),
    }


def _rows_file(spans: Iterator[Span]) -> HttpResponseBase:
    rows = (row.as_dict() for span in spans for row in span.rows)
    columns = ("day", "currency", "order", "reason", "detail", *_SUMS)
    return csv_file("reconciliation-rows", columns, ([row[name] for name in columns] for row in rows))


def _days_file(spans: Iterator[Span]) -> HttpResponseBase:
    days = (day.as_dict() for span in spans for day in span.days)
    head = ["day", "currency", *(f"shop {name}" for name in _SUMS), *(f"our {name}" for name in _SUMS), "reasons"]
    return csv_file(
        "reconciliation-days",
        head,
        (
            [
                day["day"],
                day["currency"],
                *(day["shop"][name] for name in _SUMS),
                *(day["ours"][name] for name in _SUMS),
                " ".join(day["reasons"]),
            ]
            for day in days
        ),
    )
