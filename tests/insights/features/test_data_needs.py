from __future__ import annotations

from datetime import timedelta

import pytest

from insights.exceptions import UnknownKeyError
from insights.features import needs, readiness
from insights.models import Customer, Product

from .shop import START, build_shop, make_order

pytestmark = pytest.mark.django_db


def test_needs__of_an_empty_shop() -> None:
    assert {need.key: (need.have, need.ok) for need in needs("prediction")} == {
        "customers": (0, False),
        "returning_customers": (0, False),
        "history_days": (0, False),
    }


def test_needs__count_what_was_known() -> None:
    customer, product = Customer.objects.create(external_id="1"), Product.objects.create(external_id="1")
    for day in (0, 9):
        make_order(customer, START + timedelta(days=day, hours=2), [(product, 1, "5")])
    assert {need.key: need.have for need in needs("prediction")} == {
        "customers": 1,
        "returning_customers": 1,
        "history_days": 10,
    }
    early = needs("prediction", START + timedelta(days=1))
    assert {need.key: need.have for need in early} == {"customers": 1, "returning_customers": 0, "history_days": 1}


def test_needs__name_the_nearest_family() -> None:
    with pytest.raises(UnknownKeyError, match="“segmentation”"):
        needs("segmentations")


def test_readiness__names_each_thing_once() -> None:
    build_shop(n_customers=30)
    found = readiness()
    assert len({need.key for need in found}) == len(found)
    by_key = {need.key: need for need in found}
    assert by_key["customers"].needed == 200
    assert not by_key["customers"].ok
    assert by_key["products"].ok
