"""All that is known of one customer, as plain facts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce

from insights.analytics.customer_fields import CUSTOMER_FIELDS
from insights.analytics.facts import FACTS, Scope, counted_then, current_generation
from insights.analytics.readers import UNKNOWN, Expression
from insights.models import Customer, CustomerState, Order

_STATE = (
    "segment",
    "rfm_type",
    "cluster",
    "r",
    "f",
    "m",
    "churn_band",
    "churn_probability",
    "churn_low",
    "churn_high",
    "churn_reasons",
    "purchase_probability",
    "purchase_reasons",
    "next_order_from",
    "next_order_expected",
    "next_order_to",
    "value_30",
    "value_90",
    "value_180",
    "value_365",
    "value_band",
)
_LIVE = ("orders", "spend", "first_order", "last_order", "recency_days", "average_rating", "country", "region", "city")


def portrait(customer: Customer, as_of: datetime | None = None) -> dict[str, Any]:
    """The facts on one customer; no name and no address.

    Returns:
        Who (``external_id``, ``channel``, ``country``, ``is_guest`` …), what they did (``orders``, ``spend``,
        ``refunds``, ``average_order``, ``first_order``, ``last_order``, ``recency_days``,
        ``days_between_orders``, ``average_rating``), what the models say (the columns of the customer state,
        None without one, and ``scores_as_of``), ``favourite_categories`` (name, spend, share of the spend)
        and ``timeline`` (day, kind, reference, amount), newest first.
    """
    scope = Scope(as_of=as_of, generation=current_generation())
    live = {f"fact_{key}": _live(key, scope) for key in _LIVE}
    facts = Customer.objects.annotate(**live).values(*live).get(pk=customer.pk)
    state = CustomerState.objects.current().filter(customer=customer).first()
    orders, spend = facts["fact_orders"], facts["fact_spend"]
    first, last = facts["fact_first_order"], facts["fact_last_order"]
    return {
        "external_id": customer.external_id,
        "channel": customer.channel,
        "is_guest": customer.is_guest,
        "is_business": customer.is_business,
        "accepts_marketing": customer.accepts_marketing,
        "joined_at": customer.joined_at,
        **{key: facts[f"fact_{key}"] for key in _LIVE},
        "refunds": _refunded(customer, as_of),
        "average_order": (spend / orders).quantize(Decimal("0.0001")) if orders else None,
        "days_between_orders": (last - first).days / (orders - 1) if orders > 1 else None,
        **{key: getattr(state, key, None) for key in _STATE},
        "scores_as_of": state.as_of if state else None,
        "favourite_categories": favourite_categories(customer, as_of),
        "timeline": timeline(customer, as_of),
    }


def favourite_categories(customer: Customer, as_of: datetime | None = None, limit: int = 5) -> list[dict[str, Any]]:
    """The categories that a customer spent most in, each with its share of the spend."""
    lines = FACTS["lines"].rows(as_of).filter(order__customer=customer).order_by()
    name = Coalesce("product__category__name", "product__parent__category__name")
    rows = [
        (row["category"] or UNKNOWN, row["spend"] or Decimal(0))
        for row in lines.annotate(category=name).values("category").annotate(spend=Sum("base_amount"))
    ]
    total = sum((spend for _category, spend in rows), Decimal(0))
    rows.sort(key=lambda row: (-row[1], row[0]))
    return [
        {"category": category, "spend": spend, "share": float(spend / total) if total else 0.0}
        for category, spend in rows[:limit]
    ]


def timeline(customer: Customer, as_of: datetime | None = None, limit: int = 30) -> list[dict[str, Any]]:
    """What happened last, newest first: orders (also those that do not count), refunds, reviews and visits."""
    items: list[tuple[datetime, dict[str, Any]]] = []
    for order in Order.objects.known(as_of).filter(customer=customer).order_by("-placed_at")[:limit]:
        kind = "order" if order.counts else order.excluded or "order"
        items.append((order.placed_at, _item(order.local_date, kind, order.external_id, order.base_total)))
    refunds = FACTS["refunds"].rows(as_of).filter(order__customer=customer).select_related("order")
    for refund in refunds.order_by("-occurred_at")[:limit]:
        amount = refund.base_amount
        items.append((refund.occurred_at, _item(refund.local_date, "refund", refund.order.external_id, amount)))
    ratings = FACTS["ratings"].rows(as_of).filter(customer=customer).select_related("product")
    items += [
        (rating.occurred_at, _item(rating.local_date, "review", str(rating.product), rating.value))
        for rating in ratings.order_by("-occurred_at")[:limit]
    ]
    visits = FACTS["visits"].rows(as_of).filter(customer=customer)
    items += [
        (visit.started_at, _item(visit.local_date, "visit", visit.landing, visit.page_views))
        for visit in visits.order_by("-started_at")[:limit]
    ]
    items.sort(key=lambda pair: pair[0], reverse=True)
    return [item for _at, item in items[:limit]]


def _item(day: date | None, kind: str, reference: str, amount: Any) -> dict[str, Any]:
    return {"day": day, "kind": kind, "reference": reference, "amount": amount}


def _live(key: str, scope: Scope) -> Expression:
    read = CUSTOMER_FIELDS[key].read
    assert read is not None
    return read(scope, None)


def _refunded(customer: Customer, as_of: datetime | None) -> Decimal:
    refunds = FACTS["refunds"].rows(as_of).filter(counted_then(as_of, "order__"), order__customer=customer)
    amount: Decimal | None = refunds.aggregate(sum=Sum("base_amount"))["sum"]
    return amount or Decimal(0)
