from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.learning import RFM
from insights.learning.segmentation import SEGMENTS, TYPES
from insights.testing import EstimatorContract
from insights.vocabulary import RFM_SEGMENTS, RFM_TYPES

RANDOM = np.random.default_rng(11)
RECENCY = RANDOM.integers(0, 700, 400)
FREQUENCY = 1 + RANDOM.poisson(2, 400)
MONETARY = np.round(RANDOM.gamma(2, 60, 400), 2)


class TestRFM(EstimatorContract):
    def make(self) -> RFM:
        return RFM(scale=5)

    def data(self) -> tuple[Any, ...]:
        return RECENCY, FREQUENCY, MONETARY

    def outcome(self, fitted: Any) -> Any:
        return fitted.predict(*self.data())


def test_segments__are_those_of_the_vocabulary() -> None:
    assert set(SEGMENTS) == set(RFM_SEGMENTS)
    assert set(TYPES) == set(RFM_TYPES)


def test_fit__five_customers_from_best_to_worst() -> None:
    rfm = RFM().fit([1, 10, 50, 100, 400], [20, 10, 5, 2, 1], [2_000, 900, 300, 80, 10])
    assert rfm.r_.tolist() == rfm.f_.tolist() == rfm.m_.tolist() == [5, 4, 3, 2, 1]
    assert rfm.segment_.tolist() == ["champions", "loyal", "need_attention", "hibernating", "lost"]


def test_fit__scores_are_quantiles_with_recency_inverted() -> None:
    values = np.arange(1, 101)
    rfm = RFM(scale=4).fit(values, values, values)
    assert np.bincount(rfm.f_).tolist() == [0, 25, 25, 25, 25]
    assert (rfm.r_ == 5 - rfm.f_).all()
    np.testing.assert_allclose(rfm.edges_["monetary"], [25.75, 50.5, 75.25])


def test_fit__a_value_on_an_edge_belongs_below_it() -> None:
    rfm = RFM(scale=2).fit([1, 2, 3], [1, 2, 3], [1, 2, 3])
    assert rfm.edges_["frequency"].tolist() == [2.0]
    assert rfm.f_.tolist() == [1, 1, 2]
    assert rfm.r_.tolist() == [2, 2, 1]


def test_fit__one_time_buyers_score_one_however_many_they_are() -> None:
    frequency = np.ones(1_000)
    frequency[:30] = 2
    rfm = RFM().fit(np.arange(1_000), frequency, np.arange(1_000))
    assert set(rfm.f_[30:]) == {1}
    assert set(rfm.f_[:30]) == {5}
    assert RFM().fit([1, 2], [1, 1], [5, 6]).f_.tolist() == [1, 1]


def test_fit__a_column_that_does_not_vary_scores_in_the_middle() -> None:
    rfm = RFM().fit([9, 9], [3, 3], [0.1, 0.1])
    assert rfm.transform([9, 1, 30], [3, 4, 2], [0.1, 0.2, 0.05]).tolist() == [[3, 3, 3], [5, 5, 5], [1, 1, 1]]
    assert rfm.segment_.tolist() == ["need_attention"] * 2


@pytest.mark.parametrize(
    ("scores", "segment"),
    [
        ((5, 5, 5), "champions"),
        ((4, 5, 5), "champions"),
        ((4, 4, 4), "loyal"),
        ((3, 4, 5), "loyal"),
        ((5, 2, 3), "potential_loyalists"),
        ((5, 2, 1), "potential_loyalists"),
        ((5, 1, 5), "new"),
        ((4, 1, 1), "promising"),
        ((3, 3, 3), "need_attention"),
        ((3, 1, 3), "about_to_sleep"),
        ((2, 3, 4), "at_risk"),
        ((1, 4, 5), "cannot_lose"),
        ((2, 1, 1), "hibernating"),
        ((1, 1, 4), "lost"),
    ],
)
def test_predict__grid(scores: tuple[int, int, int], segment: str) -> None:
    values = np.arange(1, 6)
    rfm = RFM().fit(6 - values, values, values)
    r, f, m = scores
    assert rfm.transform([6 - r], [f], [m]).tolist() == [list(scores)]
    assert rfm.predict([6 - r], [f], [m]).tolist() == [segment]


@pytest.mark.parametrize("scale", [2, 3, 4, 10])
def test_fit__the_extremes_keep_their_names_on_every_scale(scale: int) -> None:
    values = np.arange(1, 101)
    rfm = RFM(scale=scale).fit(101 - values, values, values)
    assert (rfm.segment_[-1], rfm.segment_[0]) == ("champions", "lost")
    assert (rfm.r_.min(), rfm.r_.max()) == (1, scale)


def test_type__follows_the_table_of_eight() -> None:
    up_and_down = {
        "high_value": (1, 9, 9),
        "to_develop": (1, 1, 9),
        "to_keep": (9, 9, 9),
        "to_win_back": (9, 1, 9),
        "general_value": (1, 9, 1),
        "general_develop": (1, 1, 1),
        "general_keep": (9, 9, 1),
        "general_win_back": (9, 1, 1),
    }
    recency, frequency, monetary = zip(*up_and_down.values(), strict=True)
    rfm = RFM().fit(recency, frequency, monetary)
    assert rfm.means_ == {"recency": 5.0, "frequency": 5.0, "monetary": 5.0}
    assert rfm.type_.tolist() == list(up_and_down)


def test_type__at_the_mean_is_good() -> None:
    assert RFM().fit([3] * 3, [2] * 3, [0.1] * 3).type_.tolist() == ["high_value"] * 3


columns = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 60), st.decimals("0", "9999", places=2)), min_size=1, max_size=40
)


@given(columns, st.integers(2, 10))
def test_fit__equal_values_score_alike_and_better_values_never_worse(rows: list[Any], scale: int) -> None:
    recency, frequency, monetary = np.array(rows, dtype=float).T
    rfm = RFM(scale).fit(recency, frequency, monetary)
    for values, scores in ((-recency, rfm.r_), (frequency, rfm.f_), (monetary, rfm.m_)):
        assert scores.min() >= 1
        assert scores.max() <= scale
        order = np.argsort(values, kind="stable")
        steps, gains = np.diff(values[order]), np.diff(scores[order])
        assert (gains >= 0).all()
        assert (gains[steps == 0] == 0).all()
    assert (rfm.predict(recency, frequency, monetary) == rfm.segment_).all()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1, 2], [1], [1, 2]), "same length"),
        (([-1], [1], [1]), "recency must not be below 0"),
        (([1], [1], [-1]), "monetary must not be below 0"),
        (([1], [np.nan], [1]), "frequency holds NaN"),
    ],
)
def test_fit__says_what_is_wrong(columns: tuple[list[float], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RFM().fit(*columns)


@pytest.mark.parametrize("scale", [1, 0, 2.5])
def test_fit__refuses_a_scale_that_is_none(scale: float) -> None:
    with pytest.raises(ValueError, match="scale must be a whole number of at least 2"):
        RFM(scale).fit([1], [1], [1])  # type: ignore[arg-type]
