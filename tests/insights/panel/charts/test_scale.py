from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.panel.charts.scale import Linear, extent, runs, spread, ticks


@pytest.mark.parametrize(
    ("high", "expected"),
    [
        (2575, [0, 1000, 2000, 3000]),
        (0, [0, 0.25, 0.5, 0.75, 1]),
        (7, [0, 2, 4, 6, 8]),
        (100, [0, 25, 50, 75, 100]),
        (0.037, [0, 0.01, 0.02, 0.03, 0.04]),
    ],
)
def test_ticks__are_round_and_begin_at_nought(high: float, expected: list[float]) -> None:
    assert ticks(high) == pytest.approx(expected)


def test_ticks__below_nought() -> None:
    marks = ticks(120, low=-40)
    assert marks[0] <= -40
    assert 0 in marks
    assert marks[-1] >= 120


def test_ticks__whole_has_no_fractions() -> None:
    assert ticks(2, whole=True) == [0, 1, 2]


@given(st.floats(min_value=0, max_value=1e12), st.floats(min_value=-1e12, max_value=0))
def test_ticks__enclose_the_data_in_even_steps(high: float, low: float) -> None:
    marks = ticks(high, low=low)
    tolerance = (marks[1] - marks[0]) * 1e-6
    assert marks[0] <= low + tolerance + 1e-12
    assert marks[-1] >= high - tolerance - 1e-12
    assert 2 <= len(marks) <= 8
    steps = {round((after - before) / (marks[1] - marks[0]), 6) for before, after in pairwise(marks)}
    assert steps == {1.0}


def test_linear__maps_and_survives_no_extent() -> None:
    assert Linear(0, 10, 100, 200)(5) == 150
    assert Linear(3, 3, 100, 200)(3) == 100


@pytest.mark.parametrize(
    ("count", "places"),
    [(30, [0, 8, 16, 24, 29]), (31, [0, 8, 16, 24, 30]), (5, [0, 1, 2, 3, 4]), (2, [0, 1]), (0, [])],
)
def test_spread__keeps_first_and_last_in_even_steps(count: int, places: list[int]) -> None:
    assert spread(count, 5) == places


@given(st.integers(min_value=0, max_value=800), st.integers(min_value=2, max_value=9))
def test_spread__never_gives_too_many(count: int, most: int) -> None:
    places = spread(count, most)
    assert len(places) <= most
    assert places == sorted(set(places))
    assert not count or (places[0], places[-1]) == (0, count - 1)


def test_extent__ignores_what_is_missing() -> None:
    assert extent([None, 3.0, math.nan, -1.0]) == (-1.0, 3.0)
    assert extent([]) == (0.0, 0.0)


def test_runs__breaks_at_gaps() -> None:
    assert runs([1.0, None, 2.0, 3.0]) == [[(0, 1.0)], [(2, 2.0), (3, 3.0)]]
    assert runs([None, math.nan]) == []
