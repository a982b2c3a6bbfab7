from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning import Facts, Judgement, Line, in_base, judge
from insights.cleaning.orders import repeated

DAY = datetime(2026, 1, 1, tzinfo=UTC)
LATER = DAY + timedelta(days=3)


def line(pk: int = 1, quantity: int = 2, price: int = 5, **more: Any) -> Line:
    """A line; quantity in whole pieces, price in whole units."""
    discount = more.pop("discount", 0) * 10_000
    values = {
        "pk": pk,
        "product": 1,
        "name": "Mug",
        "kind": "product",
        "quantity": quantity * 1000,
        "unit_price": price * 10_000,
        "discount": discount,
        "net": quantity * price * 10_000 - discount,
        "real": True,
    }
    return Line(**values | more)


def order(total: int | None = 10, **more: Any) -> Facts:
    values = {
        "placed_at": DAY,
        "total": None if total is None else total * 10_000,
        "shipping": 0,
        "discount": 0,
        "tax": 0,
        "is_cancelled": False,
        "is_refunded": False,
        "is_test": False,
        "is_staff": False,
        "cancelled_at": None,
    }
    return Facts(**values | more)


def judged(facts: Facts, *lines: Line, refunds: Any = (), rate: str | None = "1", drop: bool = False) -> Judgement:
    return judge(facts, lines, refunds, None if rate is None else Decimal(rate), drop_identical=drop)


def test_judge__a_plain_order_counts() -> None:
    assert judged(order(), line()) == Judgement(100_000, 100_000, "", None, frozenset(), False)


@pytest.mark.parametrize(
    ("facts", "lines", "rate", "why"),
    [
        (order(is_test=True, is_cancelled=True), [line()], "1", "test"),
        (order(is_staff=True), [line()], "1", "staff"),
        (order(is_cancelled=True), [line()], "1", "cancelled"),
        (order(), [line(quantity=-2)], "1", "empty"),
        (order(), [line(real=False)], "1", "empty"),
        (order(), [line(kind="shipping")], "1", "empty"),
        (order(0), [], "1", "empty"),
        (order(None), [], "1", "empty"),
        (order(-3), [line()], "1", "impossible"),
        (order(), [line()], None, "no_rate"),
        (order(is_refunded=True), [line()], "1", "refunded"),
        (order(), [], "1", ""),
    ],
)
def test_judge__what_does_not_count_says_why(facts: Facts, lines: list[Line], rate: str | None, why: str) -> None:
    assert judged(facts, *lines, rate=rate).excluded == why


def test_judge__refunds_that_reach_the_total_undo_it_on_their_day() -> None:
    part = judged(order(), line(), refunds=[(LATER, 99_999)])
    assert (part.excluded, part.excluded_at) == ("", None)
    whole = judged(order(), line(), refunds=[(DAY, 40_000), (LATER, 60_000)])
    assert (whole.excluded, whole.excluded_at) == ("refunded", LATER)


def test_judge__a_cancelled_order_stays_known_until_its_day() -> None:
    found = judged(order(is_cancelled=True, cancelled_at=LATER), line())
    assert (found.excluded, found.excluded_at) == ("cancelled", LATER)


def test_judge__a_total_of_the_lines_takes_postage_and_discount_in() -> None:
    found = judged(
        order(None),
        line(1),
        line(2, 1, 4, kind="shipping"),
        line(3, -1, 3, kind="discount"),
        line(4, 1, 99, kind="fee"),
        line(5, 1, 0),
        line(6, -1, 5, kind="return"),
    )
    assert found.total == (10 + 4 - 3) * 10_000
    assert found.mismatch is False


def test_judge__identical_lines_count_once_where_they_are_errors() -> None:
    twice = (line(1), line(2), line(3, price=6))
    assert judged(order(None), *twice, drop=True).total == 22 * 10_000
    assert judged(order(None), *twice, drop=True).duplicates == {2}
    assert judged(order(None), *twice).total == 32 * 10_000


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=8))
def test_repeated__leaves_one_of_each(made: list[tuple[int, int]]) -> None:
    lines = [line(pk, *item) for pk, item in enumerate(made)]
    left = [item for item in lines if item.pk not in repeated(lines)]
    assert len({item[1:] for item in lines}) == len(left)
    assert repeated(left) == frozenset()


@pytest.mark.parametrize(
    ("facts", "differs"),
    [
        (order(10), False),
        (order(14, shipping=40_000), False),
        (order(12, shipping=40_000, discount=20_000), False),
        (order(12, tax=20_000), False),
        (order(14, shipping=40_000, tax=20_000, discount=20_000), False),
        (order(13), True),
        (order(9), True),
    ],
)
def test_judge__tells_a_total_that_no_reading_of_the_lines_gives(facts: Facts, differs: bool) -> None:
    assert judged(facts, line()).mismatch is differs


def test_judge__cents_of_rounding_are_no_difference() -> None:
    assert judged(order(None)._replace(total=100_500), line()).mismatch is False
    assert judged(order(None)._replace(total=100_501), line()).mismatch is True


@given(st.integers(-(10**14), 10**14), st.decimals(min_value="0.0001", max_value=1000, places=4))
def test_in_base__is_exact(amount: int, rate: Decimal) -> None:
    found = in_base(amount, rate)
    assert found is not None
    assert abs(found - amount * rate) <= Decimal("0.5")
    assert in_base(-amount, rate) == -found


def test_in_base__without_a_rate_there_is_no_amount() -> None:
    assert in_base(5, None) is None
    assert in_base(5, Decimal("0.5")) == 2
    assert in_base(7, Decimal("0.5")) == 4
