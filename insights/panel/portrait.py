"""One customer: what is known, what is expected, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights import formats
from insights.models import Customer, CustomerState, Order, OrderLine, Refund


@dataclass(frozen=True)
class Money:
    """What a customer has spent.

    Attributes:
        course: (day, net spend until then), one a day with an order or refund, oldest first.
        orders: how many valid orders.
        returned: how much was given back in part.
        last: day of the last valid order.
    """

    course: Sequence[tuple[date, Decimal]]
    orders: int
    returned: Decimal
    last: date | None

    @property
    def total(self) -> Decimal:
        """Net spend until now."""
        return self.course[-1][1] if self.course else Decimal(0)


def money_of(customer: Customer) -> Money:
    """Spend by the rules of all figures: valid orders, less partial refunds on the day of the refund."""
    changes: dict[date, Decimal] = {}
    orders = Order.objects.valid().filter(customer=customer, local_date__isnull=False)
    placed: list[tuple[Any, Any]] = list(orders.order_by("local_date").values_list("local_date", "base_total"))
    refunds = Refund.objects.filter(order__customer=customer, counts=True)
    back: list[tuple[Any, Any]] = list(refunds.values_list("local_date", "base_amount"))
    for day, amount in placed:
        if day is not None:
            changes[day] = changes.get(day, Decimal(0)) + (amount or Decimal(0))
    for day, amount in back:
        if day is not None:
            changes[day] = changes.get(day, Decimal(0)) - (amount or Decimal(0))
    course: list[tuple[date, Decimal]] = []
    total = Decimal(0)
    for day in sorted(changes):
        total += changes[day]
        course.append((day, total))
    returned = sum((Decimal(amount or 0) for _day, amount in back), Decimal(0))
    return Money(course, len(placed), returned, placed[-1][0] if placed else None)


def facts(spent: Money, state: CustomerState | None) -> list[tuple[str, str, str]]:
    """(label, figure, more about it), five at most."""
    today = timezone.localdate()
    each = spent.total / spent.orders if spent.orders else None
    return [
        (_("Spent"), formats.money(spent.total), _rank(state)),
        (
            _("Orders"),
            formats.number(spent.orders),
            _("%(amount)s each") % {"amount": formats.money(each)} if each else "",
        ),
        (
            _("Last order"),
            formats.day(spent.last) if spent.last else "–",
            formats.ago((today - spent.last).days) if spent.last else "",
        ),
        (_("Next order"), *_next(state, today)),
        (_("Given back"), formats.money(spent.returned), _("in part refunds") if spent.returned else ""),
    ]


def _rank(state: CustomerState | None) -> str:
    if state is None or state.monetary is None:
        return ""
    states = _of(state.generation_id).filter(monetary__isnull=False)
    everybody = states.count()
    if everybody < 20:
        return ""
    above = states.filter(monetary__gt=state.monetary).count()
    share = max(1, round((above + 1) / everybody * 100))
    return _("top %(share)s%% of customers") % {"share": share} if share <= 50 else ""


def _next(state: CustomerState | None, today: date) -> tuple[str, str]:
    if state is None or state.next_order_expected is None:
        return "–", _("not known yet")
    between = ""
    if state.next_order_from and state.next_order_to:
        between = _("between %(first)s and %(last)s") % {
            "first": formats.day(state.next_order_from),
            "last": formats.day(state.next_order_to),
        }
    expected = state.next_order_expected
    if expected < today:
        late = (today - expected).days
        said = ngettext("%(count)s day late", "%(count)s days late", late) % {"count": late}
        return _("was due %(day)s") % {"day": formats.day(expected)}, f"{said}, {between}" if between else said
    return formats.day(expected), between


def usual_churn(state: CustomerState) -> float | None:
    """The mean chance to leave among all customers of the same training."""
    found = _of(state.generation_id).aggregate(mean=Avg("churn_probability"))
    mean = found["mean"]
    return float(mean) if mean is not None else None


def _of(generation: int | None) -> QuerySet[CustomerState]:
    """The states of a training, of each person once."""
    return CustomerState.objects.filter(generation=generation, customer__merged_into=None)


def favourites(customer: Customer, most: int = 5) -> list[tuple[str, float]]:
    """(category, share of the customer's spend), greatest first, and last all the others, so that they add up."""
    rows = list(
        OrderLine.objects.filter(order__customer=customer, counts=True, product__isnull=False)
        .order_by()
        .values("product__category__name")
        .annotate(spend=Sum("base_amount"))
    )
    total = sum((row["spend"] or Decimal(0) for row in rows), Decimal(0))
    if total <= 0:
        return []
    ranked = sorted(rows, key=lambda row: -(row["spend"] or Decimal(0)))
    named = [
        (row["product__category__name"] or _("without a category"), float((row["spend"] or 0) / total))
        for row in ranked[:most]
        if row["spend"]
    ]
    rest = 1 - sum(share for _name, share in named)
    return [*named, (_("All others"), rest)] if rest >= 0.005 else named


def rfm_grid(generation: int) -> list[list[int]]:
    """How many customers stand at each pair of R (5 to 1, down) and F (1 to 5, across)."""
    counted: dict[tuple[Any, Any], int] = {
        (row["r"], row["f"]): row["count"]
        for row in _of(generation).order_by().values("r", "f").annotate(count=Count("pk"))
    }
    return [[counted.get((r, f), 0) for f in range(1, 6)] for r in range(5, 0, -1)]
