from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.test import override_settings

from insights.features import Snapshot, customer_features, end_of_day
from insights.features.engine import QueryMemoryError
from insights.models import Category, Customer, Event, Order, OrderLine, Product, Rating, Refund
from insights.vocabulary import FEATURES

from .shop import START, build_shop, cancel, make_event, make_order, on, refund

pytestmark = pytest.mark.django_db

Take = Callable[[datetime], Snapshot]


@pytest.fixture
def one(take: Take) -> dict[str, float]:
    """The features, at the end of 2023-06-30, of a customer whose history can be checked by hand."""
    shelf = Category.objects.create(external_id="shelf", name="Shelf")
    shirt = Product.objects.create(external_id="shirt", category=shelf)
    blue = Product.objects.create(external_id="blue", parent=shirt, category=shelf)
    loose = Product.objects.create(external_id="loose")
    anna = Customer.objects.create(external_id="anna")
    bert = Customer.objects.create(external_id="bert")
    make_order(anna, on("2023-01-01", 3), [(blue, 2, "10.00")])
    make_order(anna, on("2023-02-10"), [(shirt, 1, "12.00"), (loose, 1, "8.00")], coupon="TEN")
    late = make_order(anna, on("2023-05-31"), [(loose, 3, "20.00")])
    make_order(anna, on("2023-06-01"), [(loose, 1, "40.00")])
    gone = make_order(anna, on("2023-06-15"), [(loose, 1, "99.00")])
    cancel(gone, on("2023-06-20"))
    refund(late, "14.00", on("2023-06-10"))
    make_order(bert, on("2023-06-30"), [(blue, 1, "1.00")])
    for day, name in (("2023-06-30", "view_item"), ("2023-06-30", "add_to_cart"), ("2023-06-20", "view_item")):
        make_event(anna, name, on(day), blue)
    make_event(anna, "page_view", on("2023-04-01"))
    Rating.objects.create(external_id="1", customer=anna, product=shirt, value=4, occurred_at=on("2023-03-01"))
    Rating.objects.create(external_id="2", customer=anna, product=loose, value=3, occurred_at=on("2023-03-02"))
    frame = customer_features(take(end_of_day(on("2023-06-30").date())))
    assert frame.ids.tolist() == [anna.pk, bert.pk]
    return dict(zip(frame.columns, frame.matrix[0].tolist(), strict=True))


def test_customer_features__of_orders(one: dict[str, float]) -> None:
    expected = {
        "recency_days": 29,
        "orders": 4,
        "net_spend": 126,
        "average_order_value": 35,
        "tenure_days": 180,
        "gap_mean": 151 / 3,
        "gap_median": 40,
        "gap_deviation": float(np.std([40, 110, 1])),
        "gap_last": 1,
        "recency_to_gap": 29 / (151 / 3),
        "orders_30": 1,
        "orders_90": 2,
        "orders_180": 3,
        "orders_365": 4,
        "spend_30": 40,
        "spend_90": 100,
        "spend_365": 140,
        "orders_trend": 1,
        "spend_trend": 80,
        "units_per_order": 8 / 4,
        "products": 2,
        "categories": 1,
        "discount_share": 0.25,
        "refund_share": 0.1,
        "night_share": 0.25,
        "weekend_share": 0.25,
        "festive_share": 0,
        "orders_a_year_ago": 0,
    }
    assert {key: one[key] for key in expected} == pytest.approx(expected)


def test_customer_features__of_behaviour(one: dict[str, float]) -> None:
    expected = {
        "views_7": 1,
        "views_30": 2,
        "views_90": 2,
        "carts_7": 1,
        "visit_days_7": 1,
        "visit_days_30": 2,
        "visit_days_90": 2,
        "visit_recency_days": 0,
        "rating_mean": 3.5,
        "rating_count": 2,
    }
    assert {key: one[key] for key in expected} == expected


def test_customer_features__are_named_in_the_vocabulary(take: Take) -> None:
    make_order(Customer.objects.create(external_id="1"), START, [(Product.objects.create(external_id="1"), 1, "5")])
    frame = customer_features(take(START + timedelta(days=1)))
    assert frame.columns == tuple(FEATURES)
    assert frame.matrix.shape == (1, len(FEATURES))
    assert math.isnan(frame.column("gap_mean")[0])
    assert math.isnan(frame.column("visit_recency_days")[0])


def test_customer_features__of_a_season_a_year_ago(take: Take) -> None:
    customer = Customer.objects.create(external_id="1")
    product = Product.objects.create(external_id="1")
    for day in ("2022-06-30", "2022-07-01", "2022-09-28", "2022-09-29"):
        make_order(customer, on(day), [(product, 1, "5")])
    frame = customer_features(take(end_of_day(on("2023-06-30").date())))
    assert frame.column("orders_a_year_ago").tolist() == [2]


def test_customer_features__do_not_leak(take: Take) -> None:
    """Features as of a day are the same whether or not what came later is in the tables."""
    shop = build_shop(n_customers=40, n_days=200)
    cutoff = START + timedelta(days=120)
    for number, order in enumerate(Order.objects.order_by("pk")):
        if number % 5 == 0:
            cancel(order, order.placed_at + timedelta(days=30))
        elif number % 5 == 1:
            refund(order, "1.00", order.placed_at + timedelta(days=30))
    later = customer_features(take(shop.end), cutoff)
    Order.objects.filter(placed_at__gte=cutoff).delete()
    Refund.objects.filter(occurred_at__gte=cutoff).delete()
    Event.objects.filter(occurred_at__gte=cutoff).delete()
    Rating.objects.filter(occurred_at__gte=cutoff).delete()
    undone = Order.objects.filter(excluded_at__gte=cutoff)
    OrderLine.objects.filter(order__in=undone).update(counts=True)
    undone.update(counts=True, excluded="", excluded_at=None)
    at_the_time = customer_features(take(cutoff))
    assert len(at_the_time) > 10
    assert later.ids.tolist() == at_the_time.ids.tolist()
    np.testing.assert_array_equal(later.matrix, at_the_time.matrix)


def test_customer_features__count_a_merged_customer_as_the_other(take: Take) -> None:
    kept = Customer.objects.create(external_id="kept")
    old = Customer.objects.create(external_id="old", merged_into=kept)
    product = Product.objects.create(external_id="1")
    make_order(old, START, [(product, 1, "5")])
    make_order(kept, START + timedelta(days=9), [(product, 1, "5")])
    frame = customer_features(take(START + timedelta(days=10)))
    assert frame.ids.tolist() == [kept.pk]
    assert frame.column("orders").tolist() == [2]


def test_customer_features__of_nobody(take: Take) -> None:
    frame = customer_features(take(START))
    assert frame.matrix.shape == (0, len(FEATURES))


def test_customer_features__name_the_setting_when_memory_is_short(take: Take) -> None:
    build_shop(n_customers=30)
    taken = take(START + timedelta(days=400))
    with override_settings(INSIGHTS={"TRAINING": {"MEMORY": "1KB"}}), pytest.raises(QueryMemoryError, match="MEMORY"):
        customer_features(taken)
