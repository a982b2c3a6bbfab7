from __future__ import annotations

from decimal import Decimal

import pytest

from insights.panel.figures import between, delta, short, stretches, times


@pytest.mark.parametrize(
    ("now", "then", "unit", "better", "text", "css"),
    [
        (Decimal("108.40"), Decimal(100), "money", "up", "▲ 8.4%", "ins-good"),
        (90, 100, "count", "up", "▼ 10.0%", "ins-bad"),
        (90, 100, "count", "down", "▼ 10.0%", "ins-good"),
        (0.416, 0.397, "rate", "up", "▲ 1.9 pts", "ins-good"),
        (5, 0, "count", "up", "▲ 5", "ins-good"),
        (110, 100, "count", "none", "▲ 10.0%", "ins-quiet"),
        (1000, 10, "count", "up", "▲ 100.0×", "ins-good"),
        (3, 3, "count", "up", "=", "ins-quiet"),
    ],
)
def test_delta__says_how_a_figure_moved(  # type: ignore[no-untyped-def]
    now, then, unit: str, better: str, text: str, css: str
) -> None:
    moved = delta(now, then, unit, better)
    assert moved is not None
    assert (moved.text, moved.css) == (text, css)


def test_delta__of_what_is_not_known_is_none() -> None:
    assert delta(None, 3, "count") is None
    assert delta(3, None, "count") is None


def test_delta__of_the_same_says_so_in_words() -> None:
    moved = delta(0, 0, "count")
    assert moved is not None
    assert moved.was == "as before"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.54, 0.7, "54 to 70"), (0.0, 0.004, "1 to 1"), (0.92, 1.0, "92 to 99"), (None, 0.5, ""), (0.5, None, "")],
)
def test_between__is_never_certain(low: float | None, high: float | None, said: str) -> None:
    assert between(low, high) == said


def test_times__from_tenfold_on_is_a_multiple() -> None:
    assert times(99, 10) == "890.0%"
    assert times(486, 10) == "48.6×"


@pytest.mark.parametrize("count", [0, 1, 7, 30, 92, 93, 365, 644, 645, 4000])
def test_stretches__hold_each_day_once_and_end_full(count: int) -> None:
    parts = stretches(count)
    assert [day for first, end in parts for day in range(first, end)] == list(range(count))
    lengths = {end - first for first, end in parts[1:]}
    assert len(lengths) <= 1
    assert len(parts) <= max(92, count / 28 + 1)


def test_short__is_for_an_axis() -> None:
    assert (short(1200, "money"), short(0.25, "rate"), short(12000, "count")) == ("£1,200", "25%", "12k")
