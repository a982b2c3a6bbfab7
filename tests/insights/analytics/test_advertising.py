from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from insights.analytics import Query, noise, run
from insights.analytics.time import TimeRange
from insights.exceptions import QueryError
from insights.models import AdSpend, Customer, Event, Order, OrderLine, Visit

pytestmark = pytest.mark.django_db

MARCH = {"start": "2026-03-01", "end": "2026-04-01"}


def spend(day: str, source: str, traffic: str, cost: str | None, campaign: str = "tea") -> None:
    AdSpend.objects.create(
        external_id=uuid.uuid4().hex, day=day, source=source, medium="cpc", campaign=campaign, currency="EUR",
        cost=cost or 5, base_cost=cost, traffic=traffic,
    )  # fmt: skip


def buys(
    who: Customer, day: str, total: str, *, cost: str | None = None, quantity: int = 1, rate: str = "1", **touch: Any
) -> Order:
    at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    order = Order.objects.create(
        external_id=uuid.uuid4().hex, customer=who, placed_at=at, local_date=day, currency="EUR", total=total,
        base_total=total, rate=Decimal(rate), counts=True, excluded="", **touch,
    )  # fmt: skip
    OrderLine.objects.create(
        external_id=uuid.uuid4().hex, order=order, quantity=quantity, unit_price=Decimal(total) / quantity,
        net_amount=total, base_amount=total, unit_cost=cost, counts=True,
    )  # fmt: skip
    return order


def customer(name: str, first: str, traffic: str) -> Customer:
    return Customer.objects.create(external_id=name, first_order_date=first, first_traffic=traffic)


def figures(metrics: list[str], by: str, **more: Any) -> dict[Any, list[Any]]:
    result = run(Query(metrics=metrics, dimensions=[by], time_range=MARCH, **more))
    return {row[0]: row[1:] for row in result.rows}


@pytest.fixture
def shop() -> None:
    ann, bob, cay = (
        customer("ann", "2026-03-02", "paid_search"),
        customer("bob", "2026-03-05", "paid_search"),
        customer("cay", "2026-01-05", "email"),
    )
    ad = {"traffic": "paid_search", "touch_source": "google", "touch_medium": "cpc", "touch_campaign": "tea"}
    buys(ann, "2026-03-02", "30", cost="12", **ad)
    buys(bob, "2026-03-05", "40", cost="10", quantity=2, traffic="email", touch_source="newsletter")
    buys(ann, "2026-04-11", "50", traffic="direct")  # no cost is known
    buys(cay, "2026-01-05", "10", traffic="email")
    buys(cay, "2026-03-20", "20", **ad)
    spend("2026-03-01", "google", "paid_search", "30")
    spend("2026-03-31", "google", "paid_search", "20", "brand")
    spend("2026-03-10", "facebook", "paid_social", "15")
    spend("2026-03-10", "facebook", "paid_social", None)  # has no rate
    spend("2026-04-01", "google", "paid_search", "99")


def test_cac__is_what_was_spent_by_those_who_were_won_by_it(shop: None) -> None:
    assert figures(["ad_spend", "new_customers", "cac"], "first_channel") == {
        "paid_search": [Decimal(50), 2, Decimal(25)],
        "paid_social": [Decimal(15), 0, None],
        "email": [Decimal(0), 0, None],
    }
    result = run(Query(metrics=["cac", "ad_spend"], time_range=MARCH))
    assert result.totals == {"cac": Decimal("32.5"), "ad_spend": Decimal(65)}


def test_roas__is_the_revenue_of_the_orders_that_it_led_to(shop: None) -> None:
    assert figures(["revenue", "roas"], "last_channel") == {
        "paid_search": [Decimal(50), 1.0],
        "email": [Decimal(40), None],
        "paid_social": [Decimal(0), 0.0],
    }
    assert figures(["revenue", "ad_spend"], "campaign") == {
        "tea": [Decimal(50), Decimal(45)],
        "brand": [Decimal(0), Decimal(20)],
        "unknown": [Decimal(40), Decimal(0)],
    }
    assert figures(["revenue", "ad_spend"], "medium")["cpc"] == [Decimal(50), Decimal(65)]
    assert figures(["revenue", "ad_spend"], "traffic_source")["google"] == [Decimal(50), Decimal(50)]


def test_payback__counts_days_from_each_first_order_until_the_gross_profit_is_the_spend(shop: None) -> None:
    # Paid search cost 50: 18 of Ann's and 20 of Bob's first orders come on day 0, all 50 of Ann's second on day 40.
    assert figures(["payback_days"], "first_channel") == {"paid_search": [40.0]}
    # All spend together is 65, which 38 + 50 pay on the same day.
    assert run(Query(metrics=["payback_days"], time_range=MARCH)).totals["payback_days"] == 40.0
    AdSpend.objects.filter(campaign="brand").delete()
    assert figures(["payback_days"], "first_channel") == {"paid_search": [0.0]}
    AdSpend.objects.filter(day="2026-03-01").update(base_cost=1000)
    assert figures(["payback_days"], "first_channel").get("paid_search") is None
    assert run(Query(metrics=["payback_days"], time_range=MARCH)).totals["payback_days"] is None


def test_payback__by_the_month_in_which_they_were_won(shop: None) -> None:
    result = run(
        Query(metrics=["payback_days"], grain="month", time_range={"start": "2026-01-01", "end": "2026-05-01"})
    )
    assert dict(result.rows) == {
        date(2026, 1, 1): None, date(2026, 2, 1): None, date(2026, 3, 1): 40.0, date(2026, 4, 1): None,
    }  # fmt: skip


def test_advertising__has_no_country_and_says_what_it_has() -> None:
    with pytest.raises(QueryError, match="first_channel"):
        run(Query(metrics=["ad_spend"], dimensions=["country"]))
    with pytest.raises(QueryError):
        run(Query(metrics=["cac"], dimensions=["channel"]))


def test_spend__is_known_as_of_a_day(shop: None) -> None:
    assert run(Query(metrics=["ad_spend"], as_of="2026-03-09")).totals["ad_spend"] == Decimal(30)


def test_visits__by_the_kind_of_their_source() -> None:
    at = datetime(2026, 3, 3, 12, tzinfo=UTC)
    for place, traffic in enumerate(["direct", "email", "email", ""]):
        Visit.objects.create(session_key=str(place), started_at=at, ended_at=at, local_date=at.date(), traffic=traffic)
    assert figures(["visits"], "last_channel") == {"direct": [1], "email": [2], "unknown": [1]}


def test_noise__is_told_by_reason_and_day() -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def view(day: int, bot: str = "", *, counts: bool = True, name: str = "page_view") -> None:
        at = start + timedelta(days=day)
        Event.objects.create(
            event_id=uuid.uuid4(), name=name, occurred_at=at, local_date=at.date(), bot=bot, counts=counts
        )

    view(0)
    view(1, name="view_item")
    view(0, counts=False)
    view(0, "crawler", counts=False)
    view(2, "crawler", counts=True)
    view(2, "too_fast", counts=False)
    view(5, "crawler", counts=False)
    view(1, "crawler", counts=False, name="search")
    found = noise(TimeRange(start=date(2026, 3, 1), end=date(2026, 3, 4)))
    assert found.reasons == {"crawler": [1, 0, 1], "too_fast": [0, 0, 1]}
    assert (found.people, found.others, found.machines, found.share) == (2, 1, 3, 0.5)
    assert found.as_dict()["counted"] == {"crawler": 1}
