from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from insights.cleaning import usual_range
from insights.cleaning.outliers import FEWEST


def test_usual_range__too_few_values_say_nothing() -> None:
    assert usual_range([5] * (FEWEST - 1)) is None
    assert usual_range([5] * FEWEST) is not None


def test_usual_range__one_price_leaves_a_factor_of_twenty() -> None:
    low, high = usual_range([100] * 30) or (0, 0)
    assert round(low, 6) == 5
    assert round(high, 6) == 2000


def test_usual_range__widens_with_the_spread() -> None:
    low, high = usual_range([10**power for power in range(1, 8)] * 5) or (0, 0)
    assert low < 10
    assert high > 10**7


@given(st.lists(st.integers(1, 10**9), min_size=FEWEST, max_size=60), st.integers(2, 50))
def test_usual_range__moves_with_the_unit(values: list[int], factor: int) -> None:
    low, high = usual_range(values) or (0, 0)
    scaled = usual_range([value * factor for value in values]) or (0, 0)
    middle = sorted(values)[len(values) // 2]
    assert low <= middle * 1.000001
    assert abs(scaled[0] / low / factor - 1) < 1e-6
    assert abs(scaled[1] / high / factor - 1) < 1e-6
