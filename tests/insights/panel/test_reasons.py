from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from insights.panel.reasons import base, reasons

TOLD = st.lists(
    st.fixed_dictionaries(
        {
            "feature": st.sampled_from(["recency_days", "orders", "no such feature"]),
            "value": st.integers(0, 99),
            "typical": st.integers(0, 99),
            "contribution": st.floats(-0.5, 0.5),
        }
    ),
    max_size=9,
)


@given(told=TOLD, chance=st.floats(0, 1))
def test_reasons__with_the_base_add_up_to_the_chance(told: list[dict[str, object]], chance: float) -> None:
    lines = reasons(told, most=5)
    assert len(lines) == min(len(told), 6)
    assert abs(base(told, chance) + sum(float(one["contribution"]) for one in told) - chance) < 1e-9  # type: ignore[arg-type]
    points = [int(line.points.replace("−", "-")) for line in lines]
    assert abs(sum(points) - round(sum(float(one["contribution"]) for one in told) * 100)) <= len(lines)  # type: ignore[arg-type]
    assert [abs(point) for point in points[:5]] == sorted((abs(point) for point in points[:5]), reverse=True)


def test_reasons__of_nothing_are_none() -> None:
    assert reasons([]) == []
    assert base([], 0.4) == 0.4
