from __future__ import annotations

from decimal import Decimal

import pytest

from insights.models import CustomerState
from insights.panel.groups import LEAST, Group, groups, profile
from insights.vocabulary import RFM_SEGMENTS

pytestmark = pytest.mark.django_db


def group(**changes: object) -> Group:
    plain = {
        "key": "0", "name": "", "meaning": "", "size": 10, "share": 0.5, "spent": Decimal(100), "spent_share": 0.5,
        "recency": 30.0, "orders": 4.0, "each": Decimal(10), "buys": 0.3,
    }  # fmt: skip
    return Group(**(plain | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("by", ["segment", "rfm_type", "cluster"])
def test_groups__hold_everybody_once(world: None, by: str) -> None:
    found = groups(by)
    assert sum(one.size for one in found) == CustomerState.objects.current().count()
    assert sum(one.share for one in found) == pytest.approx(1)
    assert sum(one.spent_share for one in found) == pytest.approx(1)


def test_groups__stand_in_the_order_of_the_vocabulary(world: None) -> None:
    keys = [one.key for one in groups("segment")]
    assert keys == sorted(keys, key=lambda key: RFM_SEGMENTS[key].order)


def test_groups__below_the_least_size_have_no_averages(world: None) -> None:
    for one in groups("segment"):
        averages = (one.recency, one.orders, one.each, one.buys)
        assert all(value is None for value in averages) == (one.size < LEAST)


def test_groups__before_a_training_there_are_none(bare: None) -> None:
    assert groups("segment") == []


def test_profile__says_what_sets_a_group_apart() -> None:
    others = group(size=90)
    assert profile(group(recency=5.0, orders=9.0, each=Decimal(90)), [others]) == "came lately, buy often, spend much"
    assert profile(group(recency=90.0, orders=1.0, each=Decimal(1)), [others]) == "long away, buy seldom, spend little"
    assert profile(group(), [others]) == "near the average in all"
    assert profile(group(recency=None, orders=None, each=None), [others]) == "near the average in all"
