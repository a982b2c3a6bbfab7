from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from insights.analytics import CHECKS, Quality, quality
from insights.analytics.quality import Found
from insights.models import Category, Customer, Event, Order, OrderLine, Product, QuarantinedRow, Run, RunState

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def shop(count: int = 10) -> None:
    shelf = Category.objects.create(external_id="tea", name="Tea")
    tea = Product.objects.create(external_id="T", category=shelf, unit_cost=1)
    for n in range(count):
        who = Customer.objects.create(external_id=str(n), country="GB")
        order = Order.objects.create(
            external_id=str(n), customer=who, placed_at=NOW, currency="GBP", total=5, counts=True, excluded=""
        )
        OrderLine.objects.create(external_id=str(n), order=order, product=tea, quantity=1, unit_price=5)
        Event.objects.create(
            event_id=uuid.uuid4(), name="view_item", occurred_at=NOW, local_date=NOW.date(), product=tea
        )
    Run.objects.create(kind="sync", state=RunState.DONE, started_at=NOW, finished_at=NOW)


def shares() -> dict[str, float]:
    return {item.check.key: item.share for item in quality(NOW).found if item.bad}


def test_nothing_at_all_has_no_score() -> None:
    assert quality(NOW).score is None


def test_clean_data_have_all_points_and_every_check_is_looked_at() -> None:
    shop()
    found = quality(NOW)
    assert found.score == 100
    assert {item.check.key for item in found.found} == set(CHECKS)


def test_each_problem_is_found_by_the_check_of_its_name() -> None:
    shop()
    orders = list(Order.objects.order_by("pk"))
    Order.objects.filter(pk=orders[0].pk).update(customer=None)
    Order.objects.filter(pk=orders[1].pk).update(excluded="no_rate", counts=False)
    Order.objects.filter(pk=orders[2].pk).update(flags=["total_mismatch"])
    orders[3].lines.all().delete()
    OrderLine.objects.filter(order=orders[4]).update(product=None)
    OrderLine.objects.filter(order=orders[5]).update(flags=["duplicate_line"])
    OrderLine.objects.filter(order=orders[6]).update(flags=["price_outlier", "quantity_outlier"])
    events = list(Event.objects.order_by("pk"))
    Event.objects.filter(pk=events[0].pk).update(product=None)
    Event.objects.filter(pk=events[1].pk).update(counts=False)
    Event.objects.filter(pk=events[2].pk).update(name="wink")
    Customer.objects.filter(pk=orders[0].customer_id).update(country="")
    Product.objects.update(unit_cost=None, category=None)
    QuarantinedRow.objects.create(channel="shop", kind="orders", external_id="Q", rule="orphan")
    QuarantinedRow.objects.create(channel="shop", kind="orders", external_id="R", rule="orphan", resolved_at=NOW)
    found = shares()
    assert set(found) == set(CHECKS) - {"sync_age", "event_age"}
    for key in ("no_customer", "no_rate", "total_mismatch", "no_lines", "missing_countries"):
        assert found[key] == pytest.approx(0.1), key
    assert found["unknown_product"] == found["duplicates"] == pytest.approx(1 / 9)
    assert found["outliers"] == pytest.approx(2 / 9)
    assert found["missing_costs"] == found["missing_categories"] == 1
    assert found["quarantined"] == pytest.approx(1 / 31)
    rules = {item.check.key: item.rules for item in quality(NOW).found}
    assert rules["quarantined"] == (("orphan", 1),)
    assert rules["outliers"] == (("quantity_outlier", 1), ("price_outlier", 1))


def test_what_is_cancelled_may_lack_anything() -> None:
    shop()
    Order.objects.create(external_id="C", placed_at=NOW, currency="GBP", total=0, excluded="cancelled")
    assert shares() == {}


@pytest.mark.parametrize(("days", "share"), [(1, 0), (7, 1), (40, 1), (4, 0.49)])
def test_ages_grow_from_fresh_to_stale(days: int, share: float) -> None:
    shop()
    Run.objects.update(finished_at=NOW - timedelta(days=days))
    Event.objects.update(occurred_at=NOW - timedelta(days=days))
    found = {item.check.key: item.share for item in quality(NOW).found}
    assert found["sync_age"] == found["event_age"] == pytest.approx(share, abs=0.01)


def test_a_cost_on_the_line_will_do() -> None:
    shop()
    Product.objects.update(unit_cost=None)
    OrderLine.objects.filter(external_id="0").update(unit_cost=1)
    assert shares() == {}


def test_the_score_is_what_is_left_of_the_points() -> None:
    sync, aside = CHECKS["sync_age"], CHECKS["quarantined"]
    assert Quality([Found(sync, 50, 100), Found(aside, 0, 100)]).score == round(100 - 100 * 7.5 / 27)
    assert Quality([Found(aside, 90, 100)]).score == 0
    assert Quality([Found(sync, 1, 10_000_000)]).score == 99, "only what is perfect has 100"


def test_weights_are_out_of_a_hundred_and_more_and_no_worst_is_nothing() -> None:
    assert all(check.weight > 0 and 0 < check.worst <= 1 for check in CHECKS.values())
    assert [check.weight for check in CHECKS.values()] == sorted((c.weight for c in CHECKS.values()), reverse=True)
