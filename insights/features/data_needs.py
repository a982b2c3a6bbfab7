"""Is there enough? Exact counts of what each family of models needs, and of what is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import Count, Max, Min
from django.utils.translation import gettext_noop

from insights.conf import settings
from insights.exceptions import Need, UnknownKeyError
from insights.models import Order, OrderLine, Rating

_FEWEST_CUSTOMERS = 20
_FEWEST_PRODUCTS = 10
_FEWEST_LINES = 100
FEWEST_RATINGS = 100
SHORTEST_PAST = 30
"""Days of orders needed before the first cut-off of a prediction."""

LABELS = {
    "customers": gettext_noop("Customers with an order"),
    "returning_customers": gettext_noop("Customers with two or more orders"),
    "history_days": gettext_noop("Days from the first order to the last"),
    "products": gettext_noop("Products sold"),
    "order_lines": gettext_noop("Products in orders"),
    "ratings": gettext_noop("Ratings"),
    "left": gettext_noop("Customers who left in the time to be predicted"),
    "stayed": gettext_noop("Customers who stayed in the time to be predicted"),
    "bought": gettext_noop("Customers who bought in the time to be predicted"),
    "did_not_buy": gettext_noop("Customers who did not buy in the time to be predicted"),
    "rated_again": gettext_noop("Later ratings by people and of products known before"),
    "bought_again": gettext_noop("Customers who bought something new in the time to be predicted"),
}
"""All keys of needs, with their labels in English; shown in the reader's language by ``gettext``."""


def need(key: str, have: int, needed: int) -> Need:
    """One line of a readiness list."""
    return Need(key, LABELS[key], have, needed)


def needs(family: str, as_of: datetime | None = None) -> list[Need]:
    """What one family needs before it is trained.

    Args:
        family: segmentation, prediction or factorization.
        as_of: what was known then; None is now.

    Raises:
        UnknownKeyError: for another family.
    """
    wanted = _wanted()
    if family not in wanted:
        raise UnknownKeyError("family", family, wanted)
    return _measured(wanted[family], as_of)


def readiness(as_of: datetime | None = None) -> list[Need]:
    """What all families need, each thing once with the highest number, as known at ``as_of`` (None is now).

    Ratings are listed too: without them everything but the forecast of ratings is trained.
    """
    highest = {"ratings": FEWEST_RATINGS}
    for wanted in _wanted().values():
        for key, number in wanted.items():
            highest[key] = max(number, highest.get(key, 0))
    return _measured(highest, as_of)


def _wanted() -> dict[str, dict[str, int]]:
    least = settings.TRAINING.MIN_CUSTOMERS
    few = min(_FEWEST_CUSTOMERS, least)
    return {
        "segmentation": {"customers": few},
        "prediction": {
            "customers": least,
            "returning_customers": max(1, least // 4),
            "history_days": 2 * settings.TRAINING.PURCHASE_DAYS + SHORTEST_PAST,
        },
        "factorization": {"customers": few, "products": _FEWEST_PRODUCTS, "order_lines": _FEWEST_LINES},
    }


def _measured(wanted: dict[str, int], as_of: datetime | None) -> list[Need]:
    orders = Order.objects.valid(as_of).filter(customer__is_real=True)
    lines = OrderLine.objects.filter(counts=True, product__is_real=True)
    if as_of is not None:
        lines = lines.filter(order__placed_at__lt=as_of)
    by_customer = orders.order_by().values("customer").annotate(orders=Count("pk"))
    measures: dict[str, Callable[[], int]] = {
        "customers": by_customer.count,
        "returning_customers": by_customer.filter(orders__gte=2).count,
        "history_days": lambda: _days(orders.aggregate(first=Min("local_date"), last=Max("local_date"))),
        "products": lines.order_by().values("product").distinct().count,
        "order_lines": lines.count,
        "ratings": Rating.objects.filter(counts=True, **({"occurred_at__lt": as_of} if as_of else {})).count,
    }
    return [need(key, measures[key](), number) for key, number in wanted.items()]


def _days(span: dict) -> int:
    return 0 if span["first"] is None else (span["last"] - span["first"]).days + 1
