from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from insights.features import Moment, Snapshot, baskets, interactions, purchases, ratings
from insights.models import Customer, Product, Rating

from .shop import START, build_shop, make_event, make_order

pytestmark = pytest.mark.django_db

Take = Callable[[datetime], Snapshot]


def _goods() -> tuple[Product, Product, Product]:
    shirt = Product.objects.create(external_id="shirt")
    return (
        shirt,
        Product.objects.create(external_id="blue", parent=shirt),
        Product.objects.create(external_id="postage", is_real=False),
    )


def test_interactions__weigh_behaviour_and_let_it_fade(take: Take) -> None:
    shirt, blue, postage = _goods()
    anna = Customer.objects.create(external_id="anna")
    bert = Customer.objects.create(external_id="bert")
    end = START + timedelta(days=61)
    make_order(anna, START + timedelta(hours=1), [(blue, 1, "5"), (shirt, 1, "5"), (postage, 1, "2")])
    make_event(bert, "view_item", end - timedelta(hours=2), blue)
    make_event(bert, "view_item", end - timedelta(hours=1), blue)
    make_event(bert, "add_to_cart", end - timedelta(hours=1), shirt)
    make_event(bert, "page_view", end - timedelta(hours=1), shirt)
    found = interactions(take(end), half_life_days=30)
    assert found.user_ids.tolist() == [anna.pk, bert.pk]
    assert found.item_ids.tolist() == [shirt.pk]
    assert found.csr.toarray().tolist() == [[5 * 0.25], [1 + 3]]


def test_interactions__do_not_know_the_future(take: Take) -> None:
    shop = build_shop(n_customers=20, n_days=200)
    cutoff = START + timedelta(days=100)
    later, then = interactions(take(shop.end), cutoff), interactions(take(cutoff))
    assert (later.csr != then.csr).nnz == 0
    assert later.csr.nnz > 10


def test_purchases__lie_in_the_stretch(take: Take) -> None:
    shirt, blue, _ = _goods()
    anna = Customer.objects.create(external_id="anna")
    other = Product.objects.create(external_id="other")
    make_order(anna, START, [(other, 1, "5")])
    make_order(anna, START + timedelta(days=5), [(blue, 2, "5"), (shirt, 1, "5")])
    start, end = Moment.of(START + timedelta(days=1)), Moment.of(START + timedelta(days=9))
    found = purchases(take(START + timedelta(days=10)), start, end)
    assert (found.item_ids.tolist(), found.csr.toarray().tolist()) == ([shirt.pk], [[1]])


def test_baskets__hold_the_orders_of_guests(take: Take) -> None:
    shirt, blue, postage = _goods()
    order = make_order(None, START, [(blue, 1, "5"), (postage, 1, "2")])
    found = baskets(take(START + timedelta(days=1)), None, Moment.of(START + timedelta(days=1)))
    assert (found.user_ids.tolist(), found.item_ids.tolist()) == ([order.pk], [shirt.pk])


def test_ratings__keep_the_latest_of_a_pair(take: Take) -> None:
    shirt, blue, _ = _goods()
    other = Product.objects.create(external_id="other")
    anna = Customer.objects.create(external_id="anna")
    for day, product, value in ((1, shirt, 1), (2, other, 5), (3, blue, 4), (8, shirt, 2)):
        Rating.objects.create(
            external_id=str(day),
            customer=anna,
            product=product,
            value=value,
            occurred_at=START + timedelta(days=day),
        )
    found = ratings(take(START + timedelta(days=5)))
    assert (found.item_ids.tolist(), found.values.tolist()) == ([other.pk, shirt.pk], [5, 4])


def test_ratings__of_nobody(take: Take) -> None:
    taken = take(START)
    assert len(ratings(taken).values) == 0
    assert interactions(taken).csr.shape == (0, 0)
