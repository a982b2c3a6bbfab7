from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning import FIRST_TOUCH_DAYS, LAST_TOUCH_DAYS, Origin, settle_touches
from insights.cleaning.touches import Touch, first_touch, last_touch
from insights.collect import stitch, unstitch
from insights.models import Customer, Event, Order, Visit, Visitor

WHEN = datetime(2026, 3, 20, 12, tzinfo=UTC)
SEARCH = Origin("organic_search", "google", "organic")
AD = Origin("paid_search", "google", "cpc", "teaware")


def before(days: float, origin: Origin = SEARCH) -> Touch:
    return Touch(WHEN - timedelta(days=days), origin)


def test_last__is_the_last_that_was_not_direct() -> None:
    touches = [before(20, AD), before(5), before(1, Origin())]
    assert last_touch(WHEN, touches) == before(5)
    assert last_touch(WHEN, [before(1, Origin())]) == before(1, Origin())
    assert last_touch(WHEN, []) is None


def test_last__is_no_older_than_its_days_and_no_younger_than_the_order() -> None:
    assert last_touch(WHEN, [before(LAST_TOUCH_DAYS)]) is None
    assert last_touch(WHEN, [before(LAST_TOUCH_DAYS - 0.01)]) is not None
    assert last_touch(WHEN, [before(-0.01)]) is None
    assert last_touch(WHEN, [before(0)]) is not None


def test_first__is_the_first_in_its_days_a_direct_one_too() -> None:
    assert first_touch(WHEN, [before(FIRST_TOUCH_DAYS + 1, AD), before(80, Origin()), before(5)]) == before(
        80, Origin()
    )
    assert first_touch(WHEN, [before(-1)]) is None


@given(st.lists(st.tuples(st.integers(-40, 200), st.sampled_from([SEARCH, AD, Origin()])), max_size=20))
def test_touches__are_among_those_that_there_were(given_: list[tuple[int, Origin]]) -> None:
    touches = sorted((before(days, origin) for days, origin in given_), key=lambda touch: touch.at)
    for found in (last_touch(WHEN, touches), first_touch(WHEN, touches)):
        assert found is None or (found in touches and found.at <= WHEN)
    last = last_touch(WHEN, touches)
    if last is not None and last.origin == Origin():
        assert not any(touch.origin != Origin() and 0 <= (WHEN - touch.at).days < LAST_TOUCH_DAYS for touch in touches)


pytestmark = pytest.mark.django_db


def order(customer: Customer | None, key: str, at: datetime = WHEN, **more: Any) -> Order:
    return Order.objects.create(
        external_id=key, customer=customer, placed_at=at, local_date=at.date(), currency="EUR", total=10, base_total=10,
        **{"counts": True, "excluded": "", **more},
    )  # fmt: skip


def visit(customer: Customer | None, days: float, **more: Any) -> Visit:
    at = WHEN - timedelta(days=days)
    said = {"session_key": uuid.uuid4().hex, "customer": customer, **more}
    return Visit.objects.create(started_at=at, ended_at=at, local_date=at.date(), **said)


@pytest.fixture
def ann() -> Customer:
    return Customer.objects.create(external_id="ann")


def stored(row: Order) -> tuple[str, ...]:
    row.refresh_from_db()
    return row.traffic, row.touch_source, row.touch_medium, row.touch_campaign


def test_settle__writes_orders_and_customers_and_twice_changes_nothing(ann: Customer) -> None:
    visit(ann, 50, utm_source="google", utm_medium="cpc", utm_campaign="teaware")
    visit(ann, 3, referrer="https://www.baidu.com/link")
    visit(ann, 1)
    row = order(ann, "1")
    assert settle_touches([ann.pk]) == 2
    assert stored(row) == ("organic_search", "baidu", "organic", "")
    ann.refresh_from_db()
    assert (ann.first_traffic, ann.first_source, ann.first_campaign) == ("paid_search", "google", "teaware")
    assert ann.first_touch_at == WHEN - timedelta(days=50)
    assert ann.last_traffic == "organic_search"
    assert settle_touches([ann.pk]) == 0


