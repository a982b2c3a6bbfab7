"""Sales over time: the chart with the period before, and the same as a table."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from insights import formats
from insights.analytics import METRICS, Query, Result, run
from insights.panel import charts
from insights.panel.figures import delta, short, stretches, times
from insights.panel.period import Period
from insights.panel.tables import Column, Figure, Table


def sales(result: Result, period: Period, csv: str, key: str = "revenue") -> Figure:
    """The course of a metric that adds up, by days or as the mean of longer stretches.

    Args:
        result: one row a day, with the period before.
        period: the days shown.
        csv: where the file is.
        key: the metric.
    """
    metric = METRICS[key]
    days = [period.start + timedelta(days=place) for place in range(len(result.rows))]
    now = [float(value or 0) for value in result.column(key)]
    then = before(result, key)
    parts = stretches(len(days))
    shown, earlier = _means(now, parts), _means(then, parts)
    start = result.comparison.time_range.start if result.comparison else period.start
    data = charts.Line(
        days=[_name(days[first], days[end - 1]) for first, end in parts],
        values=shown,
        name=_("This period"),
        before=earlier,
        before_name=_("Before"),
        ticks=[formats.day(days[first]) for first, _end in parts],
        before_days=[_name(start + timedelta(days=first), start + timedelta(days=end - 1)) for first, end in parts],
        changes=[_change(a, b) for a, b in zip(shown, earlier, strict=False)],
        whole=metric.unit == "count",
    )
    drawing = charts.line(
        data,
        label=_("%(name)s by day, %(days)s, with the period before dotted")
        % {"name": metric.label(formats.language()), "days": period.label},
        show=lambda value: formats.figure(value, metric.unit),
        axis=lambda value: short(value, metric.unit),
    )
    return Figure(drawing, table(result, period, key), csv)


def table(result: Result, period: Period, key: str = "revenue") -> Table:
    """Every day with its value, the day of the period before, and the change."""
    metric = METRICS[key]
    start = result.comparison.time_range.start if result.comparison else None
    place = [column.key for column in result.metrics].index(key)
    rows = []
    for index, value in enumerate(result.column(key)):
        earlier = result.comparison.rows[index][place] if result.comparison else None
        before_day = start + timedelta(days=index) if start else None
        rows.append((period.start + timedelta(days=index), value, before_day, earlier))
    columns = [
        Column(_("Day"), formats.weekday),
        Column(metric.label(formats.language()), lambda value: formats.figure(value, metric.unit)),
        Column(_("Day before"), formats.day, "ins-quiet ins-hide-s"),
        Column(_("Before"), lambda value: formats.figure(value, metric.unit), "ins-quiet"),
    ]
    return Table(columns, rows)


def before(result: Result, key: str) -> list[float]:
    """The values of the period before, day by day; empty without a comparison."""
    if result.comparison is None:
        return []
    place = [column.key for column in result.metrics].index(key)
    return [float(row[place] or 0) for row in result.comparison.rows]


def _means(values: list[float], parts: list[tuple[int, int]]) -> list[float]:
    return [sum(values[first:end]) / (end - first) for first, end in parts] if values else []


def _name(first: date, last: date) -> str:
    return formats.weekday(first) if first == last else formats.span(first, last)


def _change(now: float, then: float) -> str:
    moved = delta(Decimal(str(now)), Decimal(str(then)), "money")
    return moved.text if moved and then else ""


Change = tuple[str, str, str, str]
"""Amount, class for the sheet, what, why."""


def movers(period: Period) -> list[Change]:
    """The category that grew most, and the one that fell most, against the period before."""
    result = run(
        Query(
            metrics=["revenue"],
            dimensions=["category"],
            time_range=period.time_range,
            compare_to="previous_period",
            limit=500,
        )
    )
    if result.comparison is None:
        return []
    column = result.columns[0]
    pairs = [
        (column.show(row[0]), row[1] or Decimal(0), then[0] or Decimal(0))
        for row, then in zip(result.rows, result.comparison.rows, strict=True)
    ]
    ranked = sorted((pair for pair in pairs if pair[2]), key=lambda pair: pair[1] - pair[2])
    found = []
    if len(ranked) > 1 and ranked[-1][1] > ranked[-1][2]:
        found.append((ranked[-1], "ins-good", _("%(category)s grew most")))
    if len(ranked) > 1 and ranked[0][1] < ranked[0][2]:
        found.append((ranked[0], "ins-bad", _("%(category)s fell most")))
    return [
        (
            ("+" if now > then else formats.MINUS) + times(float(now), float(then)),
            css,
            said % {"category": name},
            _("From %(then)s to %(now)s, by lines of orders.")
            % {"then": formats.money(then), "now": formats.money(now)},
        )
        for (name, now, then), css, said in found
    ]


def changes(result: Result) -> list[tuple[Decimal, Change]]:
    """What moved revenue, with the exact amounts, which add up to the whole change.

    Revenue is orders times the average order, so its change is the change in orders at the old
    average, and the change of the average over the new orders.
    """
    if result.comparison is None or not result.comparison.totals.get("orders") or not result.totals.get("orders"):
        return []
    now, then = result.totals, result.comparison.totals
    whole = now["revenue"] - then["revenue"]
    more_orders = (then["revenue"] / then["orders"] * (now["orders"] - then["orders"])).quantize(Decimal("0.01"))
    rest = whole - more_orders
    number = now["orders"] - then["orders"]
    average = now["aov"] - then["aov"]
    lines = [
        (
            rest,
            _("Larger orders") if rest >= 0 else _("Smaller orders"),
            _("The average order went from %(then)s to %(now)s.")
            % {"then": formats.money(then["aov"], exact=True), "now": formats.money(now["aov"], exact=True)}
            if average
            else _("The average order stayed as it was."),
        ),
        (
            more_orders,
            _("More orders") if number >= 0 else _("Fewer orders"),
            _("%(now)s orders, %(then)s before.")
            % {"now": formats.number(now["orders"]), "then": formats.number(then["orders"])},
        ),
    ]
    return [
        (amount, (signed_money(amount), "ins-good" if amount >= 0 else "ins-bad", what, why))
        for amount, what, why in sorted(lines, key=lambda line: -abs(line[0]))
    ]


def signed_money(amount: Decimal) -> str:
    """An amount that always has a sign: ``+£2,353``."""
    said = formats.money(amount)
    return said if amount < 0 else f"+{said}"
