"""Segments, types and clusters: size, share, worth, and the way to their customers."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights import formats
from insights.models import CustomerState
from insights.panel import charts
from insights.panel.groups import LEAST, Group, groups, profile
from insights.panel.models_in_use import horizons
from insights.panel.page import Page, link
from insights.panel.portrait import rfm_grid
from insights.panel.tables import Column, Figure, Table, csv_file


def segments(request: HttpRequest) -> Page | HttpResponseBase:
    """The groups of one way of grouping, or with ``csv`` their figures as a file."""
    ways = {"segment": _("Eleven segments"), "rfm_type": _("Eight types"), "cluster": _("Clusters")}
    by = request.GET.get("by", "segment")
    by = by if by in ways else "segment"
    found = groups(by)
    if "csv" in request.GET:
        table = _table(found)
        return csv_file(by, [column.label for column in table.columns], table.rows)
    state = CustomerState.objects.current().order_by().values("as_of", "generation").first()
    context = {
        "by": by,
        "ways": [
            (name, link(request, "segments", by="" if key == "segment" else key), key == by)
            for key, name in ways.items()
        ],
        "groups": [_row(request, by, group, found) for group in found],
        "map": _map(request, by, found),
        "key": shades(found),
        "days": horizons().get("purchase"),
        "people": formats.number(sum(group.size for group in found)),
        "spent": formats.money(sum(group.spent for group in found)),
        "few": any(group.size < LEAST for group in found),
        "least": LEAST,
        "as_of": formats.moment(state["as_of"]) if state else "",
        "grid": _grid(state["generation"]) if state and by == "segment" else "",
    }
    return Page("segments.html", _("Segments"), context)


def address(request: HttpRequest, by: str, group: Group) -> str:
    """The list of the customers of a group."""
    return link(request, "customers", **{by: group.key})


def _row(request: HttpRequest, by: str, group: Group, found: list[Group]) -> dict[str, object]:
    return {
        "name": group.name,
        "meaning": profile(group, found) if by == "cluster" else group.meaning,
        "url": address(request, by, group),
        "size": formats.number(group.size),
        "share": formats.percent(group.share),
        "spent": formats.money(group.spent),
        "spent_share": formats.percent(group.spent_share),
        "bar": charts.level(group.spent_share),
        "recency": "–" if group.recency is None else _("%(days)s days") % {"days": formats.number(group.recency)},
        "each": "–" if group.each is None else formats.money(group.each),
        "buys": "–" if group.buys is None else formats.chance(group.buys),
    }


def _map(request: HttpRequest, by: str, found: list[Group]) -> Figure:
    table = _table(found)
    csv = link(request, "segments", by="" if by == "segment" else by, csv=1)
    return Figure(treemap(request, by, found), table, csv)


def treemap(request: HttpRequest, by: str, found: list[Group]) -> SafeString:
    """Groups as areas by spend, shaded by their chance to buy."""
    buys = [group.buys for group in found if group.buys is not None]
    low, high = (min(buys), max(buys)) if buys else (0.0, 0.0)
    tiles = [
        charts.Tile(
            group.name,
            float(group.spent),
            charts.shade(group.buys, low, high) if group.buys is not None else 1,
            (
                f"{formats.money(group.spent)} · {formats.percent(group.spent_share, 0)}",
                _people(group.size),
            ),
            _title(group),
            address(request, by, group),
        )
        for group in found
    ]
    return charts.treemap(tiles, label=_("Groups of customers; area is spend, shade is the chance to buy"))


def _people(size: int) -> str:
    return ngettext("%(count)s customer", "%(count)s customers", size) % {"count": formats.number(size)}


def _title(group: Group) -> str:
    parts = [_people(group.size), _("%(amount)s spent") % {"amount": formats.money(group.spent)}]
    if group.buys is not None:
        parts.append(_("%(chance)s likely to buy soon") % {"chance": formats.chance(group.buys)})
    return f"{group.name}: {', '.join(parts)}"


def shades(found: list[Group]) -> tuple[str, str] | None:
    """What the lightest and the darkest shade stand for; None where all are alike."""
    buys = [group.buys for group in found if group.buys is not None]
    return (formats.chance(min(buys)), formats.chance(max(buys))) if len(buys) > 1 else None


def _table(found: list[Group]) -> Table:
    columns = [
        Column(_("Group")),
        Column(_("Customers"), formats.number),
        Column(_("Share of customers"), formats.percent),
        Column(_("Spent"), formats.money),
        Column(_("Share of spend"), formats.percent),
        Column(_("Days since the last order"), formats.number),
        Column(_("Chance to buy"), formats.chance),
    ]
    rows = [
        (group.name, group.size, group.share, group.spent, group.spent_share, group.recency, group.buys)
        for group in found
    ]
    return Table(columns, rows)


def _grid(generation: int) -> SafeString:
    return charts.heatmap(
        [_("R %(step)s") % {"step": step} for step in range(5, 0, -1)],
        [_("F %(step)s") % {"step": step} for step in range(1, 6)],
        [[count or None for count in row] for row in rfm_grid(generation)],
        caption=_("Customers by how lately (R) and how often (F) they bought"),
        show=formats.number,
    )