def test_settle__believes_what_the_shop_says_of_an_order(ann: Customer) -> None:
    visit(ann, 2, utm_source="google", utm_medium="cpc")
    row = order(ann, "1", utm_source="newsletter", utm_medium="email", utm_campaign="spring")
    settle_touches([ann.pk])
    assert stored(row) == ("email", "newsletter", "email", "spring")
    ann.refresh_from_db()
    assert ann.first_traffic == "paid_search"


def test_settle__takes_a_late_visit_and_leaves_out_machines(ann: Customer) -> None:
    row = order(ann, "1")
    visit(ann, 2, utm_source="google", utm_medium="cpc", counts=False)
    settle_touches([ann.pk])
    assert stored(row) == ("", "", "", "")
    visit(ann, 3, utm_source="weibo")
    settle_touches([ann.pk])
    assert stored(row)[:2] == ("organic_social", "weibo")
    ann.refresh_from_db()
    assert ann.first_traffic == "organic_social"


def test_settle__knows_the_session_of_a_guest_by_the_purchase(ann: Customer) -> None:
    row = order(ann, "1001")
    seen = visit(None, 0.01, purchases=1, utm_source="newsletter", utm_medium="email", utm_campaign="spring")
    Event.objects.create(
        event_id=uuid.uuid4(), name="purchase", occurred_at=WHEN, local_date=WHEN.date(), order_ref="1001",
        session_key=seen.session_key,
    )  # fmt: skip
    settle_touches([ann.pk])
    assert stored(row) == ("email", "newsletter", "email", "spring")
    ann.refresh_from_db()
    assert ann.first_traffic == "email"


def test_settle__does_not_forget_what_led_to_an_order_when_the_visit_is_deleted(ann: Customer) -> None:
    seen = visit(ann, 2, utm_source="google", utm_medium="cpc")
    row = order(ann, "1")
    settle_touches([ann.pk])
    seen.delete()
    visit(ann, 1, referrer="https://www.bing.com/")
    Visit.objects.all().delete()
    assert settle_touches([ann.pk]) == 0
    assert stored(row)[0] == "paid_search"
    settle_touches([ann.pk], anew=True)
    assert stored(row)[0] == ""
    ann.refresh_from_db()
    assert (ann.first_traffic, ann.first_touch_at) == ("", None)


def test_stitch__brings_the_touches_of_the_browser_and_undoing_it_takes_them(ann: Customer) -> None:
    browser = Visitor.objects.create(key="b", first_seen=WHEN, last_seen=WHEN)
    visit(None, 4, visitor=browser, utm_source="google", utm_medium="cpc")
    row = order(ann, "1")
    settle_touches([ann.pk])
    assert stored(row)[0] == ""
    link = stitch(browser, ann, how="login")
    assert stored(row)[0] == "paid_search"
    unstitch(link)
    assert stored(row)[0] == ""


def test_settle__first_order_is_the_first_that_counts(ann: Customer) -> None:
    visit(ann, 150, utm_source="google", utm_medium="cpc")
    visit(ann, 10, utm_source="weibo")
    order(ann, "1", WHEN - timedelta(days=149), counts=False, excluded="cancelled")
    order(ann, "2")
    settle_touches([ann.pk])
    ann.refresh_from_db()
    assert ann.first_traffic == "organic_social"


def test_merge__brings_the_visits_of_the_other_and_parting_takes_them_back(ann: Customer) -> None:
    from insights.identity import merge, unmerge

    other = Customer.objects.create(external_id="other")
    visit(other, 4, utm_source="google", utm_medium="cpc")
    row = order(ann, "1")
    settle_touches([ann.pk])
    assert stored(row)[0] == ""
    made = merge(other, ann, how="hand", by="me")
    assert stored(row)[0] == "paid_search"
    ann.refresh_from_db()
    assert ann.first_traffic == "paid_search"
    unmerge(made)
    assert stored(row)[0] == ""
    ann.refresh_from_db()
    assert ann.first_traffic == ""
