"""The overview: headline figures, sales, what changed, what to do next, segments, latest orders."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Max, Min
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights import formats
from insights.analytics import Query, Result, last_days, run
from insights.models import Act, CustomerState, Order
from insights.panel import period as periods
from insights.panel import quality
from insights.panel.access import PERSONAL, mask, may
from insights.panel.figures import Headline, headline
from insights.panel.groups import groups
from insights.panel.health import Health, health
from insights.panel.models_in_use import horizons
from insights.panel.page import Page, link
from insights.panel.pages.segments import shades, treemap
from insights.panel.period import Period
from insights.panel.sales import changes, movers, sales, table
from insights.panel.tables import csv_file
from insights.panel.todo import tasks
from insights.privacy import record

BY_DAY = ("revenue", "orders", "aov")
OF_PEOPLE = ("repeat_rate", "new_customers", "returning_customers", "buyers")
"""Counted over the whole period only: to count people anew for every day is dear, and shown nowhere."""
LATEST = 5


def overview(request: HttpRequest) -> Page | HttpResponseBase:
    """The first page, or with ``csv`` its sales by day as a file."""
    today = timezone.localdate()
    ends = Order.objects.filter(counts=True).aggregate(first=Min("local_date"), last=Max("local_date"))
    if ends["first"] is None:
        return Page("overview.html", _("Overview"), {"empty": True, **_latest(request)})
    period = periods.read(request.GET, today, ends["first"], ends["last"])
    result = _figures(period, BY_DAY, "day")
    if "csv" in request.GET:
        data = table(result, period)
        return csv_file("sales", [column.label for column in data.columns], data.rows)
    people = _figures(period, OF_PEOPLE)
    state = health()
    context = {
        "period": period,
        "periods": _periods(request, period),
        "today": _today(today) if period.end == today else "",
        "headlines": _headlines(result, people),
        "customers": _customers(people),
        "before": _before(result),
        "health": state,
        "health_line": _health(state),
        "sales": sales(result, period, link(request, "overview", **period.parameters(), csv=1)),
        **_changed(result, period),
        "tasks": tasks(request, state),
        "looked": formats.moment(timezone.now()),
        **_groups(request),
        **_latest(request),
    }
    return Page("overview.html", _("Overview"), context)


def _figures(period: Period, metrics: tuple[str, ...], grain: Literal["day"] | None = None) -> Result:
    return run(Query(metrics=metrics, time_range=period.time_range, grain=grain, compare_to="previous_period"))


def _before(result: Result) -> str:
    if result.comparison is None:
        return ""
    days = result.comparison.time_range
    return formats.span(days.start, days.end - timedelta(days=1))


def _periods(request: HttpRequest, period: Period) -> list[tuple[str, str, bool]]:
    names = {7: _("7 days"), 30: _("30 days"), 90: _("90 days"), 365: _("12 months")}
    return [
        (name, link(request, "overview", days="" if days == 30 else days), days == period.days)
        for days, name in names.items()
    ]


def _today(today: date) -> str:
    spent = run(Query(metrics=["revenue"], time_range=last_days(1, today)))
    return formats.money(spent.totals["revenue"] or 0)


def _headlines(result: Result, people: Result) -> list[Headline]:
    buyers = people.totals["buyers"] or 0
    share = ngettext("%(again)s of %(all)s customer", "%(again)s of %(all)s customers", buyers) % {
        "again": formats.number(round((people.totals["repeat_rate"] or 0) * buyers)),
        "all": formats.number(buyers),
    }
    return [
        headline(result, "revenue"),
        headline(result, "orders"),
        headline(result, "aov", label=_("Average order")),
        headline(people, "repeat_rate", note=share),
    ]


def _customers(people: Result) -> list[Headline]:
    return [
        headline(people, "new_customers", note="–", label=_("new")),
        headline(people, "returning_customers", note="–", label=_("returning")),
    ]


def _changed(result: Result, period: Period) -> dict[str, Any]:
    """What moved revenue, and the sum that shows that nothing is missing."""
    found = changes(result)
    if not found or result.comparison is None:
        return {"changes": [], "sum": ""}
    then, now = result.comparison.totals["revenue"], result.totals["revenue"]
    parts = [formats.money(then, exact=True), *(_term(amount) for amount, _line in found)]
    return {
        "changes": [line for _amount, line in found] + movers(period),
        "sum": (" ".join(parts), formats.money(now, exact=True)),
    }


def _term(amount: Decimal) -> str:
    """An amount as a term of a sum: ``+ £1.00``, ``− £1.00``."""
    return f"{'+' if amount >= 0 else formats.MINUS} {formats.money(abs(amount), exact=True)}"


def _health(state: Health) -> list[tuple[str, str, str]]:
    """(mark, strong words, more words)."""
    lines = []
    if state.failed:
        lines.append(("bad", _("The last sync failed"), formats.moment(state.failed.created_at)))
    elif state.sync and state.sync.finished_at:
        mark = "" if state.fresh else "warn"
        lines.append((mark, _("Taken over %(when)s") % {"when": formats.moment(state.sync.finished_at)}, ""))
    else:
        lines.append(("none", _("No sync has run yet"), ""))
    if (score := quality.score()) is not None:
        lines.append((quality.mark(score), _("Data health %(score)s of 100") % {"score": score}, ""))
    lines.append(
        (
            "-",
            _("%(counted)s of %(orders)s orders count")
            % {"counted": formats.number(state.counted), "orders": formats.number(state.orders)},
            "",
        )
    )
    if state.quarantined:
        lines.append(("warn", formats.number(state.quarantined), _("rows wait to be mended")))
    if state.without_rate:
        lines.append(("warn", formats.number(state.without_rate), _("orders without an exchange rate")))
    return lines


def _groups(request: HttpRequest) -> dict[str, Any]:
    found = groups("segment")
    state = CustomerState.objects.current().order_by().values("as_of").first()
    return {
        "groups": bool(found),
        "segments": treemap(request, "segment", found) if found else "",
        "key": shades(found),
        "days": horizons().get("purchase"),
        "segments_spent": formats.money(sum(group.spent for group in found)),
        "segments_as_of": formats.moment(state["as_of"]) if state else "",
    }


def _latest(request: HttpRequest) -> dict[str, Any]:
    personal = may(request, PERSONAL)
    orders = list(Order.objects.select_related("customer").order_by("-placed_at", "-pk")[:LATEST])
    if personal:
        people = {order.customer_id for order in orders if order.customer is not None and order.customer.name}
        record(Act.LISTED_CUSTOMERS, request.user, "overview", rows=len(people))
    return {"orders": [_order(request, order, personal) for order in orders]}


def _order(request: HttpRequest, order: Order, personal: bool) -> dict[str, str]:
    customer = order.customer
    name = _("Guest")
    if customer is not None:
        name = (customer.name if personal else mask(customer.name)) or customer.external_id
    return {
        "number": order.external_id,
        "amount": formats.money(order.total, order.currency, exact=True),
        "when": formats.moment(order.placed_at),
        "name": name,
        "url": link(
            request, "customer", customer.external_id, channel="" if customer.channel == "shop" else customer.channel
        )
        if customer
        else "",
        "excluded": str(order.get_excluded_display()) if not order.counts else "",
    }
