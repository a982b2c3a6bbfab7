"""What to do next, from what the data say today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, F, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights import formats
from insights.models import Order, OrderLine, Run, RunState
from insights.panel.access import TRAIN, may
from insights.panel.health import Health
from insights.panel.listing import GOOD, states
from insights.panel.models_in_use import STALE_DAYS, current
from insights.panel.page import link
from insights.vocabulary import RFM_SEGMENTS

MOST = 4


@dataclass(frozen=True)
class Task:
    """One thing to do: what it is worth, why, and where it is done."""

    worth: str
    unit: str
    title: str
    why: str
    button: str
    url: str


def tasks(request: HttpRequest, health: Health) -> list[Task]:
    """The most pressing things, at most four; empty when all is well."""
    looks: list[Callable[[HttpRequest, Health], Task | None]] = [
        _failed_run,
        _leaving,
        _low_stock,
        _old_models,
        _quarantine,
    ]
    found = [task for look in looks if (task := look(request, health))]
    return found[:MOST]


def _failed_run(request: HttpRequest, health: Health) -> Task | None:
    ended = Run.objects.filter(state__in=[RunState.DONE, RunState.FAILED]).order_by("-created_at", "-pk")
    last = [ended.filter(kind=kind).first() for kind in ("sync", "training")]
    latest = next((run for run in last if run is not None and run.state == RunState.FAILED), None)
    if latest is None:
        return None
    title = _("The last training failed") if latest.kind == "training" else _("The last sync failed")
    why = _("The figures and models from before are still served; they are as of then.")
    return Task(
        "✕", formats.moment(latest.created_at), title, why, _("See what went wrong"), link(request, "run", latest.uid)
    )


def _leaving(request: HttpRequest, health: Health) -> Task | None:
    found = states().filter(churn_band="high", value_band__in=GOOD)
    sums = found.aggregate(count=Count("pk"), worth=Sum("value_365"))
    if not sums["count"]:
        return _gone_quiet(request)
    count = sums["count"]
    title = ngettext(
        "Write to %(count)s good customer who may not come back",
        "Write to %(count)s good customers who may not come back",
        count,
    ) % {"count": formats.number(count)}
    why = _("Each is more likely gone than not. The sum is what they are expected to spend within 12 months.")
    url = link(request, "customers", churn_band="high", value_band="good", sort="-worth")
    return Task(formats.money(sums["worth"] or 0), _("within 12 months"), title, why, _("See who they are"), url)


def _gone_quiet(request: HttpRequest) -> Task | None:
    """Without a model of worth: of the two segments of good customers gone quiet, the one that has spent more."""
    rows = states().filter(segment__in=["cannot_lose", "at_risk"]).order_by().values("segment")
    ranked = sorted(rows.annotate(count=Count("pk"), spent=Sum("monetary")), key=lambda row: -(row["spent"] or 0))
    if not ranked:
        return None
    most = ranked[0]
    term = RFM_SEGMENTS[most["segment"]]
    title = ngettext(
        "Write to %(count)s customer of “%(segment)s”", "Write to %(count)s customers of “%(segment)s”", most["count"]
    ) % {"count": formats.number(most["count"]), "segment": term.label(formats.language())}
    why = _("%(meaning)s The sum is what they have spent so far.") % {"meaning": term.meaning(formats.language())}
    url = link(request, "customers", segment=most["segment"])
    return Task(formats.money(most["spent"] or 0), _("spent so far"), title, why, _("See who they are"), url)


def _low_stock(request: HttpRequest, health: Health) -> Task | None:
    """The best seller of the last 30 days whose stock lasts for less than a week at that pace."""
    # As a subquery, so that every database begins with the few orders and not with all lines.
    lately = Order.objects.filter(local_date__gte=timezone.localdate() - timedelta(days=30)).values("pk")
    short = (
        OrderLine.objects.filter(counts=True, order__in=lately, product__stock__isnull=False)
        .order_by()
        .values("product", "product__name", "product__stock")
        .annotate(sold=Sum("quantity"), spend=Sum("base_amount"))
        .filter(sold__gt=F("product__stock") * 4)
        .order_by("-spend")
        .first()
    )
    if short is None:
        return None
    values = {
        "product": short["product__name"],
        "left": formats.number(short["product__stock"] or 0),
        "sold": formats.number(short["sold"]),
    }
    return Task(
        formats.money(short["spend"] or Decimal(0)),
        _("sold in 30 days"),
        _("Restock %(product)s") % values,
        _("%(left)s left, %(sold)s sold in 30 days: less than a week at that pace.") % values,
        "",
        "",
    )


def _old_models(request: HttpRequest, health: Health) -> Task | None:
    if not may(request, TRAIN) or not health.counted:
        return None
    versions = current()
    if not versions:
        title, why, worth = _("Train the models"), _("There are orders, but no segments and predictions yet."), "–"
    else:
        oldest = min(version.as_of for version in versions.values())
        days = (timezone.now() - oldest).days
        if days <= STALE_DAYS:
            return None
        title = _("Train again")
        why = _("Segments and predictions are as of %(when)s.") % {"when": formats.moment(oldest)}
        worth = ngettext("%(count)s day", "%(count)s days", days) % {"count": formats.number(days)}
    unit = _("since the last training") if versions else _("no training yet")
    return Task(worth, unit, title, why, _("Open training"), link(request, "training"))


def _quarantine(request: HttpRequest, health: Health) -> Task | None:
    if not health.quarantined:
        return None
    count = health.quarantined
    return Task(
        formats.number(count),
        ngettext("row", "rows", count),
        _("Look at rows that could not be taken over"),
        _("They are kept with their reason, and are in no figure until they are mended."),
        _("See the rows"),
        link(request, "data") + "#quarantine",
    )
