from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from insights.analytics import Filter, TimeRange, breakdown
from insights.exceptions import QueryError
from tests.insights.analytics.oracle import Oracle
from tests.insights.analytics.world import World, build

pytestmark = pytest.mark.django_db
JUNE = TimeRange(start=date(2024, 6, 1), end=date(2024, 7, 1))
MAY = TimeRange(start=date(2024, 5, 1), end=date(2024, 6, 1))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield build(seed=3)
        transaction.set_rollback(True)


def test_breakdown__finds_the_difference_and_its_parts(world: World) -> None:
    found = breakdown("revenue", JUNE, limit=100)
    now, then = Oracle(world, (), JUNE).revenue()[()], Oracle(world, (), MAY).revenue()[()]
    assert (found.now, found.then, found.compared) == (now, then, MAY)
    assert found.difference == now - then
    countries = [part for part in found.parts if part.dimension == "country"]
    before = Oracle(world, ("country",), MAY).revenue()
    after = Oracle(world, ("country",), JUNE).revenue()
    for part in countries:
        assert part.difference == after.get((part.value,), 0) - before.get((part.value,), 0)
    assert sum(part.difference for part in countries) == found.difference
    assert sum(part.share or 0 for part in countries) == pytest.approx(1)
    assert [abs(part.difference) for part in countries] == sorted(
        (abs(part.difference) for part in countries), reverse=True
    )


def test_breakdown__more_orders_and_larger_ones_make_the_whole(world: World) -> None:
    found = breakdown("revenue", JUNE)
    assert found.factors["orders"] + found.factors["aov"] == pytest.approx(found.difference)
    assert breakdown("orders", JUNE).factors == {}
    empty = TimeRange(start=date(2020, 1, 1), end=date(2020, 2, 1))
    assert breakdown("revenue", empty).factors == {}


def test_breakdown__says_nothing_of_shares_that_do_not_add_up(world: World) -> None:
    parts = breakdown("aov", JUNE, dimensions=["country"]).parts
    assert parts
    assert {part.share for part in parts} == {None}


def test_breakdown__keeps_to_its_filters_and_limits(world: World) -> None:
    only = breakdown("orders", JUNE, MAY, filters=[Filter(dimension="country", values=["Germany"])], limit=1)
    assert only.now == Oracle(world, ("country",), JUNE).values("orders")[("Germany",)]
    # A dimension with one value explains nothing.
    assert "country" not in {part.dimension for part in only.parts}
    by = [part.dimension for part in only.parts]
    assert len(by) == len(set(by))


def test_breakdown__goes_through_json_and_names_what_it_does_not_know(world: World) -> None:
    plain = breakdown("revenue", JUNE).as_dict()
    assert plain["time_range"]["start"] == "2024-06-01"
    assert isinstance(plain["now"], (int, float))
    assert not isinstance(plain["now"], Decimal)
    with pytest.raises(QueryError, match="revenue"):
        breakdown("revenu", JUNE)
    with pytest.raises(QueryError):
        breakdown("visits", JUNE, dimensions=["product"])
