"""How good the data are: named checks, each with its share, its weight, what it harms and what to do; and one score.

A check loses its points in proportion to the share of rows that fail it, and all of them from the share ``worst`` on.
Checks with nothing to look at take no part. The score is what is left of the points, from 0 to 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from insights.cleaning import BY_KEY
from insights.models import (
    EVENT_NAMES,
    Customer,
    Event,
    LineKind,
    Order,
    OrderLine,
    Product,
    QuarantinedRow,
    Run,
    RunState,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FRESH = timedelta(hours=26)
"""A nightly sync that comes a little late is still fresh."""
STALE = timedelta(days=7)
LATELY = timedelta(days=90)
"""Events are judged by these days alone; a log is long."""


@dataclass(frozen=True)
class Check:
    """One thing that is looked at.

    Attributes:
        weight: points that it can lose.
        worst: the share from which on it loses all of them.
        harms: which figures or models suffer.
        remedy: the one next step.
    """

    key: str
    label: str | _StrPromise
    weight: float
    worst: float
    harms: str | _StrPromise
    remedy: str | _StrPromise


@dataclass(frozen=True)
class Found:
    """What a check found.

    Attributes:
        bad: rows that fail; for an age the seconds beyond what is fresh, and ``rows`` those until it is stale.
        since: the moment that an age is counted from.
        rules: rows by cleaning rule, where rules tell them apart.
    """

    check: Check
    bad: int
    rows: int
    since: datetime | None = None
    rules: tuple[tuple[str, int], ...] = ()

    @property
    def share(self) -> float:
        """The share of rows that fail."""
        return min(self.bad / self.rows, 1.0) if self.rows else 0.0

    @property
    def lost(self) -> float:
        """The points that are lost."""
        return self.check.weight * min(self.share / self.check.worst, 1.0)


@dataclass(frozen=True)
class Quality:
    """All that was found, what costs most first."""

    found: Sequence[Found]

    @property
    def score(self) -> int | None:
        """From 0 to 100; None where there was nothing to look at. Only what is perfect has 100."""
        weights = sum(item.check.weight for item in self.found)
        if not weights:
            return None
        lost = sum(item.lost for item in self.found)
        kept = 100 * (1 - lost / weights)
        return min(round(kept), 99) if lost else 100


CHECKS = {
    check.key: check
    for check in (
        Check("sync_age", _("Last sync"), 15, 1.0, _("Every figure is as old as the last sync."), _("Let insights_sync run every night, by Celery beat or cron.")),
        Check("quarantined", _("Rows put aside"), 12, 0.02, _("They are in no figure."), _("Look at them below, and mend them in the shop or here.")),
        Check("no_rate", _("Orders without an exchange rate"), 12, 0.10, _("They count in no figure."), _("Give their currencies a rate in INSIGHTS['RATES'].")),
        Check("no_customer", _("Orders without a customer"), 10, 0.50, _("Segments, predictions and repeat rate do not see them."), _("Map the guest's e-mail address or telephone number in the adapter's Orders.")),
        Check("no_lines", _("Orders without lines"), 8, 0.20, _("Sales by product and suggestions do not see them."), _("Map OrderLines, and see that “order” leads to the order's number.")),
        Check("unknown_product", _("Lines of unknown products"), 8, 0.20, _("They have no category, and are never suggested."), _("Map all products, those no longer sold too, and the line's “product” to their key.")),
        Check("event_age", _("Last event"), 6, 1.0, _("Trends and suggestions from views grow old."), _("See that the pages have {% insights_beacon %}, or that the adapter's Events still grow.")),
        Check("no_product", _("Views without a product"), 6, 0.50, _("They say nothing of taste."), _("Give view_item and add_to_cart the product's key.")),
        Check("total_mismatch", _("Totals that differ from their lines"), 5, 0.10, _("Revenue and product revenue do not add up."), _("Map shipping, discount and tax, or total = \"lines\".")),
        Check("duplicates", _("Lines given twice"), 4, 0.05, _("Units would be too high; they are not counted."), _("Find out which job of the shop writes lines twice.")),
        Check("missing_costs", _("Products without a cost"), 4, 1.0, _("There is no profit to be told."), _("Map unit_cost in the adapter's Products or OrderLines.")),
        Check("missing_countries", _("Customers without a country"), 4, 1.0, _("They stand under “unknown” on every map and list."), _("Map country in the adapter's Customers, or in Orders for guests.")),
        Check("outliers", _("Unusual quantities and prices"), 3, 0.02, _("One slip of the keyboard can move a day's revenue."), _("Look at the lines marked quantity_outlier and price_outlier, and mend them in the shop.")),
        Check("missing_categories", _("Products without a category"), 3, 1.0, _("They stand in no category's figures."), _("Map category in the adapter's Products.")),
        Check("duplicate_events", _("Events given twice"), 2, 0.05, _("Views would be too many; they are not counted."), _("Look whether the beacon stands twice in a page.")),
        Check("unknown_events", _("Events without a name of ours"), 2, 0.50, _("No metric counts them."), _("Translate them in the adapter's Events: names = {…}.")),
    )
}  # fmt: skip
"""All checks, the weightiest first."""


def quality(now: datetime) -> Quality:
    """Look at all the data as they stand, in one query a table."""
    taken, sold = _orders(), _lines()
    people, goods = _people(), _goods()
    # Events come by the million and rarely wait: beside them a thousand lost orders would be nothing.
    aside = _aside(sum(rows for rows, _ in (taken, sold, people, goods)))
    looked = [*_ages(now), *taken[1], *sold[1], *people[1], *goods[1], *_events(now), aside]
    found = [item for item in looked if item.rows]
    return Quality(sorted(found, key=lambda item: (-item.lost, -item.check.weight, item.check.key)))


_Looked = tuple[int, list[Found]]
"""The rows that a table has, and what was found in it."""


def _ages(now: datetime) -> list[Found]:
    syncs = Run.objects.filter(kind="sync").aggregate(
        runs=Count("pk"), last=Max("finished_at", filter=Q(state=RunState.DONE))
    )
    last = Event.objects.filter(counts=True, occurred_at__lte=now).aggregate(last=Max("occurred_at"))["last"]
    ages = [_age("sync_age", syncs["last"], now)] if syncs["runs"] else []
    return [*ages, _age("event_age", last, now)] if last is not None else ages


def _age(key: str, since: datetime | None, now: datetime) -> Found:
    whole = int((STALE - FRESH).total_seconds())
    beyond = whole if since is None else max(0, min(whole, int((now - since - FRESH).total_seconds())))
    return Found(CHECKS[key], beyond, whole, since)


def _orders() -> _Looked:
    # Cancelled orders and tests are in no figure, whatever they lack.
    told = ~Q(excluded__in=("cancelled", "test", "staff"))
    counts = _with_marks(Order.objects.all()).aggregate(
        all=Count("pk"),
        rows=Count("pk", filter=told),
        no_rate=Count("pk", filter=Q(excluded="no_rate")),
        no_customer=Count("pk", filter=told & Q(customer=None)),
        no_lines=Count("pk", filter=told & ~Q(Exists(OrderLine.objects.filter(order=OuterRef("pk"))))),
        total_mismatch=Count("pk", filter=told & _marked("total_mismatch")),
    )
    names = ("no_rate", "no_customer", "no_lines", "total_mismatch")
    return counts["all"], [Found(CHECKS[name], counts[name], counts["rows"]) for name in names]


def _lines() -> _Looked:
    product = Q(kind=LineKind.PRODUCT)
    rules = ("duplicate_line", "quantity_outlier", "price_outlier")
    counts = _with_marks(OrderLine.objects.all()).aggregate(
        all=Count("pk"),
        rows=Count("pk", filter=product),
        unknown=Count("pk", filter=product & Q(product=None)),
        **{rule: Count("pk", filter=product & _marked(rule)) for rule in rules},
    )

    def of(key: str, *rules: str) -> Found:
        met = tuple((rule, counts[rule]) for rule in rules if counts[rule])
        return Found(CHECKS[key], sum(count for _, count in met), counts["rows"], rules=met)

    return counts["all"], [
        Found(CHECKS["unknown_product"], counts["unknown"], counts["rows"]),
        of("duplicates", "duplicate_line"),
        of("outliers", "quantity_outlier", "price_outlier"),
    ]


def _events(now: datetime) -> list[Found]:
    about = Q(name__in=("view_item", "add_to_cart"), counts=True)
    counts = Event.objects.filter(occurred_at__gte=now - LATELY, bot="").aggregate(
        rows=Count("pk"),
        about=Count("pk", filter=about),
        no_product=Count("pk", filter=about & Q(product=None)),
        twice=Count("pk", filter=Q(counts=False)),
        unknown=Count("pk", filter=~Q(name__in=EVENT_NAMES)),
    )
    return [
        Found(CHECKS["no_product"], counts["no_product"], counts["about"]),
        Found(CHECKS["duplicate_events"], counts["twice"], counts["rows"]),
        Found(CHECKS["unknown_events"], counts["unknown"], counts["rows"]),
    ]


def _people() -> _Looked:
    real = Q(is_real=True, merged_into=None)
    counts = Customer.objects.aggregate(
        all=Count("pk"), rows=Count("pk", filter=real), bare=Count("pk", filter=real & Q(country=""))
    )
    return counts["all"], [Found(CHECKS["missing_countries"], counts["bare"], counts["rows"])]


def _goods() -> _Looked:
    sold = Q(is_real=True, is_active=True)
    costed = Exists(OrderLine.objects.filter(product=OuterRef("pk")).exclude(unit_cost=None))
    counts = Product.objects.aggregate(
        all=Count("pk"),
        rows=Count("pk", filter=sold),
        costs=Count("pk", filter=sold & Q(unit_cost=None) & ~Q(costed)),
        shelves=Count("pk", filter=sold & Q(category=None)),
    )
    return counts["all"], [
        Found(CHECKS["missing_costs"], counts["costs"], counts["rows"]),
        Found(CHECKS["missing_categories"], counts["shelves"], counts["rows"]),
    ]


def _aside(taken: int) -> Found:
    waiting = QuarantinedRow.objects.filter(resolved_at=None).order_by().values_list("rule").annotate(count=Count("pk"))
    rules = sorted(waiting, key=lambda item: (-item[1], item[0]))
    bad = sum(count for _, count in rules)
    return Found(CHECKS["quarantined"], bad, taken + bad, rules=tuple(rules))


def _with_marks(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.annotate(insights_marks=Cast("flags", TextField()))


def _marked(rule: str) -> Q:
    """Rows that bear a rule's mark."""
    assert rule in BY_KEY
    return Q(insights_marks__contains=f'"{rule}"')
