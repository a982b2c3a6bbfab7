from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from insights.features import Snapshot, product_features
from insights.models import Customer, Product, Rating

from .shop import START, make_event, make_order

pytestmark = pytest.mark.django_db


def test_product_features__roll_variants_up(take: Callable[[datetime], Snapshot]) -> None:
    shirt = Product.objects.create(external_id="shirt", price="12.50", published_at=START)
    blue = Product.objects.create(external_id="blue", parent=shirt)
    Product.objects.create(external_id="postage", is_real=False)
    unsold = Product.objects.create(external_id="unsold")
    anna = Customer.objects.create(external_id="anna")
    end = START + timedelta(days=60)
    make_order(anna, START + timedelta(days=10), [(blue, 3, "5")])
    make_order(None, START + timedelta(days=50), [(shirt, 1, "5")])
    make_event(anna, "view_item", START + timedelta(days=50), blue)
    Rating.objects.create(external_id="1", customer=anna, product=blue, value=4, occurred_at=START)
    frame = product_features(take(end))
    assert frame.ids.tolist() == [shirt.pk, unsold.pk]
    measured = dict(zip(frame.columns, frame.matrix[0].tolist(), strict=True))
    assert measured == {
        "price": 12.5,
        "age_days": 60,
        "orders_30": 1,
        "orders_90": 2,
        "units_90": 4,
        "views_30": 1,
        "rating_mean": 4,
        "rating_count": 1,
    }
