from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning import Matched, Part, Return, Sale, match_returns

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def sale(line: int, day: int, quantity: int) -> Sale:
    return Sale(line, line * 10, DAY + timedelta(days=day), quantity)


def back(line: int, day: int, quantity: int, amount: int) -> Return:
    return Return(line, DAY + timedelta(days=day), quantity, amount)


def match(sales: list[Sale], returns: list[Return]) -> tuple[dict[int, list[tuple[int, int, int]]], list[int]]:
    found = match_returns(sales, returns)
    parts = {line: [(p.sale.line, p.quantity, p.amount) for p in parts] for line, parts in found.parts.items()}
    return parts, found.unmatched


def test_match_returns__goes_to_the_newest_sale_of_which_enough_is_left() -> None:
    sales = [sale(1, 0, 5), sale(2, 5, 5), sale(3, 9, 5)]
    assert match(sales, [back(7, 6, 2, 20)]) == ({7: [(2, 2, 20)]}, [])


def test_match_returns__is_spread_from_the_oldest_on() -> None:
    sales = [sale(2, 5, 3), sale(1, 0, 3)]
    assert match(sales, [back(7, 6, 4, 10)]) == ({7: [(1, 3, 8), (2, 1, 2)]}, [])


def test_match_returns__a_sale_is_given_back_once() -> None:
    sales = [sale(1, 0, 3)]
    assert match(sales, [back(8, 2, 2, 2), back(7, 1, 2, 2)]) == ({7: [(1, 2, 2)]}, [8])


def test_match_returns__not_before_it_was_sold() -> None:
    assert match([sale(1, 3, 5)], [back(7, 2, 1, 1)]) == ({}, [7])
    assert match([sale(1, 3, 5)], [back(7, 3, 1, 1)]) == ({7: [(1, 1, 1)]}, [])


def test_match_returns__of_nothing_match_nothing() -> None:
    assert match_returns([], []) == Matched()
    assert match([sale(1, 0, 5)], [back(7, 1, 0, 0)])[1] in ([], [7])


sales_made = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), max_size=8)
returns_made = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9), st.integers(1, 1000)), max_size=8)


@given(sales_made, returns_made)
def test_match_returns__nothing_is_lost_or_made_up(sold: list[tuple[int, int]], given_: list[tuple[int, ...]]) -> None:
    sales = [sale(line, *item) for line, item in enumerate(sold)]
    returns = [back(100 + line, *item) for line, item in enumerate(given_)]
    found = match_returns(sales, returns)
    assert sorted([*found.parts, *found.unmatched]) == [item.line for item in returns]
    taken: dict[int, int] = {}
    for item in returns:
        parts: list[Part] = found.parts.get(item.line, [])
        if parts:
            assert sum(part.quantity for part in parts) == item.quantity
            assert sum(part.amount for part in parts) == item.amount
        for part in parts:
            assert part.sale.placed_at <= item.placed_at
            assert part.quantity > 0
            taken[part.sale.line] = taken.get(part.sale.line, 0) + part.quantity
    assert all(taken.get(item.line, 0) <= item.quantity for item in sales)


@given(sales_made, returns_made, st.randoms())
def test_match_returns__order_of_the_rows_does_not_matter(
    sold: list[tuple[int, int]], given_: list[tuple[int, ...]], random: object
) -> None:
    sales = [sale(line, *item) for line, item in enumerate(sold)]
    returns = [back(100 + line, *item) for line, item in enumerate(given_)]
    expected = match(sales, returns)
    random.shuffle(sales)  # type: ignore[attr-defined]
    random.shuffle(returns)  # type: ignore[attr-defined]
    assert match(sales, returns) == expected
